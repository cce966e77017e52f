//! What is found, by whichever way, and what is found no more.

use rusqlite::Connection;

use super::find::{Values, pairs, ways};
use super::tests::{act, examination, office, proposal};
use super::*;
use crate::model::{Date, Level, Proposal, Step, Verdict, hex};

#[test]
fn pairs_are_those_the_migration_writes() {
    let connection = Connection::open_in_memory().unwrap();
    let sql = "WITH RECURSIVE at (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM at \
               WHERE n < length(?1)) SELECT group_concat(hex(lower(substr(?1, n, 2))), ' ') FROM at";
    for text in ["食堂", "in/7.DOCX", "é\u{301}𠮷x", "a b"] {
        let written: String = connection.query_row(sql, [text], |row| row.get(0)).unwrap();
        // And the last character alone, by which a single one is found at the end.
        let (wanted, _) = written.rsplit_once(' ').unwrap();
        assert_eq!(pairs(text).to_ascii_uppercase(), wanted, "{text}");
    }
    assert_eq!(pairs("堂"), "e5a082*");
}

const NAMES: [&str; 6] = [
    "/in/食堂通知.docx",
    "/in/100%.pdf",
    "/in/a_b.txt",
    "/in/Annual.DOCX",
    "/in/堂",
    "/in/食品.ofd",
];

/// Matter 1 as in [`office`], and those of all names in turn, with three levels and five
/// verdicts; every third is proposed, and goes its way to review.
fn filled(folder: &std::path::Path) -> Store {
    let mut store = office(folder, false);
    for number in 0..60_u8 {
        let mut of = examination(number + 2, false);
        of.verdict = Verdict::STRONGEST_FIRST[usize::from(number) % 5];
        of.level = match number % 7 {
            0 => Some(("cn", "juemi", 3)),
            1 | 2 => Some(("cn", "mimi", 1)),
            _ => None,
        }
        .map(|(regime, id, rank)| Level { regime: regime.into(), id: id.into(), rank });
        let name = NAMES[usize::from(number) % NAMES.len()];
        let kept = store.keep(act(Act::MACHINE), &format!("{name}.{number}"), &of).unwrap();
        if number % 3 == 0 {
            let (matter, seen) = (kept.matter(), store.seen(kept.matter()).unwrap());
            let says = Proposal {
                title: format!("关于{number}号食堂的Notice"),
                channel: if number % 2 == 0 { "www".into() } else { "weixin".into() },
                on: Date::constant(2026, 12, 1 + i8::try_from(number % 28).unwrap()),
                ..proposal()
            };
            store.submit(act("zhang"), &On { matter, seen: &seen, bulk: 1 }, &says).unwrap();
        }
    }
    store
}

#[test]
fn every_way_leads_to_the_same_matters_in_the_same_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let texts =
        ["食堂", "堂", "notice", "DOCX", "100%", "a_b", "_", "17", "食堂的", "nowhere", "/"];
    let own = |text: &&str| Some((*text).to_owned());
    let mut asked = Vec::new();
    for step in [None, Some(Step::Submit), Some(Step::Review), Some(Step::Decide)] {
        for verdict in [None, Some(Verdict::Refer)] {
            let base = QueueOf { step, verdict, limit: 7, ..QueueOf::default() };
            let with = |change: &dyn Fn(&mut QueueOf)| {
                let mut of = base.clone();
                change(&mut of);
                of
            };
            asked.extend(texts.iter().map(|text| with(&|of| of.text = own(text))));
            asked.push(with(&|of| of.level = own(&"cn:juemi")));
            asked.push(with(&|of| of.channel = own(&"weixin")));
            asked.push(with(&|of| of.until = Some(Date::constant(2026, 12, 9))));
            asked.push(with(&|of| {
                of.level = own(&"cn:mimi");
                of.text = own(&"堂");
                of.channel = own(&"www");
            }));
        }
    }
    let (mut lines, mut turned) = (0, 0);
    for mut wanted in asked {
        loop {
            let values = Values::of(&wanted);
            let walked = store.queue_by(&wanted, &values, None).unwrap();
            for way in ways(&wanted) {
                let by = store.queue_by(&wanted, &values, Some(way)).unwrap();
                assert_eq!(by, walked, "{wanted:?} by {way}");
            }
            lines += walked.len();
            // Page by page, to the end.
            let Some(last) = walked.last().filter(|_| walked.len() == 7) else { break };
            wanted.behind = Some(last.mark);
            turned += 1;
        }
    }
    assert!(lines > 500 && turned > 30, "{lines} lines, {turned} further pages");
}

#[test]
fn a_word_is_found_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    // A text, and how many lines have it: 60 names in six kinds, 20 titles.
    for (text, count) in [
        ("食堂", 20), // every title, and the ten names are of those
        ("食品", 10),
        ("ANNUAL", 10),
        ("100%", 10),
        ("a_b", 10),
        ("notice", 20),
        ("关于3号", 1),
        ("%", 10),
        ("\\", 0),
        ("无此词", 0),
        ("食堂食堂", 0),
    ] {
        let of = QueueOf { text: Some(text.into()), limit: 100, ..QueueOf::default() };
        assert_eq!(store.queue(&of).unwrap().len(), count, "{text}");
    }
    let of = QueueOf { text: Some("40".into()), limit: 9, ..QueueOf::default() };
    let found = store.queue(&of).unwrap();
    assert!(found.iter().any(|line| line.matter == 40), "by its number");
}

#[test]
fn what_is_purged_is_found_no_more_and_nowhere_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = office(folder.path(), false);
    let secret = "/in/绝密计划庚辛壬癸.docx";
    store.keep(act(Act::MACHINE), secret, &examination(9, false)).unwrap();
    let token = hex("庚辛".as_bytes());
    let in_file = |store: &Store| {
        let sql = "SELECT count(*) FROM matter_word WHERE matter_word MATCH ?1";
        store.connection.query_row(sql, [&token], |row| row.get::<_, u32>(0)).unwrap()
    };
    assert_eq!(in_file(&store), 1);
    let far = Date::constant(2030, 1, 1);
    assert_eq!(store.purge(act("setup"), far, true).unwrap().matters, 2);
    assert_eq!(in_file(&store), 0);
    let pages: Vec<Vec<u8>> = {
        let mut all = store.connection.prepare("SELECT block FROM matter_word_data").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().map(|page| page.unwrap()).collect()
    };
    let held = |page: &Vec<u8>| page.windows(12).any(|bytes| bytes == token.as_bytes());
    assert!(!pages.iter().any(held), "no page of the index holds a pair of it");
    assert_eq!(store.check().unwrap().wrong, []);
}

#[test]
fn a_matter_without_its_words_is_seen_by_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let store = office(folder.path(), false);
    store.connection.execute("DELETE FROM matter_word", []).unwrap();
    let wrong = store.check().unwrap().wrong;
    assert!(wrong.iter().any(|words| words.en.contains("matter 1 is not found")), "{wrong:?}");
    store.connection.execute("UPDATE matter SET level = 'cn:mimi' WHERE id = 1", []).unwrap();
    let wrong = store.check().unwrap().wrong;
    assert!(
        wrong.iter().any(|words| words.en.contains("is not what was found in it")),
        "{wrong:?}"
    );
}
