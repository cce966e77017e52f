//! Packages: documents that are a ZIP file of parts (ISO/IEC 29500-2).

use memchr::memmem;

use crate::extract::archive::zip::{Directory, Entry};

/// What a ZIP file is, told by what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZipKind {
    /// A Word document or template, Office Open XML.
    Docx,
    /// A workbook, Office Open XML (or its binary sister).
    Xlsx,
    /// A presentation, Office Open XML.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// OFD (GB/T 33190).
    Ofd,
    /// An electronic book.
    Epub,
    /// None of these: an archive.
    Zip,
}

/// How much of a member is looked at to tell the kind.
const PEEK: usize = 256 << 10;

/// Tells what a ZIP file is. Works on damaged files by the members that are
/// still there; unpacks two small members at most.
pub(crate) fn kind_of_zip(bytes: &[u8]) -> ZipKind {
    let directory = Directory::read(bytes);
    let named = |name: &str| directory.entries.iter().find(|e| e.name == name);
    if let Some(entry) = named("mimetype")
        && let Some(kind) = kind_by_mimetype(&directory.peek(entry, 128))
    {
        return kind;
    }
    if directory.entries.iter().any(|e| e.name.eq_ignore_ascii_case("OFD.xml")) {
        return ZipKind::Ofd;
    }
    let types = directory.entries.iter().find(|e| part_name(e) == "[content_types].xml");
    let declared = types.and_then(|entry| kind_by_types(&directory.peek(entry, PEEK)));
    declared.unwrap_or_else(|| kind_by_names(&directory, types.is_some()))
}

fn kind_by_mimetype(mimetype: &[u8]) -> Option<ZipKind> {
    let mimetype = mimetype.trim_ascii();
    let document = mimetype.strip_prefix(b"application/vnd.oasis.opendocument.");
    Some(match document {
        Some(d) if d.starts_with(b"text") => ZipKind::Odt,
        Some(d) if d.starts_with(b"spreadsheet") => ZipKind::Ods,
        Some(d) if d.starts_with(b"presentation") => ZipKind::Odp,
        _ if mimetype == b"application/epub+zip" => ZipKind::Epub,
        _ if mimetype.starts_with(b"application/ofd") => ZipKind::Ofd,
        _ => return None,
    })
}

/// The kind by the content type of the main part.
fn kind_by_types(types: &[u8]) -> Option<ZipKind> {
    const MAIN: &[(&[u8], ZipKind)] = &[
        (b"wordprocessingml.document.main+xml", ZipKind::Docx),
        (b"wordprocessingml.template.main+xml", ZipKind::Docx),
        (b"ms-word.document.macroEnabled.main+xml", ZipKind::Docx),
        (b"ms-word.template.macroEnabledTemplate.main+xml", ZipKind::Docx),
        (b"spreadsheetml.sheet.main+xml", ZipKind::Xlsx),
        (b"spreadsheetml.template.main+xml", ZipKind::Xlsx),
        (b"ms-excel.sheet.macroEnabled.main+xml", ZipKind::Xlsx),
        (b"ms-excel.template.macroEnabled.main+xml", ZipKind::Xlsx),
        (b"ms-excel.addin.macroEnabled.main+xml", ZipKind::Xlsx),
        (b"ms-excel.sheet.binary.macroEnabled.main", ZipKind::Xlsx),
        (b"presentationml.presentation.main+xml", ZipKind::Pptx),
        (b"presentationml.slideshow.main+xml", ZipKind::Pptx),
        (b"presentationml.template.main+xml", ZipKind::Pptx),
        (b"ms-powerpoint.presentation.macroEnabled.main+xml", ZipKind::Pptx),
        (b"ms-powerpoint.slideshow.macroEnabled.main+xml", ZipKind::Pptx),
        (b"ms-powerpoint.template.macroEnabled.main+xml", ZipKind::Pptx),
    ];
    MAIN.iter().find(|(main, _)| memmem::find(types, main).is_some()).map(|(_, kind)| *kind)
}

/// The kind by the names of members, where nothing declares it: a document
/// that was cut off, or whose list of types is damaged.
fn kind_by_names(directory: &Directory<'_>, has_types: bool) -> ZipKind {
    let whole = directory.defects.is_empty();
    let has = |name: &str| directory.entries.iter().any(|e| part_name(e) == name);
    let holds = |folder: &str| directory.entries.iter().any(|e| part_name(e).starts_with(folder));
    let is = |main: &str, folder: &str| {
        has(main) && (has_types || has("_rels/.rels")) || (!whole || has_types) && holds(folder)
    };
    if is("word/document.xml", "word/") {
        ZipKind::Docx
    } else if is("xl/workbook.xml", "xl/") {
        ZipKind::Xlsx
    } else if is("ppt/presentation.xml", "ppt/") {
        ZipKind::Pptx
    } else if has_types && !whole {
        // Cut off so early that nothing else is left: most are Word's.
        ZipKind::Docx
    } else {
        ZipKind::Zip
    }
}

/// A member's name as names of parts are compared: without regard to case, `/`
/// between folders and none before the first.
fn part_name(entry: &Entry<'_>) -> String {
    entry.name.trim_start_matches(['/', '\\']).replace('\\', "/").to_ascii_lowercase()
}
