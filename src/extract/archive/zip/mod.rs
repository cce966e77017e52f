//! ZIP: members as children, in the order they are listed.

mod directory;
#[cfg(test)]
pub(crate) mod packer;
#[cfg(test)]
mod tests;

pub(crate) use directory::{Defect, Directory, Entry};

use std::collections::HashSet;

use crate::extract::{Budget, Extraction};
use crate::model::{
    BlockHead, Gap, GapKind, Limit, Note, Origin, Region, Submission, TextBuilder, Words,
};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let directory = Directory::read(&submission.bytes);
    let mut extraction = Extraction {
        gaps: directory.gaps(directory.entries.iter().all(|e| e.is_folder())),
        notes: directory.notes(),
        text: said_about(&directory).finish(),
        ..Extraction::default()
    };
    let most = budget.limits().parts as usize;
    let files = directory.entries.iter().filter(|e| !e.is_folder());
    for (count, entry) in files.enumerate() {
        if count >= most {
            let words = format!("more than {most} members: the rest were not unpacked");
            extraction.gaps.push(Gap::new(GapKind::Limit(Limit::Parts), words));
            break;
        }
        extraction.children.push(child(submission, &directory, entry, budget));
    }
    extraction
}

fn child(
    archive: &Submission,
    directory: &Directory<'_>,
    entry: &Entry<'_>,
    budget: &mut Budget,
) -> Submission {
    let (bytes, gap) = directory.unpack(entry, budget);
    match gap {
        Some(gap) if bytes.is_empty() => {
            archive.lost_child(entry.name.as_str(), Origin::Member, gap)
        }
        gap => {
            let mut child = archive.child(entry.name.as_str(), Origin::Member, bytes);
            child.gaps.extend(gap);
            child
        }
    }
}

impl Directory<'_> {
    /// What is wrong with the archive, as gaps. `barren`: nothing came out of it.
    pub(crate) fn gaps(&self, barren: bool) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        if self.piece {
            let words = "a piece of an archive in several files: the other pieces are needed";
            gaps.push(Gap::new(GapKind::MissingPart, words));
        }
        for defect in &self.defects {
            let (kind, words) = match defect {
                // A first piece has no directory of its own: that is no damage.
                Defect::NoDirectory if self.piece => continue,
                Defect::NoDirectory if barren => (
                    GapKind::Damaged,
                    "no central directory and no member that could be found".into(),
                ),
                Defect::NoDirectory => (
                    GapKind::Damaged,
                    "the central directory is missing: members were found by their own headers, \
                     and there may be more"
                        .into(),
                ),
                Defect::DirectoryCut => (
                    GapKind::Damaged,
                    "the central directory lists fewer members than it says".into(),
                ),
                Defect::Overlap(count) => {
                    (GapKind::Damaged, format!("{count} members lie over one another"))
                }
                Defect::TooMany(count) => (
                    GapKind::Limit(Limit::Parts),
                    format!("more than {count} members: the rest were not looked at"),
                ),
            };
            gaps.push(Gap::new(kind, words));
        }
        gaps
    }

    /// What is worth saying about the archive that is no gap.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut note = |id, en: String, zh: String| {
            notes.push(Note { id, message: Words::new(en, zh) });
        };
        if self.stray > 0 {
            let count = self.stray;
            note(
                "extra-data",
                format!("{count} bytes of the file belong to no member of the archive"),
                format!("文件中有{count}字节不属于压缩包的任何成员"),
            );
        }
        let unlisted = self.entries.iter().filter(|e| !e.listed).count();
        if unlisted > 0 && self.defects.is_empty() {
            note(
                "unlisted-members",
                format!("{unlisted} members are in the file that its directory does not list"),
                format!("有{unlisted}个成员在文件中，但未列入压缩包目录"),
            );
        }
        let mut seen = HashSet::new();
        let twice = self.entries.iter().filter(|e| !seen.insert(e.name.as_str())).count();
        if twice > 0 {
            note(
                "duplicate-names",
                format!("{twice} members have the name of another"),
                format!("有{twice}个成员与其他成员同名"),
            );
        }
        if let Some(encoding) = self.names_in {
            note(
                "encoding-guessed",
                format!(
                    "member names were read as {encoding}; the archive does not say their encoding"
                ),
                format!("成员名按{encoding}读取，压缩包未注明其编码"),
            );
        }
        notes
    }
}

/// What the archive says beside its members: comments, and second names.
fn said_about(directory: &Directory<'_>) -> TextBuilder {
    let mut text = TextBuilder::new();
    let comment =
        BlockHead { region: Region::Property, label: "comment".into(), ..BlockHead::default() };
    let lines = |text: &mut TextBuilder, comment_text: &str| {
        for line in comment_text.lines().filter(|line| !line.trim().is_empty()) {
            text.block(&comment, line);
        }
    };
    lines(&mut text, &directory.comment);
    for entry in &directory.entries {
        lines(&mut text, &entry.comment);
        if let Some(name) = &entry.other_name {
            let head = BlockHead {
                region: Region::AttachmentName,
                label: "local header".into(),
                ..BlockHead::default()
            };
            text.block(&head, name);
        }
    }
    text
}
