//! What archives have in common: members become children, and what an archive
//! says beside its members becomes text.

use std::collections::HashSet;

use crate::extract::{Budget, Extraction};
use crate::model::{
    BlockHead, Gap, GapKind, Limit, Note, Origin, Region, Submission, TextBuilder, Words,
};

/// Gaps of one archive that are told one by one; a thousand more say no more.
const MAX_GAPS: usize = 256;

/// Collects what comes out of one archive.
pub(super) struct Members<'s> {
    archive: &'s Submission,
    most: usize,
    text: TextBuilder,
    folders: HashSet<String>,
    links: usize,
    devices: usize,
    made: Extraction,
}

impl<'s> Members<'s> {
    /// Nothing yet.
    pub fn new(archive: &'s Submission, budget: &Budget) -> Self {
        Self {
            archive,
            most: budget.limits().parts as usize,
            text: TextBuilder::new(),
            folders: HashSet::new(),
            links: 0,
            devices: 0,
            made: Extraction::default(),
        }
    }

    /// Whether there is room for another member. Where there is none, that is
    /// said once.
    pub fn has_room(&mut self) -> bool {
        if self.made.children.len() < self.most {
            return true;
        }
        let words = format!("more than {} members: the rest were not unpacked", self.most);
        self.gap(Gap::new(GapKind::Limit(Limit::Parts), words));
        false
    }

    /// Takes a member's content, and what stood in the way of the rest of it.
    pub fn take(&mut self, name: &str, content: Vec<u8>, gap: Option<Gap>) {
        if !self.has_room() {
            return;
        }
        self.folders_of(name, false);
        let name = self.name_or_number(name);
        let child = match gap {
            Some(gap) if content.is_empty() => self.archive.lost_child(name, Origin::Member, gap),
            gap => {
                let mut child = self.archive.child(name, Origin::Member, content);
                child.gaps.extend(gap);
                child
            }
        };
        self.made.children.push(child);
    }

    fn name_or_number(&self, name: &str) -> String {
        match name.trim().is_empty() {
            true => format!("member-{}", self.made.children.len() + 1),
            false => name.to_owned(),
        }
    }

    /// Takes note of a folder, which has a name and no content.
    pub fn folder(&mut self, name: &str) {
        self.folders_of(name, true);
    }

    /// The folders on the way to a member are names that somebody gave, too. A
    /// part's own name is but the last of them, so each of the others is told
    /// here, once.
    fn folders_of(&mut self, name: &str, whole: bool) {
        let path = match whole {
            true => name,
            false => name.rsplit_once(['/', '\\']).map_or("", |(path, _)| path),
        };
        for step in path.split(['/', '\\']) {
            if !matches!(step, "" | "." | "..") && !self.folders.contains(step) {
                self.folders.insert(step.to_owned());
                self.say(Region::AttachmentName, "folder", step);
            }
        }
    }

    /// Takes note of a link: its name and where it leads. It is never followed.
    pub fn link(&mut self, name: &str, target: &str) {
        self.links += 1;
        self.folders_of(name, false);
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        self.say(Region::AttachmentName, "link", file);
        self.say(Region::AttachmentName, "link target", target);
    }

    /// Takes note of a device, pipe or socket: a name and no content.
    pub fn device(&mut self, name: &str) {
        self.devices += 1;
        self.folders_of(name, false);
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        self.say(Region::AttachmentName, "device", file);
    }

    /// Puts text of the archive itself down, a block for each line that is none
    /// of spaces.
    pub fn say(&mut self, region: Region, label: &str, said: &str) {
        let head = BlockHead { region, label: label.to_owned(), ..BlockHead::default() };
        let lines = said.split(['\n', '\r', '\0']).map(str::trim);
        for line in lines.filter(|line| !line.is_empty()) {
            self.text.block(&head, line);
        }
    }

    /// Puts a gap of the archive as a whole down, once.
    pub fn gap(&mut self, gap: Gap) {
        if self.made.gaps.len() < MAX_GAPS && !self.made.gaps.contains(&gap) {
            self.made.gaps.push(gap);
        }
    }

    /// Puts a note down.
    pub fn note(&mut self, id: &'static str, en: String, zh: String) {
        self.made.notes.push(Note { id, message: Words::new(en, zh) });
    }

    /// Puts notes down that stand elsewhere.
    pub fn notes(&mut self, notes: Vec<Note>) {
        self.made.notes.extend(notes);
    }

    /// Says that names were read in an encoding the archive does not tell.
    pub fn names_guessed(&mut self, encoding: Option<&str>) {
        if let Some(encoding) = encoding {
            let note = super::names::guess_note(encoding);
            self.made.notes.push(note);
        }
    }

    /// Takes what stands behind the archive's end, unless it is padding: it is
    /// looked at like a member, and what cannot be read of it is a gap there.
    pub fn take_rest(&mut self, rest: &[u8]) {
        if let Some(rest) = beyond_padding(rest) {
            self.take("appended", rest.to_vec(), None);
        }
    }

    /// All of it.
    pub fn finish(mut self) -> Extraction {
        if self.links > 0 {
            let count = self.links;
            self.note(
                "links",
                format!("{count} members are links; they were noted and not followed"),
                format!("有{count}个成员为链接，仅记录，未跟随"),
            );
        }
        if self.devices > 0 {
            let count = self.devices;
            self.note(
                "devices",
                format!("{count} members are devices, pipes or sockets, which hold nothing"),
                format!("有{count}个成员为设备、管道或套接字，没有内容"),
            );
        }
        self.made.text = self.text.finish();
        self.made
    }
}

/// What stands behind the end of something, unless it is nothing but the filling
/// that programs and disks put there.
pub(crate) fn beyond_padding(rest: &[u8]) -> Option<&[u8]> {
    let is_filling = |byte: &u8| matches!(byte, 0 | b' ' | b'\r' | b'\n' | b'\t' | 0x1A | 0xFF);
    let from = rest.iter().position(|byte| !is_filling(byte))?;
    let rest = rest.get(from..)?;
    // Shorter things are checksums and remains of buffers.
    (rest.len() >= 16).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn texts(made: &Extraction) -> Vec<String> {
        let text = &made.text;
        text.blocks().iter().map(|b| format!("{}: {}", text.label(b), text.block_text(b))).collect()
    }

    #[test]
    fn folders_are_told_once_and_links_with_their_targets() {
        let archive = Submission::file("a.tar", Vec::new());
        let budget = Budget::new(Limits::default());
        let mut members = Members::new(&archive, &budget);
        members.folder("通知/");
        members.take("通知/2026/a.txt", b"a".to_vec(), None);
        members.take("./通知/2026/b.txt", Vec::new(), None);
        members.link("通知/c", "/etc/机密.txt");
        members.take(" ", b"x".to_vec(), None);
        let made = members.finish();
        assert_eq!(
            texts(&made),
            ["folder: 通知", "folder: 2026", "link: c", "link target: /etc/机密.txt"]
        );
        let names: Vec<_> = made.children.iter().map(|c| c.provenance.name()).collect();
        assert_eq!(names, ["通知/2026/a.txt", "./通知/2026/b.txt", "member-3"]);
        assert_eq!(made.notes.iter().map(|n| n.id).collect::<Vec<_>>(), ["links"]);
    }

    #[test]
    fn members_beyond_the_limit_are_one_gap() {
        let archive = Submission::file("a.tar", Vec::new());
        let budget = Budget::new(Limits { parts: 2, ..Limits::default() });
        let mut members = Members::new(&archive, &budget);
        for name in ["a", "b", "c", "d"] {
            members.take(name, b"x".to_vec(), None);
        }
        let made = members.finish();
        assert_eq!(made.children.len(), 2);
        assert_eq!(made.gaps.len(), 1);
        assert_eq!(made.gaps[0].kind, GapKind::Limit(Limit::Parts));
    }

    #[test]
    fn filling_is_no_rest() {
        for (rest, want) in [
            (&b""[..], None),
            (&[0; 4096][..], None),
            (&b"\0\0\r\n \x1a\xff\xff"[..], None),
            (&b"\0\0short"[..], None),
            (&b"\0\0something that is longer"[..], Some(&b"something that is longer"[..])),
        ] {
            assert_eq!(beyond_padding(rest), want);
        }
    }
}
