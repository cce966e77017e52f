//! What is handed in: bytes with the trail they came by.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::finding::Gap;

/// The bytes of a submission, shared between stages without a copy.
#[derive(Clone, Default)]
pub struct Bytes(Arc<Vec<u8>>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl Bytes {
    /// The bytes as the vector a reader may keep alive beside its own borrow.
    pub fn shared(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.0)
    }

    /// Takes the vector out without a copy where nobody else holds it, else copies.
    pub fn into_vec(self) -> Vec<u8> {
        Arc::try_unwrap(self.0).unwrap_or_else(|shared| shared.to_vec())
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

/// A path without its folders, whichever system wrote it.
pub fn own_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// The trail of a submission: file, mail part, archive member; outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provenance(Vec<String>);

impl Provenance {
    /// The trail of something that was handed in by itself.
    pub fn root(name: impl Into<String>) -> Self {
        Self(vec![name.into()])
    }

    /// The trail of something named `name` found inside this.
    pub fn child(&self, name: impl Into<String>) -> Self {
        let mut names = self.0.clone();
        names.push(name.into());
        Self(names)
    }

    /// The names on the trail, outermost first; never empty for a submission.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The submission's own name: the innermost on the trail.
    pub fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// How many containers are around it: 0 for what was handed in by itself.
    pub fn depth(&self) -> usize {
        self.0.len().saturating_sub(1)
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" › "))
    }
}

/// How a submission came to be one: decides what its name is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Origin {
    /// A file, or standard input.
    #[default]
    File,
    /// An attachment of a mail.
    Attachment,
    /// A body part of a mail, which has no name of its own.
    MailBody,
    /// A member of an archive.
    Member,
    /// A file or object embedded in a document.
    Embedded,
}

/// Bytes handed in, with the trail they came by.
#[derive(Clone, Debug, Default)]
pub struct Submission {
    /// The trail, outermost first.
    pub provenance: Provenance,
    /// How it came to be a submission.
    pub origin: Origin,
    /// The whole content; empty where it could not be read.
    pub bytes: Bytes,
    /// What was lost before any reader saw it: a file that would not open, a
    /// member that is encrypted.
    pub gaps: Vec<Gap>,
}

impl Submission {
    /// A file, or standard input, named `name`.
    pub fn file(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { provenance: Provenance::root(name), bytes: bytes.into(), ..Self::default() }
    }

    /// A file that could not be read, and why.
    pub fn unreadable(name: impl Into<String>, gap: Gap) -> Self {
        Self { provenance: Provenance::root(name), gaps: vec![gap], ..Self::default() }
    }

    /// Something packed inside this submission.
    pub fn child(&self, name: impl Into<String>, origin: Origin, bytes: impl Into<Bytes>) -> Self {
        Self {
            provenance: self.provenance.child(name),
            origin,
            bytes: bytes.into(),
            gaps: Vec::new(),
        }
    }

    /// Something packed inside this submission that could not be taken out.
    pub fn lost_child(&self, name: impl Into<String>, origin: Origin, gap: Gap) -> Self {
        Self {
            provenance: self.provenance.child(name),
            origin,
            bytes: Bytes::default(),
            gaps: vec![gap],
        }
    }
}

/// What one person decides about once (事项): a file with all that is packed in
/// it, or the files of one folder.
#[derive(Clone, Debug)]
pub struct Matter {
    /// What the matter is called in every output: the path as given.
    pub source: String,
    /// What belongs to it, in a fixed order; one submission unless it is a folder.
    pub submissions: Vec<Submission>,
}

impl Matter {
    /// Bytes of all its submissions.
    pub fn bytes(&self) -> u64 {
        self.submissions.iter().map(|submission| submission.bytes.len() as u64).sum()
    }
}

impl From<Submission> for Matter {
    fn from(submission: Submission) -> Self {
        let source = submission.provenance.names().first().cloned().unwrap_or_default();
        Self { source, submissions: vec![submission] }
    }
}
