//! Documents shown in processes of their own, and originals that are held.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};
use vetmark::extract::{Limits, Passwords};
use vetmark::intake;
use vetmark::model::{Gap, GapKind, hex};
use vetmark::view::{At, InThread, Show, View, Viewer, Wanted, What};

use crate::house::{files, name, tree};
use crate::support::run;

/// A process for each look, with so many seconds of processor time.
#[cfg(target_os = "linux")]
fn cells(seconds: u64) -> vetmark::cell::Showing {
    let limit = format!("--set=budget.processor={seconds} s");
    let arguments = ["cell", "--showing", "--as-of", "2026-11-27", &limit];
    let settings = vetmark::cell::Settings::new(
        env!("CARGO_BIN_EXE_vetmark").into(),
        arguments.map(Into::into).to_vec(),
    );
    vetmark::cell::Showing::new(settings, 2)
}

fn thread() -> InThread {
    let viewer = Viewer::new(Limits::default(), Passwords::default());
    InThread { viewer, read: intake::open_file, allowance: 1 << 30 }
}

fn wanted(path: &Path, what: What) -> Wanted {
    let sha256 = hex(&Sha256::digest(fs::read(path).unwrap()));
    Wanted { trail: vec![name(path)], part_sha256: sha256.clone(), file_sha256: sha256, what }
}

fn look(by: &dyn Show, path: &Path, what: What) -> Result<View, Gap> {
    by.show(File::open(path).unwrap(), &wanted(path, what))
}

fn text() -> What {
    What::Sheet(At::Page(1, 0), vec![[0, 2], [5, 9]])
}

/// The same answer in a process and in a thread, for some of all formats, and again.
#[cfg(target_os = "linux")]
#[test]
fn a_process_shows_what_a_thread_shows() {
    let (cells, thread) = (cells(60), thread());
    let mut drawn = 0;
    let folder = tree("tests/fixtures/extract");
    let some = ["two-pages.pdf", "header-and-footer.pdf", "white-text.pdf", "picture-only.pdf"];
    let folders = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = folders.flat_map(|folder| files(&folder)).collect();
    all.retain(|path| !name(path).ends_with(".txt"));
    all.sort();
    assert!(all.len() > 60, "{}", all.len());
    let chosen = all
        .iter()
        .enumerate()
        .filter(|(at, path)| at % 12 == 0 || some.contains(&name(path).as_str()));
    for (_, path) in chosen {
        for what in [text(), What::Picture(1)] {
            let own = look(&cells, path, what.clone());
            assert_eq!(own, look(&thread, path, what), "{}", path.display());
            drawn += usize::from(matches!(own, Ok(View::Picture(_))));
        }
    }
    assert!(drawn >= 4, "{drawn} drawn");
}

/// What draws pages of OFD documents and decodes pictures makes do with the calls that a
/// cell may make.
#[cfg(target_os = "linux")]
#[test]
fn ofd_pages_and_pictures_are_drawn_in_a_process() {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("a.ofd");
    let mut package = zip::ZipWriter::new(File::create(&path).unwrap());
    let red = "<PathObject Boundary='0 0 100 50' Stroke='false' Fill='true'><FillColor Value='255 0 0'/>\
               <AbbreviatedData>M 0 0 L 100 0 L 100 50 L 0 50 C</AbbreviatedData></PathObject>\
               <TextObject Boundary='10 60 80 10' Font='1' Size='5'>\
               <TextCode X='0' Y='5' DeltaX='g 5 5'>机密★10年</TextCode></TextObject>";
    for (name, content) in [
        ("OFD.xml", "<OFD><DocBody><DocRoot>D/Document.xml</DocRoot></DocBody></OFD>".to_owned()),
        (
            "D/Document.xml",
            "<Document><CommonData><PageArea><PhysicalBox>0 0 100 100</PhysicalBox></PageArea></CommonData>\
             <Pages><Page ID='1' BaseLoc='P.xml'/></Pages></Document>"
                .to_owned(),
        ),
        ("D/P.xml", format!("<Page><Content><Layer>{red}</Layer></Content></Page>")),
    ] {
        package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        package.write_all(content.as_bytes()).unwrap();
    }
    package.finish().unwrap();
    let (cells, thread) = (cells(60), thread());
    let drawn = look(&cells, &path, What::Picture(1)).unwrap();
    assert_eq!(look(&thread, &path, What::Picture(1)).unwrap(), drawn);
    let View::Picture(drawn) = drawn else { panic!("{drawn:?}") };
    assert_eq!((drawn.width, drawn.height), (591, 591));
    assert_eq!(drawn.lettering[0].text, "机密★10年");
    let mut seen = 0;
    for path in files(&tree("tests/fixtures/pixels")) {
        let own = look(&cells, &path, What::Picture(1));
        assert!(own.is_ok(), "{}: {own:?}", path.display());
        assert_eq!(own, look(&thread, &path, What::Picture(1)), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
}

/// Whatever a document does to the process that shows it, somebody is told.
#[cfg(target_os = "linux")]
#[test]
#[cfg(debug_assertions)]
fn a_lost_process_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    for (wish, kind) in [
        ("abort", Some(GapKind::Crashed)),
        ("panic", Some(GapKind::Crashed)),
        ("stack", Some(GapKind::Crashed)),
        ("loop", Some(GapKind::Limit(vetmark::model::Limit::Time))),
        ("memory", Some(GapKind::Limit(vetmark::model::Limit::Memory))),
        ("file", None),
        ("write", None),
        ("socket", None),
        ("program", None),
    ] {
        fs::write(&path, format!("vetmark-crasher:{wish}")).unwrap();
        let cells = cells(1);
        let shown = look(&cells, &path, text());
        assert_eq!(shown.as_ref().err().map(|gap| gap.kind), kind, "{wish}: {shown:?}");
        if let Err(gap) = &shown {
            let said = vetmark::report::Lang::Zh.message(&gap.detail);
            assert!(said.starts_with("显示"), "{wish}: {said}");
        }
        // The next one is a process of its own.
        fs::write(&path, "text").unwrap();
        assert!(look(&cells, &path, text()).is_ok(), "after {wish}");
    }
}

#[cfg(target_os = "linux")]
#[test]
#[allow(clippy::print_stdout, reason = "a test that was skipped says so")]
fn hostile_pdf_documents_are_drawn_or_told() {
    let folder = tree("../shared/corpora/pdf_hostile");
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return;
    }
    let cells = cells(60);
    let mut told = 0;
    for path in files(&folder) {
        for what in [text(), What::Picture(1)] {
            match look(&cells, &path, what) {
                Ok(_) => {}
                Err(gap) => {
                    told += 1;
                    let kind = gap.kind;
                    let lost = matches!(kind, GapKind::Crashed)
                        || kind == GapKind::Limit(vetmark::model::Limit::Memory)
                            && gap.detail.contains("lost");
                    assert!(!lost, "{}: {gap:?}", path.display());
                }
            }
        }
    }
    assert!(told > 0, "none of them was too much");
}

#[test]
fn originals_are_held_within_the_limit_and_purged_with_what_is_on_record() {
    let room = tempfile::tempdir().unwrap();
    let room = room.path();
    fs::create_dir(room.join("in")).unwrap();
    fs::write(room.join("in/a.txt"), "机密★10年\n").unwrap();
    fs::write(room.join("in/b.txt"), "普通\n".repeat(400)).unwrap();
    let scan = |more: &[&str]| {
        let scan = ["scan", "in", "--store", "store", "--lang", "en", "--isolation", "thread"];
        run(room, &[&scan, more].concat())
    };
    // Nothing is held unless somebody says so, and only beside a store.
    assert!(!scan(&[]).stderr.contains("held"));
    assert!(!room.join("store.hold").exists());
    let alone = run(room, &["scan", "in", "--keep-originals", "--lang", "en"]);
    assert_eq!(alone.status, 2);
    assert!(alone.stderr.contains("--store"), "{}", alone.stderr);
    let full = scan(&["--keep-originals", "--set", "hold.limit=1 KiB"]);
    assert_eq!(full.status, 1, "{}", full.stderr);
    assert!(full.stderr.contains("1 originals held, 1 not"), "{}", full.stderr);
    assert!(full.stderr.contains("in/b.txt: the original is not kept: it is larger than the"));
    let held = scan(&["--keep-originals"]);
    assert!(held.stderr.contains("2 originals held, 0 not"), "{}", held.stderr);
    let place = |name: &str| {
        let sha256 = hex(&Sha256::digest(fs::read(room.join("in").join(name)).unwrap()));
        room.join("store.hold").join(&sha256[..2]).join(&sha256[2..])
    };
    let (a, b) = (place("a.txt"), place("b.txt"));
    assert_eq!(fs::read(&a).unwrap(), "机密★10年\n".as_bytes());
    // What nothing on record is about goes with the next purge, and that is entered.
    let ledger = |action: &str| {
        let out = run(room, &["ledger", "export", "--store", "store"]);
        out.stdout.lines().filter(|line| line.contains(action)).count()
    };
    assert_eq!((ledger("original.hold"), ledger("hold.purge")), (2, 0));
    let purge = ["store", "purge", "--before", "2100-01-01", "--undecided", "--by", "setup"];
    let purge = [&purge[..], &["--store", "store", "--lang", "en"]].concat();
    let purged = run(room, &purge);
    assert_eq!(purged.status, 0, "{}", purged.stderr);
    assert!(purged.stderr.contains("2 originals taken out of the hold"), "{}", purged.stderr);
    assert!(!a.exists() && !b.exists());
    assert_eq!(ledger("hold.purge"), 1);
    // A file that changed after it was examined is not what is held.
    let changed = room.join("in/c.txt");
    File::create(&changed).unwrap().write_all(b"one").unwrap();
    assert!(scan(&["--keep-originals"]).stderr.contains("3 originals held, 0 not"));
}
