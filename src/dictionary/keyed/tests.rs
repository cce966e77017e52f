//! Keyed lists: what they find, what they hold, and what may not come into them.

use super::*;
use crate::dictionary::sealed::{Sealed, open, seal, tests::key};

const FILE: &str = r#"
[scope]
id = "own.2026"
name = { zh = "某机关国家秘密事项一览表", en = "A body's own list" }

[lists]
places = ["岚川泵站", "汀兰泵站"]

[[entry]]
id = "own.2026.1"
name = { zh = "磐石七号工程", en = "Bedrock Seven" }
matter = "磐石七号工程的选址"
level = "机密"
terms = ["磐石七号工程", "Bedrock Seven Works", "工程"]

[[entry]]
id = "own.2026.2"
name = { zh = "云梦泽清淤", en = "Cloud Dream dredging" }
matter = "云梦泽三期清淤的排期"
terms = ["云梦泽三期清淤", "Cloud Dream Dredging Phase"]
case = "any"
any_of = ["@places", "闸门"]
quantities = [{ over = "25平方千米" }]
exclusions = ["演习", { any = ["已公布"], within = "paragraph" }]
qualifiers = [{ any = ["尚未公布"], within = "sentence" }]

[[entry]]
id = "own.2026.3"
name = { zh = "方案", en = "Plan" }
matter = "方案"
terms = ["作战方案"]
"#;

fn sources() -> Vec<Source> {
    vec![Source::new(Kind::Scope, "own.toml", FILE)]
}

fn made(names: bool) -> Made {
    make(&sources(), &["own.toml".into()], &key(1), LEAST_BITS, names).unwrap()
}

fn list(bytes: &[u8]) -> KeyedList {
    let keys = [key(1)];
    let (kind, key, body) = open(bytes, &keys).unwrap();
    assert_eq!(kind, Sealed::Keyed);
    KeyedList::read("own.vmk".into(), &body, key).unwrap()
}

fn found(list: &KeyedList, text: &str) -> Vec<(u32, String)> {
    let (mut room, mut found) = (Room::default(), Words::new());
    list.find(text, &mut room, &mut found);
    found.into_iter().collect()
}

#[test]
fn words_that_would_be_guessed_are_refused_by_entry_line_and_number() {
    let made = made(false);
    let refused: Vec<String> = made.refused.iter().map(ToString::to_string).collect();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert_eq!(
        refused[0],
        "own.toml:9: own.2026.1: head word 3 is left out: 2 characters, 4 are the fewest"
    );
    assert!(refused[1].starts_with("own.toml:27: own.2026.3: head word 1 is left out: about 2"));
    assert!(refused[1].ends_with("32 are the fewest"), "{}", refused[1]);
    assert!(!refused.concat().contains("作战"));
    assert_eq!((made.entries, made.words, made.conditions), (2, 4, 1));
    assert_eq!(made.empty, ["own.2026.3"]);
    assert!(made.least_bits.is_some_and(|bits| bits >= LEAST_BITS));
}

#[test]
fn a_list_holds_no_word_and_opens_by_its_words() {
    let made = made(false);
    assert_eq!(made.bytes, self::made(false).bytes);
    let (_, _, body) = open(&made.bytes, &[key(1)]).map(|(k, _, b)| (k, (), b)).unwrap();
    // Not even whoever has the key reads more than ids and levels.
    for word in
        ["磐石", "云梦", "泵站", "闸门", "演习", "Bedrock", "dredging", "平方千米", "一览表"]
    {
        for bytes in [&made.bytes, &body] {
            let at = bytes.windows(word.len()).position(|w| w == word.as_bytes());
            assert_eq!(at, None, "{word}");
        }
    }
    let list = list(&made.bytes);
    assert_eq!((list.entries(), list.words()), (2, 4));
    assert_eq!(
        found(
            &list,
            "查磐石七号工程，磐石七号工程；bedrock seven works；CLOUD dream DREDGING phase。"
        ),
        [(0, "磐石七号工程".into()), (1, "cloud dream dredging phase".into())]
    );
    assert_eq!(found(&list, "磐石七号"), []);
    let words = Words::from([(1, "云梦泽三期清淤".to_owned())]);
    let opened = list.opened(&words);
    let entry = &opened.entries[0];
    assert_eq!(
        (entry.id.as_str(), &entry.terms[..]),
        ("own.2026.2", &["云梦泽三期清淤".to_owned()][..])
    );
    assert_eq!((entry.near.len(), entry.quantities.len()), (1, 1));
    assert_eq!((entry.apart.len(), entry.qualifiers.len()), (2, 1));
    assert_eq!(opened.word_sets[entry.near[0].words].word(1), "汀兰泵站");
    assert_eq!(entry.name.zh, "加密词表条目");
}

#[test]
fn names_come_along_when_they_are_asked_for() {
    let list = list(&made(true).bytes);
    let opened = list.opened(&Words::from([(0, "磐石七号工程".to_owned())]));
    assert_eq!(opened.entries[0].name.en, "Bedrock Seven");
    assert_eq!(opened.entries[0].level, "机密");
}

/// A word that does not open an entry's conditions shows nothing of them.
#[test]
fn another_word_opens_nothing() {
    let list = list(&made(false).bytes);
    assert_eq!(list.conditions(1, &["岚川三期清淤"]), None);
    let mut conditions = list.entries[1].conditions.clone();
    cover(xor(list.locks[0], list.tools.lock("岚川三期清淤", 1)), &mut conditions);
    assert!(!String::from_utf8_lossy(&conditions).contains("quantities"));
}

/// Every cut and every changed byte of a body: an error or a list, never a panic.
#[test]
fn a_body_that_is_wrong_is_no_list_or_a_harmless_one() {
    let sealed = made(false).bytes;
    let (_, _, body) = open(&sealed, &[key(1)]).map(|(k, _, b)| (k, (), b)).unwrap();
    let read = |body: &[u8]| KeyedList::read("x".into(), body, &key(1));
    for length in 0..body.len() {
        assert!(read(&body[..length]).is_err(), "cut at {length}");
    }
    let mut refused = 0;
    for at in 0..body.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut body = body.clone();
            body[at] ^= change;
            match read(&body) {
                Err(_) => refused += 1,
                Ok(list) => {
                    let words = found(&list, "磐石七号工程与云梦泽三期清淤").into_iter().collect();
                    list.opened(&words);
                }
            }
        }
    }
    assert!(refused > 300, "{refused}");
    // And such a body in a box, as whoever has the key could make it.
    assert!(open(&seal(Sealed::Keyed, &key(1), &body[..9]), &[key(1)]).is_ok());
}

/// Filters are only filters: all words of a list are found at every place.
#[test]
fn all_words_of_a_long_list_are_found() {
    let mut file = String::from("[scope]\nid = \"x\"\nname = { zh = \"甲\", en = \"A\" }\n");
    let signs: Vec<char> = "磐泽鹭鸾霜庚岚汀崖隼砚锦翎澜桐".chars().collect();
    let mut words = Vec::new();
    for n in 0..1500_usize {
        let length = 5 + n % 30;
        let word: String =
            (0..length).map(|i| signs[(n * 7 + i * i * (n % 11 + 1) + n / 15 * i) % 15]).collect();
        words.push(word + &format!("{n}"));
        file += &format!(
            "[[entry]]\nid = \"x.{n}\"\nname = {{ zh = \"甲\", en = \"A\" }}\nmatter = \"-\"\nterms = [\"{}\"]\n",
            words[n]
        );
    }
    let sources = [Source::new(Kind::Scope, "x.toml", file)];
    let made = make(&sources, &["x.toml".into()], &key(1), 0, false).unwrap();
    assert_eq!(made.words, 1500);
    let list = list(&made.bytes);
    for chunk in words.chunks(100) {
        let text = format!("始{}终", chunk.join("，"));
        let found: HashSet<String> =
            found(&list, &text).into_iter().map(|(_, word)| word).collect();
        assert!(chunk.iter().all(|word| found.contains(word)));
    }
}
