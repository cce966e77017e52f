//! Long lists made ready once for all cells of a run: the first compiles them and
//! writes what came out into the file they share, the others read that.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use super::{Source, sound};
use crate::dictionary::{Diagnostic, Dictionary, load};

/// Bytes of a list from which on this is faster than compiling it in every cell.
const LONG: u64 = 128 << 10;

/// What the one compiled file is called in messages.
const NAME: &str = "the lists of this run, compiled";

impl Source {
    /// Whether any list is long enough to be made ready once.
    pub(in crate::cli) fn is_long(&self) -> bool {
        self.dictionary.iter().any(|path| length(path) >= LONG)
    }

    /// Loads them, with what is in the file that cells share; puts it there where it is
    /// empty.
    pub(in crate::cli) fn load_ready(&self, shared: &File) -> anyhow::Result<Dictionary> {
        sound(self.check_ready(shared))
    }

    fn check_ready(&self, shared: &File) -> Result<Dictionary, Vec<Diagnostic>> {
        let rules = self.rules()?;
        let ready = read(shared).map_err(|error| not_shared("read", &error))?;
        let (ready, is_new) = match ready.is_empty() {
            false => (ready, false),
            true => {
                let own = self.files()?;
                // A compiled list is loaded as fast as anything; and what stands between
                // lists that are none must stay there.
                let compiled = own.iter().any(|source| source.compiled.is_some());
                let text: usize = own.iter().map(|source| source.text.len()).sum();
                if compiled || (text as u64) < LONG {
                    return self.check();
                }
                match load::pack_unchecked(&own, &rules) {
                    Ok(ready) => (ready, true),
                    // What is wrong is said of the files themselves.
                    Err(_) => return self.check(),
                }
            }
        };
        if is_new {
            shared.write_all_at(&ready, 0).map_err(|error| not_shared("written", &error))?;
        }
        let compiled = load::Source {
            compiled: Some(Arc::new(ready)),
            ..load::Source::new(load::Kind::Scope, NAME, String::new())
        };
        let sources: Vec<_> = rules.into_iter().chain([compiled]).collect();
        match load::load(&sources) {
            Ok(dictionary) => self.with_sealed(dictionary),
            Err(_) => self.check(),
        }
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn read(shared: &File) -> io::Result<Vec<u8>> {
    let length = shared.metadata()?.len();
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    shared.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

fn not_shared(what: &str, error: &io::Error) -> Vec<Diagnostic> {
    let message = format!("cannot be {what}: {error}");
    vec![Diagnostic { file: NAME.to_owned(), line: 0, message }]
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// A list of so many entries, in a file of its own.
    fn list(entries: usize) -> tempfile::NamedTempFile {
        let mut text =
            String::from("[scope]\nid = \"own.x\"\nname = { zh = \"甲\", en = \"A\" }\n");
        for number in 0..entries {
            let _ = write!(
                text,
                "[[entry]]\nid = \"own.x.{number}\"\nmatter = \"与其他事项都不相同的一项，编号为{number}\"\nterms = [\"名称{number}号\"]\n"
            );
        }
        let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn the_first_writes_what_the_others_read() {
        let file = list(3_000);
        let source = Source { dictionary: vec![file.path().to_path_buf()], ..Source::default() };
        assert!(source.is_long());
        let plain = source.load().unwrap();
        let shared = tempfile::tempfile().unwrap();
        let first = source.load_ready(&shared).unwrap();
        assert!(shared.metadata().unwrap().len() > LONG / 4);
        // The others do not look at the list any more.
        std::fs::write(file.path(), "no list").unwrap();
        let second = source.load_ready(&shared).unwrap();
        for ready in [first, second] {
            assert_eq!(ready.entries.len(), plain.entries.len());
            assert_eq!(ready.scopes_digest, plain.scopes_digest);
            assert_eq!(ready.rules_digest, plain.rules_digest);
        }
        assert!(source.load().is_err());
    }

    #[test]
    fn short_lists_and_wrong_ones_are_not_shared() {
        let shared = tempfile::tempfile().unwrap();
        let (short, wrong) = (list(3), list(3_000));
        let text = std::fs::read_to_string(wrong.path()).unwrap();
        std::fs::write(wrong.path(), text.replace("[\"名称7号\"]", "[]")).unwrap();
        for (file, is_long, is_sound) in [(&short, false, true), (&wrong, true, false)] {
            let source =
                Source { dictionary: vec![file.path().to_path_buf()], ..Source::default() };
            assert_eq!(source.is_long(), is_long);
            let ready = source.load_ready(&shared);
            assert_eq!(ready.is_ok(), is_sound);
            if let Err(error) = ready {
                let name = file.path().display().to_string();
                assert!(error.to_string().contains(&name), "{error}");
            }
            assert_eq!(shared.metadata().unwrap().len(), 0);
        }
    }
}
