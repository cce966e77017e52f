#![no_main]
//! Files of decisions: taken, or refused with a reason; written out again they say
//! the same, and nobody without the key makes one say anything new.

use std::sync::LazyLock;

use vetmark::model::Date;
use vetmark::suppress::{Bound, Decision, Store, Suppressions, Wanted};

static MADE: LazyLock<Store> = LazyLock::new(|| {
    let key = vetmark_fuzz::key();
    let mut store = Store::new(&key);
    for (rule, entry) in [("cn.mark.state-secret", None), ("cn.scope.hit", Some("own.list.1"))] {
        let wanted = Wanted {
            rule,
            entry,
            bound: Bound { hit: [0x5A; 32], around: [0xC3; 32] },
            hit: "机密★10年",
            owner: "王某",
            reason: "a \"sample\" of a form, 样张",
            made: Date::constant(2026, 11, 23),
            expires: Date::constant(2027, 3, 1),
        };
        store.put(Decision::make(wanted, &key).expect("a decision that may be made"));
    }
    store
});

static WHOLE: LazyLock<String> = LazyLock::new(|| MADE.write());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((how, rest)) = bytes.split_first() else { return };
    let file = match how & 1 {
        0 => vetmark_fuzz::edited(WHOLE.as_bytes(), rest),
        _ => rest.to_vec(),
    };
    let text = String::from_utf8_lossy(&file);
    if let Ok(store) = Store::parse(&text) {
        assert_eq!(Store::parse(&store.write()), Ok(store));
    }
    if let Ok(loaded) = Suppressions::load(&text, &[vetmark_fuzz::key()]) {
        assert!(loaded.decisions().all(|decision| MADE.decisions.contains(decision)));
    }
    let _ = vetmark::dictionary::Key::read(rest);
});
