//! Reading of settings files, held against tables of right and wrong ones.

use std::path::Path;

use super::file::parse;
use super::*;

/// What a file gives, and what is wrong with it.
fn read(text: &str) -> (Settings, Vec<String>) {
    let (mut given, mut wrong) = (Given::default(), Vec::new());
    parse("v.toml", text, Path::new("etc"), &mut given, &mut wrong);
    (Settings::of(given), wrong.iter().map(ToString::to_string).collect())
}

#[test]
fn the_table_is_in_order_and_its_defaults_are_what_is_done() {
    for (at, setting) in SETTINGS.iter().enumerate() {
        assert_eq!(setting.key as usize, at, "{}", setting.name);
        assert_eq!(Key::named(setting.name), Some(setting.key));
        let is = matches!(setting.default, DefaultValue::Is(_));
        assert_eq!(setting.default_value().is_some(), is, "{}: its default", setting.name);
        let variables = SETTINGS.iter().filter(|other| other.variable() == setting.variable());
        assert_eq!(variables.count(), 1, "{}", setting.name);
    }
    let settings = Settings::default();
    assert_eq!(settings.limits(), Limits::default());
    assert_eq!(settings.read_limit(), READ_LIMIT);
    assert!(settings.limits_around(true).is_empty());
    #[cfg(target_os = "linux")]
    {
        let cell = crate::cell::Settings::new("x".into(), Vec::new());
        assert_eq!(settings.memory(), cell.memory);
        assert_eq!(settings.processor_seconds(), cell.processor_seconds);
        assert_eq!(settings.wall(), cell.wall);
        assert_eq!(settings.recycle(), cell.recycle);
        assert_eq!(settings.remember(), cell.remember);
    }
}

#[test]
fn a_gateway_remembers_less_unless_somebody_says_how_much() {
    let (said, wrong) = read("[host]\nremember = \"64 MiB\"\n");
    assert_eq!(wrong, [""; 0]);
    for (settings, alone, in_a_gateway) in
        [(Settings::default(), 64 << 20, GATEWAY_REMEMBERS), (said, 64 << 20, 64 << 20)]
    {
        assert_eq!(settings.remember(), alone);
        assert_eq!(settings.of_gateway().remember(), in_a_gateway);
    }
    // What people are told it is.
    let about = Key::HostRemember.setting().about;
    let said = Value::Size(GATEWAY_REMEMBERS).to_string();
    assert!(about.0.contains(&said) && about.1.contains(&said), "{said}");
}

/// A value that each setting may have and that is not its default.
fn other(setting: &Setting) -> &'static str {
    match setting.kind {
        Kind::Word(words) => match setting.default {
            DefaultValue::Is(default) if words[0] == default => words[1],
            _ => words[0],
        },
        Kind::Count(..) => "1234",
        Kind::Size(..) => "777 MiB",
        Kind::Seconds(..) => "77 s",
        Kind::Path | Kind::Paths => "/a:b",
    }
}

#[test]
fn every_setting_can_be_set_in_a_file_and_by_flag_and_reaches_a_cell() {
    for setting in SETTINGS {
        let (kind, name) = (setting.kind, setting.name);
        let value = match kind {
            Kind::Count(_, most) if most < 1234 => "17",
            _ => other(setting),
        };
        let literal = match kind {
            Kind::Count(..) => value.to_owned(),
            Kind::Paths => format!("[\"{value}\"]"),
            _ => format!("\"{value}\""),
        };
        let (from_file, wrong) = read(&format!("# a comment\n{name} = {literal}\n"));
        assert_eq!(wrong, Vec::<String>::new(), "{name}");
        let origin = Origin::File { file: "v.toml".into(), line: 2 };
        assert_eq!(from_file.origin(setting.key), Some(&origin), "{name}");
        let set = from_file.value(setting.key).unwrap();
        assert_ne!(Some(&set), setting.default_value().as_ref(), "{name}");

        let text = std::ffi::OsString::from(format!("{name}={value}"));
        let (mut given, mut wrong) = (Given::default(), Vec::new());
        args::set(std::slice::from_ref(&text), &mut given, &mut wrong);
        assert_eq!(wrong, [], "{name}");
        let flagged = Settings::of(given);
        assert_eq!(flagged.value(setting.key), Some(set.clone()), "{name}");

        // What a cell is handed makes the same of it, where it needs it at all.
        let handed = flagged.for_cell();
        let needed = setting.key >= Key::Rules && setting.key <= Key::BudgetMemory;
        assert_eq!(handed.len(), usize::from(needed), "{name}");
        if needed {
            let cell = Settings::of_cell(&handed).unwrap();
            assert_eq!(cell.value(setting.key), Some(set), "{name}");
            assert_eq!(cell.limits(), flagged.limits(), "{name}");
            assert_eq!(cell.limits_around(true), flagged.limits_around(true), "{name}");
        }
        // What ends reading is part of what an examination names itself by.
        let budget = setting.key >= Key::BudgetRead && setting.key <= Key::BudgetMemory;
        let differ = flagged.limits().differing().len() + flagged.limits_around(true).len();
        assert_eq!(differ > 0, budget, "{name}");
    }
}

/// A flag's value that the table does not know would be dropped without a word.
#[test]
fn flags_and_the_table_know_the_same_words() {
    let cli = <crate::cli::Cli as clap::CommandFactory>::command();
    let scan = cli.find_subcommand("scan").unwrap();
    let flags = SETTINGS.iter().filter_map(|setting| Some((setting, setting.flag?)));
    let mut seen = 0;
    for (setting, flag) in flags {
        let long = flag.strip_prefix("--");
        let argument = scan.get_arguments().find(|argument| argument.get_long() == long);
        let argument = argument.unwrap_or_else(|| panic!("scan has no {flag}"));
        // A switch takes no word: it stands for `on`.
        let is_switch = !argument.get_action().takes_values();
        if is_switch {
            assert!(matches!(setting.kind, Kind::Word(words) if words.contains(&"on")), "{flag}");
        } else if let Kind::Word(words) = setting.kind {
            let values = argument.get_possible_values();
            let mut values: Vec<_> = values.iter().map(|value| value.get_name()).collect();
            let mut words = words.to_vec();
            values.sort_unstable();
            words.sort_unstable();
            assert_eq!(values, words, "{flag}");
        }
        seen += 1;
    }
    assert_eq!(seen, 16);
}

/// Whatever stands in a file: settings or mistakes, and never neither.
#[test]
fn damaged_files_are_read_without_a_panic() {
    let text = include_str!("../../../tests/fixtures/cli/settings/sound.toml");
    let whole = SETTINGS.iter().filter(|s| read(text).0.origin(s.key).is_some()).count();
    assert_eq!(whole, 7);
    let mut mistaken = 0;
    for at in 0..text.len() {
        for byte in [b'"', b'=', b'[', b']', b'\n', b'9', b'.', 0, b'\\'] {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            let (settings, wrong) = read(&changed);
            let given = SETTINGS.iter().filter(|s| settings.origin(s.key).is_some()).count();
            let tables = changed.matches("\n[").count();
            assert!(given == whole || !wrong.is_empty() || tables != 2, "{changed}");
            mistaken += usize::from(!wrong.is_empty());
        }
        let (_, _) = read(&text[..at]);
    }
    assert!(mistaken > text.len(), "{mistaken}");
}

#[test]
fn mistakes_stand_with_their_line_and_what_is_meant() {
    for (text, want) in [
        ("jbos = 4", "v.toml:1: there is no setting jbos; `vetmark config` shows all"),
        (
            "\n\nisolaton = \"thread\"",
            "v.toml:3: there is no setting isolaton; did you mean isolation?",
        ),
        (
            "[budget]\n\npage = 5",
            "v.toml:3: there is no setting budget.page; did you mean budget.pages?",
        ),
        ("pages = 5", "v.toml:1: there is no setting pages; did you mean budget.pages?"),
        ("jobs = 5", "v.toml:1: there is no setting jobs; did you mean host.jobs?"),
        (
            "matter-by = \"file\"",
            "v.toml:1: there is no setting matter-by; did you mean matter_by?",
        ),
        (
            "dictionary = [\"a\"]",
            "v.toml:1: there is no setting dictionary; did you mean dictionaries?",
        ),
        (
            "matter_seconds = 3",
            "v.toml:1: there is no setting matter_seconds; did you mean budget.processor?",
        ),
        ("[limits]\npages = 5", "v.toml:1: there is no setting limits; `vetmark config` shows all"),
        ("budget = 5", "v.toml:1: [budget] is a table of settings"),
        ("format.x = 1", "v.toml:1: format: one of human, ndjson is wanted, and not a table"),
        ("[budget]\nread = 5", "v.toml:2: budget.read: the unit is missing: \"5 B\"? a size"),
        (
            "[budget]\nread = \"5 GB\"",
            "v.toml:2: budget.read: there is no unit GB: B, KiB, MiB, GiB, TiB are known; did you mean \"5 GiB\"?",
        ),
        ("[budget]\nread = \"1 PiB\"", "v.toml:2: budget.read: there is no unit PiB"),
        (
            "[budget]\nread = \"65 GiB\"",
            "v.toml:2: budget.read: 65 GiB is out of range: a size from 1 KiB to 64 GiB",
        ),
        ("[budget]\ntext = \"4 GiB\"", "v.toml:2: budget.text: 4 GiB is out of range"),
        ("[budget]\nprocessor = 30", "v.toml:2: budget.processor: the unit is missing: \"30 s\"?"),
        ("[budget]\npages = \"5\"", "v.toml:2: budget.pages: a number stands without quotes: 5"),
        ("[budget]\npages = 0", "v.toml:2: budget.pages: 0 is out of range: a number from 1 to"),
        ("[budget]\npages = -5", "v.toml:2: budget.pages: a number from 1 to"),
        (
            "[budget]\npages = 5.5",
            "v.toml:2: budget.pages: a number from 1 to 1000000 is wanted, and not a fraction",
        ),
        (
            "[budget]\npages = 0x10",
            "v.toml:2: budget.pages: a number from 1 to 1000000 is wanted, and not",
        ),
        (
            "[host]\njobs = true",
            "v.toml:2: host.jobs: a number from 1 to 1024 is wanted, and not true or false",
        ),
        (
            "isolation = \"treads\"",
            "v.toml:1: isolation: \"treads\" is none of process, thread; did you mean \"thread\"?",
        ),
        (
            "rules = [\"a\"]",
            "v.toml:1: rules: a file or folder in quotes is wanted, and not a list",
        ),
        ("keys = \"a\"", "v.toml:1: keys: a list of files, [\"FILE\"], is wanted, and not text"),
        ("keys = [\"a\", 5]", "v.toml:1: keys: a list of files"),
        ("rules = \"\"", "v.toml:1: rules: the name of a file is empty"),
        ("lang = \"en\"\nlang = \"zh\"", "v.toml:2: duplicate key"),
        ("lang = \n", "v.toml:1: "),
    ] {
        let (_, wrong) = read(text);
        assert_eq!(wrong.len(), 1, "{text}: {wrong:?}");
        assert!(wrong[0].starts_with(want), "{text}\n  {}\n  {want}", wrong[0]);
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let (settings, wrong) =
        read("jobz = 1\nlang = \"zh\"\nformat = 5\n[budget]\npages = 7\nwal = 1\n");
    let lines: Vec<_> = wrong.iter().map(|wrong| wrong.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["1", "3", "6"], "{wrong:?}");
    assert_eq!(settings.number(Key::BudgetPages), 7);
}

#[test]
fn files_are_looked_for_beside_the_file_that_names_them() {
    let (settings, wrong) = read("rules = \"r\"\ndictionaries = [\"/abs/d\", \"../e\"]");
    assert!(wrong.is_empty());
    assert_eq!(settings.path(Key::Rules), Some("etc/r".into()));
    assert_eq!(settings.paths(Key::Dictionaries), ["/abs/d", "etc/../e"].map(PathBuf::from));
}

#[test]
fn the_wall_follows_the_processor_unless_it_is_set() {
    for (text, wall) in [
        ("", 900),
        ("budget.processor = \"10 s\"", 30),
        ("budget.processor = \"10 s\"\nbudget.wall = \"11 s\"", 11),
        ("budget.wall = \"11 s\"", 11),
    ] {
        assert_eq!(read(text).0.wall().as_secs(), wall, "{text}");
    }
}

#[test]
fn jobs_are_as_many_as_the_memory_of_all_cells_holds() {
    for (text, jobs) in [
        ("host.jobs = 6", Ok((6, 6))),
        ("host.jobs = 6\nhost.memory = \"24 GiB\"", Ok((6, 3))),
        ("host.jobs = 6\nhost.memory = \"48 GiB\"", Ok((6, 6))),
        ("host.jobs = 6\nhost.memory = \"31 GiB\"", Ok((6, 3))),
        ("host.jobs = 6\nhost.memory = \"8 GiB\"", Ok((6, 1))),
        ("host.jobs = 6\nhost.memory = \"7 GiB\"", Err("v.toml:2: host.memory: 7 GiB for all")),
        ("host.jobs = 6\nhost.memory = \"7 GiB\"\nbudget.memory = \"1 GiB\"", Ok((6, 6))),
        // Threads have no memory of their own that could be held to.
        ("host.jobs = 6\nhost.memory = \"7 GiB\"\nisolation = \"thread\"", Ok((6, 6))),
    ] {
        let (settings, wrong) = read(text);
        assert!(wrong.is_empty());
        match (settings.checked(Vec::new()), jobs) {
            (Ok(settings), Ok(jobs)) => assert_eq!(settings.jobs(), jobs, "{text}"),
            (Err(error), Err(said)) => assert!(error.to_string().contains(said), "{error}"),
            (got, want) => panic!("{text}: {got:?}, {want:?}"),
        }
    }
}

#[test]
fn what_gives_up_protection_is_known() {
    for (text, weakens) in [
        ("isolation = \"thread\"", true),
        ("isolation = \"process\"", false),
        ("host_level = \"juemi\"", true),
        ("host_level = \"none\"", false),
        ("quotes = \"on\"", true),
        ("quotes = \"off\"", false),
        ("rules = \"r\"", true),
        ("dictionaries = [\"d\"]", false),
        ("budget.bytes = \"513 MiB\"", true),
        ("budget.bytes = \"512 MiB\"", false),
        ("budget.bytes = \"1 MiB\"", false),
        ("budget.pages = 20001", true),
        ("budget.processor = \"301 s\"", true),
        ("budget.wall = \"901 s\"", true),
        ("budget.wall = \"30 s\"", false),
        ("budget.memory = \"9 GiB\"", true),
        ("host.jobs = 64", false),
        ("host.recycle = 2001", true),
        ("host.recycle = 1", false),
    ] {
        for lang in [Lang::En, Lang::Zh] {
            assert_eq!(!read(text).0.weakened(lang).is_empty(), weakens, "{text}");
        }
    }
}

#[test]
fn later_flags_count_and_files_of_one_flag_are_many() {
    let settings = Settings::of_cell(&[
        "budget.pages=5".into(),
        "budget.pages=6".into(),
        "dictionaries=a".into(),
        "dictionaries=b=c".into(),
    ]);
    let settings = settings.unwrap();
    assert_eq!(settings.number(Key::BudgetPages), 6);
    assert_eq!(settings.paths(Key::Dictionaries), ["a", "b=c"].map(PathBuf::from));
    for (text, said) in [
        ("pages", "NAME=VALUE is wanted"),
        ("pages=5", "did you mean budget.pages?"),
        ("budget.pages=x", "a number from 1"),
        ("budget.read=5", "the unit is missing"),
    ] {
        let error = Settings::of_cell(&[text.into()]).unwrap_err().to_string();
        assert!(error.contains("--set: ") && error.contains(said), "{text}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf_8_reach_a_cell_as_they_are() {
    use std::os::unix::ffi::OsStringExt;
    let name = PathBuf::from(std::ffi::OsString::from_vec(b"/d/\xff=\xfe".to_vec()));
    let mut given = Given::default();
    given.paths(Key::Dictionaries, std::slice::from_ref(&name));
    let cell = Settings::of_cell(&Settings::of(given).for_cell()).unwrap();
    assert_eq!(cell.paths(Key::Dictionaries), [name]);
}
