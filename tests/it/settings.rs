//! Settings through the door: precedence, mistakes, budgets that hold in both
//! places where documents are examined, and the page that lists them all.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Ran, run, tree, vetmark};

/// Runs with variables.
fn with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = vetmark();
    command.current_dir(folder).envs(variables.iter().copied()).args(arguments);
    command.output().unwrap().into()
}

/// A setting as `config` has it.
fn setting(ran: &Ran, name: &str) -> Value {
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let all: Value = serde_json::from_str(&ran.stdout).unwrap();
    let settings = all["settings"].as_array().unwrap();
    settings.iter().find(|setting| setting["name"] == name).unwrap().clone()
}

#[test]
fn flags_go_before_variables_and_variables_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "dictionaries = [\"a\", \"b\"]\n[host]\njobs = 3\n[budget]\npages = 30\n";
    fs::write(folder.path().join("vetmark.toml"), text).unwrap();
    let variables = [("VETMARK_HOST_JOBS", "4"), ("VETMARK_BUDGET_PAGES", "")];
    let file = json!({ "kind": "file", "file": "vetmark.toml", "line": 5 });
    for (variables, arguments, name, value, origin) in [
        (&[][..], &[][..], "budget.pages", json!(30), file.clone()),
        (&[], &["--no-config"], "budget.pages", json!(20_000), json!({ "kind": "default" })),
        (
            &[("VETMARK_CONFIG", "")],
            &[],
            "budget.pages",
            json!(20_000),
            json!({ "kind": "default" }),
        ),
        // A variable that is empty says nothing.
        (&variables, &[], "budget.pages", json!(30), file),
        (
            &variables,
            &[],
            "host.jobs",
            json!(4),
            json!({ "kind": "variable", "name": "VETMARK_HOST_JOBS" }),
        ),
        (
            &variables,
            &["--set", "host.jobs=5"],
            "host.jobs",
            json!(5),
            json!({ "kind": "flag", "name": "--set" }),
        ),
        (
            &variables,
            &["--jobs", "6", "--set", "host.jobs=5"],
            "host.jobs",
            json!(6),
            json!({ "kind": "flag", "name": "--jobs" }),
        ),
        // A list takes the whole place of another.
        (
            &[],
            &["--dictionary", "c", "--dictionary", "d"],
            "dictionaries",
            json!(["c", "d"]),
            json!({ "kind": "flag", "name": "--dictionary" }),
        ),
        (
            &[("VETMARK_DICTIONARIES", "e:f")],
            &[],
            "dictionaries",
            json!(["e", "f"]),
            json!({ "kind": "variable", "name": "VETMARK_DICTIONARIES" }),
        ),
        (&[], &["--matter-seconds", "7"], "budget.wall", json!(21), json!({ "kind": "default" })),
        (
            &[],
            &["--isolation", "thread"],
            "isolation",
            json!("thread"),
            json!({ "kind": "flag", "name": "--isolation" }),
        ),
    ] {
        let arguments = [&["config", "--format", "json"], arguments].concat();
        let found = setting(&with(folder.path(), variables, &arguments), name);
        assert_eq!((&found["value"], &found["origin"]), (&value, &origin), "{arguments:?}");
    }
}

#[test]
fn one_file_is_read_the_one_that_is_named_or_the_first_that_is_there() {
    let room = tempfile::tempdir().unwrap();
    let at = |name: &str| room.path().join(name);
    for (file, pages) in [
        ("here/vetmark.toml", 1),
        ("named.toml", 2),
        ("variable.toml", 3),
        ("xdg/vetmark/vetmark.toml", 4),
        ("home/.config/vetmark/vetmark.toml", 5),
    ] {
        fs::create_dir_all(at(file).parent().unwrap()).unwrap();
        fs::write(at(file), format!("budget.pages = {pages}\n")).unwrap();
    }
    fs::create_dir(at("empty")).unwrap();
    let named = at("named.toml").to_str().unwrap().to_owned();
    let variable = at("variable.toml").to_str().unwrap().to_owned();
    let (xdg, home) =
        (at("xdg").to_str().unwrap().to_owned(), at("home").to_str().unwrap().to_owned());
    let all = [("VETMARK_CONFIG", variable.as_str()), ("XDG_CONFIG_HOME", &xdg), ("HOME", &home)];
    for (folder, variables, arguments, pages) in [
        ("here", &all[..], &["--config", named.as_str()][..], 2),
        ("here", &all, &[], 3),
        ("here", &all[1..], &[], 1),
        ("empty", &all[1..], &[], 4),
        ("empty", &all[2..], &[], 5),
        ("empty", &[], &[], 20_000),
        ("here", &all, &["--no-config"], 20_000),
    ] {
        let arguments = [&["config", "--format", "json"], arguments].concat();
        let found = setting(&with(&at(folder), variables, &arguments), "budget.pages");
        assert_eq!(found["value"], pages, "{folder} {arguments:?}");
    }
    for (variables, arguments) in [
        (&[][..], &["--config", "none.toml"][..]),
        (&[("VETMARK_CONFIG", "none.toml")], &[]),
        (&[], &["--config", "."]),
        (&[], &["--config", named.as_str(), "--no-config"]),
    ] {
        let ran = with(&at("empty"), variables, &[&["config"], arguments].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn a_mistake_anywhere_stops_the_run_and_is_named_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "text\n").unwrap();
    fs::write(
        folder.path().join("bad.toml"),
        "lang = \"en\"\n\n[budget]\npagse = 5\nread = \"1 GB\"\n",
    )
    .unwrap();
    for (variables, arguments, said) in [
        (
            &[][..],
            &["--config", "bad.toml"][..],
            &[
                "bad.toml:4: there is no setting budget.pagse; did you mean budget.pages?",
                "bad.toml:5: budget.read: there is no unit GB",
            ][..],
        ),
        (&[("VETMARK_CONFIG", "bad.toml")], &[], &["bad.toml:4: ", "bad.toml:5: "]),
        (
            &[("VETMARK_BUDGET_PAGES", "many")],
            &[],
            &["VETMARK_BUDGET_PAGES: a number from 1 to 1000000 is wanted"],
        ),
        (
            &[("VETMARK_BUDGET_PAGE", "5")],
            &[],
            &["VETMARK_BUDGET_PAGE: is no setting; did you mean VETMARK_BUDGET_PAGES?"],
        ),
        (
            &[("VETMARK_ISOLATION", "none")],
            &[],
            &["VETMARK_ISOLATION: \"none\" is none of process, thread"],
        ),
        (&[], &["--set", "budget.pages"], &["--set: budget.pages: NAME=VALUE is wanted"]),
        (
            &[],
            &["--set", "pages=5"],
            &["--set: there is no setting pages; did you mean budget.pages?"],
        ),
        (
            &[],
            &["--suppressions", "s.toml"],
            &["--suppressions: suppressions are held against a key"],
        ),
        (
            &[],
            &["--set", "host.memory=1 GiB"],
            &["--set: host.memory: 1 GiB for all processes, and budget.memory gives each 8 GiB"],
        ),
    ] {
        let ran = with(folder.path(), variables, &[&["scan", "a.txt"], arguments].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: the settings are not in order\n"), "{}", ran.stderr);
        for said in said {
            assert!(ran.stderr.contains(said), "{said}\n{}", ran.stderr);
        }
    }
    // What others call theirs is none of ours.
    let ran =
        with(folder.path(), &[("VETMARK_CACHE", "x"), ("VETMARK_TERMS", "y")], &["scan", "a.txt"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);

    let check = |file: &str| run(folder.path(), &["config", "check", file]);
    assert_eq!(check("bad.toml").status, 2);
    assert!(check("bad.toml").stderr.contains("bad.toml:4: "));
    fs::write(folder.path().join("good.toml"), "lang = \"en\"\nbudget.pages = 5\n").unwrap();
    assert_eq!(
        (check("good.toml").status, check("good.toml").stdout.as_str()),
        (0, "good.toml: 2 settings in order\n")
    );
}

/// A document that passes each limit of reading, and the limit's name.
#[test]
fn budgets_hold_in_processes_and_in_threads_and_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("long.txt"), "巡检通知，请按期巡检。\n".repeat(500)).unwrap();
    let mut parts = String::from(
        "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
    );
    for number in 0..9 {
        parts += &format!(
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"{number}.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            "dGV4dCB0ZXh0IHRleHQg".repeat(200)
        );
    }
    fs::write(at("parts.eml"), parts + "--b--\r\n").unwrap();
    let plain = scan(folder.path(), &["long.txt", "parts.eml"], &[]);
    assert!(plain.iter().all(|said| said["verdict"] == "no_finding"), "{plain:?}");
    assert!(plain.iter().all(|said| said["engine"].get("budget").is_none()));
    for (file, setting, limit, budget) in [
        ("long.txt", "budget.read=1 KiB", "bytes", "read=1024"),
        ("long.txt", "budget.text=2 KiB", "text", "text=2048"),
        ("long.txt", "budget.lines=10", "text", "lines=10"),
        ("parts.eml", "budget.bytes=10 KiB", "bytes", "bytes=10240"),
        ("parts.eml", "budget.parts=5", "parts", "parts=5"),
        ("parts.eml", "budget.depth=0", "depth", "depth=0"),
    ] {
        let own = scan(folder.path(), &[file], &["--set", setting, "--isolation", "process"]);
        assert_eq!(own, scan(folder.path(), &[file], &["--set", setting, "--isolation", "thread"]));
        let [said] = &own[..] else { panic!("one matter") };
        assert_eq!(said["verdict"], "incomplete", "{setting}: {said}");
        assert_eq!(said["engine"]["budget"], budget, "{said}");
        let parts = said["parts"].as_array().unwrap().iter();
        let mut gaps = parts.flat_map(|part| part["gaps"].as_array().unwrap());
        assert!(gaps.any(|gap| gap["limit"] == limit), "{setting}: {said}");
        // The same from a file and from a variable.
        let (name, value) = setting.split_once('=').unwrap();
        let variable = format!("VETMARK_{}", name.replace('.', "_").to_uppercase());
        let ran = with(folder.path(), &[(&variable, value)], &["scan", "--format", "ndjson", file]);
        let engine = &ran.lines()[0]["engine"];
        assert_eq!(engine["budget"], budget, "{variable}");
    }
    // A limit of processes is named where it holds.
    let cells = &scan(
        folder.path(),
        &["long.txt"],
        &["--set", "budget.memory=4 GiB", "--matter-seconds", "9"],
    )[0];
    let threads = &scan(
        folder.path(),
        &["long.txt"],
        &["--set", "budget.memory=4 GiB", "--isolation", "thread"],
    )[0];
    assert_eq!(threads["engine"].get("budget"), None, "{threads}");
    if cfg!(target_os = "linux") {
        assert_eq!(cells["engine"]["budget"], "processor=9 wall=27 memory=4294967296", "{cells}");
    }
    let report = run(folder.path(), &["scan", "--set", "budget.pages=5", "long.txt"]).stdout;
    assert!(report.trim_end().ends_with(", budget pages=5"), "{report}");
    // Other commands that read keep to it too.
    let text = run(folder.path(), &["text", "--set", "budget.text=2 KiB", "long.txt"]);
    assert_eq!(text.status, 1, "{}", text.stderr);
    assert!(text.stderr.contains("gap.limit (text)"), "{}", text.stderr);
}

fn scan(folder: &Path, files: &[&str], arguments: &[&str]) -> Vec<Value> {
    let head = ["scan", "--format", "ndjson", "--as-of", "2026-11-23"];
    let ran = run(folder, &[&head[..], arguments, files].concat());
    assert!(ran.status < 2, "{}", ran.stderr);
    ran.lines()
}

/// A cell reads no file of settings and no variable; what it is handed must be all.
#[test]
fn a_process_works_by_the_settings_of_the_run_wherever_they_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in/a.txt"), "东港储备点位三处。\n").unwrap();
    let list = "[scope]\nid = \"own.x\"\nname = { zh = \"甲\", en = \"A\" }\n[[entry]]\nid = \"own.x.1\"\nmatter = \"甲\"\nterms = [\"东港储备点位\"]\n";
    fs::create_dir(at("etc")).unwrap();
    fs::write(at("etc/list.toml"), list).unwrap();
    fs::write(at("etc/vetmark.toml"), "format = \"ndjson\"\ndictionaries = [\"list.toml\"]\n")
        .unwrap();
    let by_flag = scan(folder.path(), &["in"], &["--dictionary", "etc/list.toml"]);
    assert_eq!(by_flag[0]["verdict"], "review", "{}", by_flag[0]);
    let by_file = run(
        folder.path(),
        &["scan", "--as-of", "2026-11-23", "in", "--config", "etc/vetmark.toml"],
    );
    let by_variable = with(
        folder.path(),
        &[("VETMARK_DICTIONARIES", "etc/list.toml"), ("VETMARK_FORMAT", "ndjson")],
        &["scan", "--as-of", "2026-11-23", "in"],
    );
    for ran in [by_file, by_variable] {
        assert_eq!(ran.lines()[0]["parts"], by_flag[0]["parts"], "{}", ran.stderr);
    }
}

#[test]
fn what_gives_up_protection_is_told_unless_it_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "text\n").unwrap();
    fs::write(
        folder.path().join("vetmark.toml"),
        "isolation = \"thread\"\n[budget]\nbytes = \"1 GiB\"\n",
    )
    .unwrap();
    let ran = run(folder.path(), &["scan", "a.txt"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    for said in [
        "vetmark.toml:1: isolation = thread: a crash ends the run",
        "vetmark.toml:3: budget.bytes = 1 GiB: a document may cost more than by default (512 MiB)",
    ] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let ran = run(folder.path(), &["config", "--lang", "zh"]);
    assert_eq!(ran.stdout.matches("降低防护：").count(), 2, "{}", ran.stdout);
    let typed = run(folder.path(), &["scan", "--no-config", "--isolation", "thread", "a.txt"]);
    assert!(!typed.stderr.contains("a crash ends the run"), "{}", typed.stderr);
    let reduced = run(
        folder.path(),
        &["scan", "--no-config", "--jobs", "5", "--set", "host.memory=17 GiB", "a.txt"],
    );
    assert!(reduced.stderr.starts_with("2 jobs instead of 5: "), "{}", reduced.stderr);
}

/// Whoever sends a folder of documents may put a file of settings in it.
#[test]
fn a_file_among_the_documents_is_not_heeded_unless_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/a.txt"), "text\n").unwrap();
    fs::write(folder.path().join("in/vetmark.toml"), "lang = \"zh\"\n").unwrap();
    let room = folder.path().join("in");
    for (arguments, status) in [
        (&["."][..], 2),
        (&["../in"], 2),
        (&["vetmark.toml"], 2),
        (&["a.txt"], 0),
        (&[".", "--no-config"], 0),
        (&[".", "--config", "vetmark.toml"], 0),
    ] {
        let ran = run(&room, &[&["scan"], arguments].concat());
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains("stands among what is to be examined"), status == 2);
    }
    assert_eq!(run(folder.path(), &["scan", "in"]).status, 0);
}

#[test]
fn what_config_prints_is_a_settings_file_that_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "--jobs",
        "3",
        "--rules",
        "a\"b",
        "--dictionary",
        "d e",
        "--set",
        "budget.read=3 MiB",
        "--matter-seconds",
        "9",
        "--set",
        "lang=zh",
    ];
    let printed = run(folder.path(), &[&["config"], &arguments[..]].concat());
    assert_eq!(printed.status, 0, "{}", printed.stderr);
    fs::write(folder.path().join("again.toml"), &printed.stdout).unwrap();
    let values = |ran: Ran| {
        let all: Value = serde_json::from_str(&ran.stdout).unwrap();
        let settings = all["settings"].as_array().unwrap().clone();
        settings
            .into_iter()
            .map(|setting| (setting["name"].clone(), setting["value"].clone()))
            .collect::<Vec<_>>()
    };
    let first =
        values(run(folder.path(), &[&["config", "--format", "json"], &arguments[..]].concat()));
    let again =
        values(run(folder.path(), &["config", "--format", "json", "--config", "again.toml"]));
    assert_eq!(first, again, "{}", printed.stdout);
}

/// The page for those who run it names every setting, with its default, its variable
/// and its flag; and nothing that is none.
#[test]
fn the_page_lists_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    let all: Value =
        serde_json::from_str(&run(folder.path(), &["config", "--format", "json"]).stdout).unwrap();
    let printed = run(folder.path(), &["config", "--lang", "en"]).stdout;
    let page = fs::read_to_string(tree("docs/operations.md")).unwrap();
    let rows: Vec<Vec<String>> = page
        .lines()
        .skip_while(|line| !line.starts_with("| setting |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            line.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()
        })
        .collect();
    let settings = all["settings"].as_array().unwrap();
    let names: Vec<_> = settings.iter().map(|setting| setting["name"].as_str().unwrap()).collect();
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), names);
    for (row, setting) in rows.iter().zip(settings) {
        assert_eq!(row[1], setting["about"]["en"].as_str().unwrap(), "{row:?}");
        let name = setting["name"].as_str().unwrap().rsplit('.').next().unwrap();
        let default = match setting["unset"]["en"].as_str() {
            Some(unset) => unset.to_owned(),
            None => {
                let line =
                    printed.lines().find(|line| line.starts_with(&format!("# {name} = "))).unwrap();
                let value = line.split_once(" = ").unwrap().1.split_once("  #").unwrap().0;
                value.trim_matches('"').to_owned()
            }
        };
        assert_eq!(row[2], default, "{row:?}");
        assert_eq!(row[3], setting["possible"].as_str().unwrap(), "{row:?}");
        assert_eq!(row[4], setting["flag"].as_str().unwrap_or(""), "{row:?}");
    }
    // The rule by which variables are named.
    assert!(settings.iter().all(|setting| {
        let name = setting["name"].as_str().unwrap().replace('.', "_").to_uppercase();
        setting["variable"] == format!("VETMARK_{name}")
    }));
}

/// A PDF of some empty pages.
fn pdf(pages: usize) -> Vec<u8> {
    let kids: Vec<_> = (0..pages).map(|page| format!("{} 0 R", page + 3)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {pages} /Kids [{}] >>", kids.join(" ")),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>";
    objects.extend((0..pages).map(|_| page.to_owned()));
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let start = file.len();
    file += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    file.extend(places.iter().map(|place| format!("{place:010} 00000 n \n")));
    let size = objects.len() + 1;
    file += &format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

#[test]
fn ratio_pages_and_steps_hold_in_both_places_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&b"the same line again and again\n".repeat(200_000)).unwrap();
    fs::write(at("bomb.txt.gz"), packed.finish().unwrap()).unwrap();
    fs::write(at("pages.pdf"), pdf(6)).unwrap();
    let many = "<a>text</a>\n".repeat(3000);
    fs::write(at("steps.xml"), format!("<?xml version=\"1.0\"?>\n<r>{many}</r>\n")).unwrap();
    for (file, setting, limit) in [
        ("bomb.txt.gz", "budget.ratio=20", "ratio"),
        ("pages.pdf", "budget.pages=5", "pages"),
        ("steps.xml", "budget.steps=1000", "time"),
    ] {
        let limits = |said: &[Value]| {
            let parts = said[0]["parts"].as_array().unwrap().iter();
            let gaps = parts.flat_map(|part| part["gaps"].as_array().unwrap().clone());
            gaps.filter_map(|gap| Some(gap["limit"].as_str()?.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(limits(&scan(folder.path(), &[file], &[])), Vec::<String>::new(), "{file}");
        let own = scan(folder.path(), &[file], &["--set", setting, "--isolation", "process"]);
        assert_eq!(own, scan(folder.path(), &[file], &["--set", setting, "--isolation", "thread"]));
        assert!(limits(&own).contains(&limit.to_owned()), "{setting}: {}", own[0]);
    }
}

/// What is said of the machine changes no byte of the results.
#[test]
fn nothing_depends_on_the_host() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..12 {
        let text = format!("机密★10年\n第{number}号\n").repeat(1 + number % 3);
        fs::write(folder.path().join(format!("{number:02}.txt")), text).unwrap();
    }
    let plain = scan(folder.path(), &["."], &[]);
    assert_eq!(plain.len(), 12);
    for settings in [
        &["host.jobs=1"][..],
        &["host.jobs=4"],
        &["host.recycle=1"],
        &["host.jobs=4", "host.memory=8 GiB", "host.recycle=5"],
    ] {
        let flags: Vec<_> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
        assert_eq!(scan(folder.path(), &["."], &flags), plain, "{settings:?}");
    }
}

/// Only programs built for tests have the reader that does what this asks for.
#[test]
#[cfg(all(debug_assertions, target_os = "linux"))]
fn the_wall_ends_what_the_processor_would_let_go_on() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("loop.txt"), "vetmark-crasher:loop").unwrap();
    let start = std::time::Instant::now();
    let flags = ["--set", "budget.wall=2 s", "--set", "budget.processor=2 min"];
    let said = scan(folder.path(), &["loop.txt"], &flags);
    assert_eq!(said[0]["parts"][0]["gaps"][0]["limit"], "time", "{}", said[0]);
    assert_eq!(said[0]["engine"]["budget"], "processor=120 wall=2");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// In a folder that all can write, a file of settings may be anybody's.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_others_may_have_written_is_not_heeded_unless_it_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vetmark.toml");
    fs::write(&file, "lang = \"en\"\n").unwrap();
    for (mode, arguments, status) in [
        (0o644, &[][..], 0),
        (0o664, &[], 0),
        (0o666, &[], 2),
        (0o666, &["--config", "vetmark.toml"], 0),
        (0o666, &["--no-config"], 0),
    ] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let ran = run(folder.path(), &[&["config"], arguments].concat());
        assert_eq!(ran.status, status, "{mode:o} {arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains("another user may have put it there"), status == 2);
    }
}
