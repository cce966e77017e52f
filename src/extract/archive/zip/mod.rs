//! ZIP: members as children, in the order they are listed.

mod content;
mod crypt;
mod directory;
#[cfg(test)]
pub(crate) mod packer;
mod records;
#[cfg(test)]
mod tests;

pub(crate) use directory::{Defect, Directory, Entry};

use std::collections::HashSet;

use super::members::Members;
use super::names;
use super::volumes;
use crate::extract::{Budget, Extraction};
use crate::model::{Gap, GapKind, Limit, Note, Region, Submission, Words};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let mut directory = Directory::read(&submission.bytes);
    // Not all pieces have a mark of their own.
    directory.piece |= directory.defects.contains(&Defect::NoDirectory)
        && volumes::is_piece(submission.provenance.name());
    let mut members = Members::new(submission, budget);
    said_about(&directory, &mut members);
    for gap in directory.gaps(directory.entries.iter().all(|e| e.is_folder())) {
        members.gap(gap);
    }
    for entry in &directory.entries {
        if entry.is_folder() {
            members.folder(&entry.name);
            continue;
        }
        if !members.has_room() {
            break;
        }
        let (content, gap) = directory.unpack(entry, budget);
        match String::from_utf8(content) {
            // Where it leads is short, or it leads nowhere.
            Ok(target) if entry.is_link() && gap.is_none() && target.len() < 4096 => {
                members.link(&entry.name, &target);
            }
            content => {
                let content = content.map_or_else(|lossy| lossy.into_bytes(), String::into_bytes);
                members.take(&entry.name, content, gap.map(|gap| directory.as_piece(gap)));
            }
        }
    }
    members.notes(directory.notes());
    members.finish()
}

impl Directory<'_> {
    /// In a piece of an archive, what breaks off goes on in the next piece.
    fn as_piece(&self, gap: Gap) -> Gap {
        match gap.kind {
            GapKind::Damaged if self.piece => Gap::new(
                GapKind::MissingPart,
                format!("{}: the rest is in another piece of the archive", gap.detail),
            ),
            _ => gap,
        }
    }

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
        notes.extend(self.names_in.map(names::guess_note));
        notes
    }
}

/// What the archive says beside its members: comments, and second names.
fn said_about(directory: &Directory<'_>, members: &mut Members<'_>) {
    members.say(Region::Property, "comment", &directory.comment);
    for entry in &directory.entries {
        members.say(Region::Property, "comment", &entry.comment);
        if let Some(name) = &entry.other_name {
            members.say(Region::AttachmentName, "local header", name);
        }
    }
}
