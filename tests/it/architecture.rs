//! Keeps docs/architecture.md true: who may know whom, with no way round, and
//! what may be done in which room only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may know. The order is a document's path; a room
/// may only name rooms listed above it, so there can be no cycle.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("intake", &["model"]),
    ("extract", &["model"]),
    ("normalize", &["model"]),
    ("dictionary", &["model", "normalize"]),
    ("detect", &["model", "dictionary", "normalize"]),
    ("judge", &["model", "dictionary"]),
    ("suppress", &["model", "normalize", "dictionary"]),
    ("pipeline", &["model", "extract", "normalize", "dictionary", "detect", "judge", "suppress"]),
    ("hold", &["model"]),
    ("view", &["model", "intake", "extract", "hold"]),
    ("cell", &["model", "pipeline", "view"]),
    ("record", &["model"]),
    ("report", &["model"]),
    ("console", &["model", "intake", "dictionary", "hold", "view", "record", "report"]),
    ("gateway", &["model", "hold", "cell", "record", "report"]),
    (
        "cli",
        &[
            "model",
            "extract",
            "dictionary",
            "intake",
            "judge",
            "suppress",
            "pipeline",
            "hold",
            "view",
            "cell",
            "record",
            "report",
            "console",
            "gateway",
        ],
    ),
];

/// What may stand only in some places: the words that betray it, and the paths
/// below `src` it may stand in.
const ONLY_IN: &[(&str, &[&str], &[&str])] = &[
    (
        "files",
        &["std::fs", "fs::", "File::open"],
        &[
            "intake/",
            "dictionary/load",
            "hold/",
            "view/kept",
            "view/mod",
            "view/origin",
            "cell/",
            "record/",
            "cli/",
            // What is handed over, a socket's own file, files that a peer names.
            "gateway/spool",
            "gateway/serve",
            "gateway/clamd/",
            "gateway/below",
            "gateway/folder",
        ],
    ),
    (
        "the network",
        &["std::net", "TcpStream", "TcpListener", "UdpSocket", "UnixListener"],
        &[
            "cell/crasher",
            "cell/pool",
            "console/serve",
            "cli/serve",
            "gateway/serve",
            "gateway/peer",
        ],
    ),
    // What waits for a network waits at the faces; below them code is plain and blocking.
    ("waiting", &["tokio::", "async "], &["console/", "cli/serve", "cli/gateway"]),
    // Cells are ended by a clock: what that makes of a document is a gap that says so.
    (
        "a clock",
        &["SystemTime", "time::Instant", "Instant::", "::now("],
        &["cli/", "cell/pool", "gateway/clock"],
    ),
    ("the environment", &["std::env", "env::var"], &["cli/"]),
    // The PDF reader needs a deep stack of its own, and readers where people look need one.
    (
        "threads",
        &["thread::spawn", "thread::Builder", "thread::scope"],
        &[
            "pipeline/",
            "cli/",
            "cell/crasher",
            "extract/pdf/",
            "view/mod",
            "gateway/scans",
            "gateway/serve",
            "gateway/clamd/",
            "gateway/folder",
            "gateway/notice/",
            "gateway/postfix",
            "gateway/program",
        ],
    ),
    (
        "standard streams",
        &["io::stdout", "io::stderr", "print!", "println!", "eprintln!"],
        &["cli/"],
    ),
    ("standard input", &["io::stdin"], &["intake/", "cell/worker", "cli/"]),
    // Keys and sessions are what nobody may be able to make twice.
    (
        "chance",
        &["rand::", "RandomState", "thread_rng", "getrandom"],
        &["cli/new_key.rs", "record/secret.rs"],
    ),
    (
        "other programs",
        &["process::Command", "Command::new"],
        &["cell/", "cli/", "gateway/program", "gateway/postfix", "gateway/notice/"],
    ),
    ("the database", &["rusqlite"], &["record/"]),
    ("SQL", &["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "], &["record/"]),
    ("text of errors without a type", &["anyhow"], &["cli/"]),
];

#[test]
fn rooms_know_only_the_rooms_above_them() {
    let mut seen = BTreeSet::new();
    for (room, knows) in ROOMS {
        for known in *knows {
            assert!(seen.contains(known), "ROOMS: {room} knows {known}, which stands below it");
        }
        seen.insert(room);
    }

    let allowed: BTreeMap<_, _> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for File { room, name, source } in rooms() {
        let Some(knows) = allowed.get(room.as_str()) else {
            wrong.push(format!("src/{name}: no room {room} in ROOMS"));
            continue;
        };
        for (line, named) in rooms_named(&source) {
            if named != room
                && allowed.contains_key(named.as_str())
                && !knows.contains(&named.as_str())
            {
                wrong.push(format!("src/{name}:{line}: {room} may not know {named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn what_is_done_in_one_place_is_done_nowhere_else() {
    let mut wrong = Vec::new();
    let files = rooms();
    let tests: BTreeSet<_> = files.iter().flat_map(test_files).collect();
    for File { name, source, .. } in &files {
        if tests.contains(name) {
            continue;
        }
        for (line, text) in code_of(source) {
            for (what, words, places) in ONLY_IN {
                let allowed = places.iter().any(|place| name.starts_with(place));
                if !allowed && words.iter().any(|word| is_named(text, word)) {
                    wrong.push(format!("src/{name}:{line}: {what} here: {}", text.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn files_open_with_what_they_are() {
    let mut wrong = Vec::new();
    for File { name, source, .. } in all_files() {
        if !source.starts_with("//! ") {
            wrong.push(format!("src/{name}: does not open with //!"));
        }
        if source.contains("super::super") {
            wrong.push(format!("src/{name}: write crate:: instead of super::super"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn unsafe_code_is_forbidden_and_never_allowed_back() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""), "Cargo.toml allows unsafe code");
    for File { name, source, .. } in all_files() {
        for (line, text) in code_of(&source) {
            assert!(!text.contains("unsafe_code"), "src/{name}:{line}: {text}");
        }
    }
}

/// A source file.
struct File {
    /// The room it stands in.
    room: String,
    /// Its path below `src`.
    name: String,
    source: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below a room.
fn rooms() -> Vec<File> {
    all_files().into_iter().filter(|f| !matches!(f.room.as_str(), "lib" | "main")).collect()
}

fn all_files() -> Vec<File> {
    let src = root().join("src");
    let mut files = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&src).unwrap();
                let room = inside.iter().next().unwrap().to_string_lossy();
                files.push(File {
                    room: room.trim_end_matches(".rs").to_owned(),
                    name: inside.to_string_lossy().into_owned(),
                    source: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    assert!(files.len() > 20, "only {} source files found", files.len());
    files
}

/// The files that a file declares as modules of tests.
fn test_files(file: &File) -> Vec<String> {
    let own = file.name.strip_suffix("/mod.rs").or(file.name.strip_suffix(".rs"));
    let folder = own.unwrap_or_default();
    let declared = file.source.split("#[cfg(test)]").skip(1);
    let names = declared.filter_map(|rest| rest.trim_start().strip_prefix("mod ")?.split_once(';'));
    names
        .filter(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .flat_map(|(name, _)| [format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")])
        .collect()
}

/// The lines of a file that are code of the program: no comments, no tests.
fn code_of(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = source.find("#[cfg(test)]").unwrap_or(source.len());
    source[..tests]
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

/// Whether a line names something, and not another thing that ends the same.
fn is_named(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        word.starts_with(':') || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

/// Each `crate::room` and `crate::{room, …}` in the code, with its line.
fn rooms_named(source: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (at, _) in source.match_indices("crate::") {
        let line_start = source[..at].rfind('\n').map_or(0, |n| n + 1);
        if source[line_start..at].contains("//") {
            continue;
        }
        let line = source[..at].matches('\n').count() + 1;
        let rest = &source[at + "crate::".len()..];
        let group = match rest.strip_prefix('{') {
            Some(group) => top_level(group),
            None => vec![rest],
        };
        for item in group {
            let item = item.trim_start();
            let end = item.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(item.len());
            named.push((line, item[..end].to_string()));
        }
    }
    named
}

/// Splits `a::{b, c}, d}` at its own commas, stopping at its own brace.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}

/// The checks above are only worth something if they can fail.
#[test]
fn the_checks_see_what_they_look_for() {
    let source =
        "use crate::{model::{A, B}, record};\n// crate::gateway\nlet x = crate::judge::f();";
    let named: Vec<_> = rooms_named(source);
    let want = [(1, "model"), (1, "record"), (3, "judge")].map(|(l, n)| (l, n.to_owned()));
    assert_eq!(named, want);
    assert!(is_named("let d = std::fs::read(p)?;", "std::fs"));
    assert!(is_named("    Instant::now()", "::now("));
    assert!(!is_named("my_anyhow()", "anyhow"));
    let file = File {
        room: "dictionary".into(),
        name: "dictionary/mod.rs".into(),
        source: "mod rule;\n#[cfg(test)]\nmod check;\n#[cfg(test)]\nmod tests { a(); }".into(),
    };
    assert_eq!(test_files(&file), ["dictionary/check.rs", "dictionary/check/mod.rs"]);
    let source = "//! fs::\nfn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }";
    assert_eq!(code_of(source).collect::<Vec<_>>(), [(2, "fn f() {}")]);
}
