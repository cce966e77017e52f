//! What is kept is whole, within the limit, and what it was.

use super::*;

fn sha256(text: &str) -> String {
    digest_of(&mut text.as_bytes()).unwrap().0
}

fn put(hold: &Hold, text: &str) -> Result<Put, Error> {
    hold.put(&mut text.as_bytes(), &sha256(text))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().display().to_string())
        .collect();
    names.sort();
    names
}

#[test]
fn the_limit_is_for_the_folder_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let hold = Hold::open_or_make(&folder.path().join("hold"), 10).unwrap();
    for (text, fits) in [
        ("sixsix", Ok(Put::Kept)),
        ("sixsix", Ok(Put::Known)),
        ("fives", Err(4)),
        ("four", Ok(Put::Kept)),
        ("1", Err(0)),
        ("", Ok(Put::Kept)),
    ] {
        let done = put(&hold, text).map_err(|error| match error {
            Error::Full { left, limit: 10 } => left,
            other => panic!("{text}: {other}"),
        });
        assert_eq!(done, fits, "{text}");
    }
    // Counted anew by whoever opens it next, and by whoever takes something out.
    let again = Hold::open_or_make(&folder.path().join("hold"), 10).unwrap();
    assert!(matches!(put(&again, "1"), Err(Error::Full { left: 0, .. })));
    assert_eq!(
        again.take_out([sha256("four"), sha256("never")].iter().map(|s| &**s)).unwrap(),
        (1, 4)
    );
    assert_eq!(put(&hold, "1234").unwrap(), Put::Kept);
    assert_eq!(hold.all().unwrap().values().sum::<u64>(), 10);
}

#[test]
fn what_is_kept_is_given_back_unless_it_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let hold = Hold::open_or_make(folder.path(), 100).unwrap();
    put(&hold, "机密★10年").unwrap();
    let digest = sha256("机密★10年");
    let place = folder.path().join(&digest[..2]).join(&digest[2..]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&place), mode(place.parent().unwrap())), (0o600, 0o700));
    }
    let text = io::read_to_string(hold.open(&digest).unwrap()).unwrap();
    assert_eq!(text, "机密★10年");
    fs::write(&place, "机密★20年").unwrap();
    assert!(matches!(hold.open(&digest), Err(Error::Tampered)));
    // Whoever brings the right bytes again mends it.
    assert_eq!(put(&hold, "机密★10年").unwrap(), Put::Kept);
    assert!(hold.open(&digest).is_ok());
    fs::remove_file(&place).unwrap();
    assert!(matches!(hold.open(&digest), Err(Error::Unknown)));
    #[cfg(unix)]
    {
        let elsewhere = folder.path().join("elsewhere");
        fs::write(&elsewhere, "机密★10年").unwrap();
        std::os::unix::fs::symlink(elsewhere, &place).unwrap();
        assert!(matches!(hold.open(&digest), Err(Error::Tampered)));
    }
}

#[test]
fn names_that_are_no_digests_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let hold = Hold::open_or_make(folder.path(), 100).unwrap();
    for name in
        ["", "a", "..", "../../etc/passwd", &"A".repeat(64), &format!("../{}", "a".repeat(61))]
    {
        assert!(matches!(hold.open(name), Err(Error::Unknown)), "{name}");
        assert!(matches!(hold.put(&mut io::empty(), name), Err(Error::Unknown)), "{name}");
    }
}

#[test]
fn other_bytes_are_not_kept_and_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let hold = Hold::open_or_make(folder.path(), 100).unwrap();
    let done = hold.put(&mut "another".as_bytes(), &sha256("one"));
    assert!(matches!(done, Err(Error::Differs)));
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("pulled out"))
        }
    }
    assert!(matches!(hold.put(&mut Broken, &sha256("one")), Err(Error::File(_))));
    assert_eq!(names(folder.path()), ["lock"]);
}

/// As a machine leaves it that stopped before the file had its name: it is not there, what
/// is left of it counts for nothing, and the next one is written all the same.
#[test]
fn what_was_left_half_written_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let hold = Hold::open_or_make(folder.path(), 10).unwrap();
    fs::write(folder.path().join(INCOMING), "half").unwrap();
    assert!(matches!(hold.open(&sha256("half")), Err(Error::Unknown)));
    // Or after it had it, and before it was counted.
    let digest = sha256("seven77");
    fs::create_dir_all(folder.path().join(&digest[..2])).unwrap();
    fs::write(folder.path().join(&digest[..2]).join(&digest[2..]), "seven77").unwrap();
    let hold = Hold::open_or_make(folder.path(), 10).unwrap();
    assert!(matches!(put(&hold, "four"), Err(Error::Full { left: 3, .. })));
    assert_eq!(put(&hold, "3rd").unwrap(), Put::Kept);
    assert_eq!(hold.all().unwrap().len(), 2);
}
