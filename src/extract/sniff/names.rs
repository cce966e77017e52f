//! Names against content: a name that claims another format is worth saying.

use super::Format;
use crate::model::{Note, Words, own_name};

/// Extensions, and the media types (or beginnings of them) that they may stand on.
const CLAIMS: &[(&[&str], &[&str])] = &[
    (
        &[
            "txt",
            "text",
            "log",
            "md",
            "markdown",
            "rst",
            "csv",
            "tsv",
            "json",
            "jsonl",
            "ndjson",
            "yaml",
            "yml",
            "toml",
            "ini",
            "cfg",
            "conf",
            "properties",
            "py",
            "rs",
            "c",
            "h",
            "cc",
            "cpp",
            "hpp",
            "java",
            "kt",
            "go",
            "js",
            "ts",
            "css",
            "sql",
            "sh",
            "ps1",
            "tex",
            "srt",
            "po",
            "asc",
        ],
        &["text/plain", "application/xml"],
    ),
    (&["bat", "cmd", "vbs"], &["text/plain"]),
    (
        &["xml", "xsl", "xsd"],
        &[
            "application/xml",
            "text/plain",
            "text/html",
            "image/svg+xml",
            "application/vnd.",
            "application/ofd",
            "application/x-fictionbook+xml",
        ],
    ),
    (&["htm", "html", "xhtml", "shtml"], &["text/html", "text/plain", "multipart/related"]),
    (&["mht", "mhtml"], &["multipart/related", "message/rfc822"]),
    (&["eml"], &["message/rfc822", "multipart/related", "text/plain"]),
    (&["mbox", "mbx"], &["application/mbox", "message/rfc822"]),
    (&["msg"], &["application/vnd.ms-outlook", "message/rfc822"]),
    (&["pdf"], &["application/pdf"]),
    (
        &["docx", "docm", "dotx", "dotm"],
        &["application/vnd.openxmlformats-officedocument.wordprocessingml", ENCRYPTED],
    ),
    (
        &["xlsx", "xlsm", "xltx", "xltm", "xlsb", "xlam"],
        &["application/vnd.openxmlformats-officedocument.spreadsheetml", ENCRYPTED],
    ),
    (
        &["pptx", "pptm", "potx", "potm", "ppsx", "ppsm", "ppam"],
        &["application/vnd.openxmlformats-officedocument.presentationml", ENCRYPTED],
    ),
    (&["doc", "dot"], &["application/msword", "application/x-mswrite", ENCRYPTED]),
    (&["wps"], &["application/msword", "application/vnd.ms-works", ENCRYPTED]),
    (&["xls", "xlt", "et"], &["application/vnd.ms-excel", ENCRYPTED]),
    (&["ppt", "pot", "pps", "dps"], &["application/vnd.ms-powerpoint", ENCRYPTED]),
    (&["rtf"], &["application/rtf"]),
    (&["odt", "ott", "fodt"], &["application/vnd.oasis.opendocument.text"]),
    (&["ods", "ots", "fods"], &["application/vnd.oasis.opendocument.spreadsheet"]),
    (&["odp", "otp", "fodp"], &["application/vnd.oasis.opendocument.presentation"]),
    (&["odg", "otg", "fodg"], &["application/vnd.oasis.opendocument.graphics"]),
    (&["ofd"], &["application/ofd"]),
    (&["epub"], &["application/epub+zip"]),
    (&["zip"], &["application/zip"]),
    (&["7z"], &["application/x-7z-compressed"]),
    (&["rar"], &["application/vnd.rar"]),
    (&["tar"], &["application/x-tar"]),
    (&["gz", "tgz"], &["application/gzip", "application/x-tar"]),
    (&["bz2"], &["application/x-bzip2"]),
    (&["xz"], &["application/x-xz"]),
    (&["zst"], &["application/zstd"]),
    (
        &["jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "svg", "ico"],
        &["image/"],
    ),
    (
        &["mp3", "wav", "flac", "m4a", "aac", "ogg", "amr"],
        &["audio/", "application/ogg", "video/mp4"],
    ),
    (&["mp4", "mov", "avi", "mkv", "wmv", "mpg", "flv"], &["video/"]),
    (&["exe", "dll", "scr", "sys"], &["application/vnd.microsoft.portable-executable"]),
];

/// A compound file may be any document that is encrypted.
const ENCRYPTED: &str = "application/x-ole-storage";

/// Extensions of what a double click runs.
const RUNS: &[&str] = &[
    "exe", "scr", "com", "pif", "bat", "cmd", "js", "jse", "vbs", "vbe", "wsf", "hta", "lnk",
    "ps1", "msi", "jar", "cpl",
];

/// A note, if the name claims another format than the content has, or hides a
/// program behind a document's extension.
pub(crate) fn name_mismatch(name: &str, format: Format) -> Option<Note> {
    let file = own_name(name);
    let (stem, extension) = file.rsplit_once('.')?;
    let extension = extension.trim().to_ascii_lowercase();
    if format == Format::Empty {
        return None;
    }
    let media_type = format.media_type();
    let inner = stem.rsplit_once('.').map(|(_, inner)| inner.trim().to_ascii_lowercase());
    if let Some(inner) = inner
        && RUNS.contains(&extension.as_str())
        && !RUNS.contains(&inner.as_str())
        && claim(&inner).is_some_and(|types| !types.contains(&"text/plain"))
    {
        return Some(note(
            format!(
                "The name has two extensions, .{inner}.{extension}; the content is {media_type}."
            ),
            format!("文件名带有双重扩展名 .{inner}.{extension}，实际内容为 {media_type}。"),
        ));
    }
    let types = claim(&extension)?;
    if types.iter().any(|known| media_type.starts_with(known)) {
        return None;
    }
    Some(note(
        format!("The name ends in .{extension}, the content is {media_type}."),
        format!("文件扩展名为 .{extension}，实际内容为 {media_type}。"),
    ))
}

/// Whether a file of this name always holds something, so that an empty one has
/// lost it: of every known kind but text.
pub(crate) fn never_empty(name: &str) -> bool {
    let file = own_name(name);
    let extension = file.rsplit_once('.').map(|(_, e)| e.trim().to_ascii_lowercase());
    let types = extension.as_deref().and_then(claim);
    types.is_some_and(|types| !types.iter().any(|known| known.starts_with("text/")))
}

fn claim(extension: &str) -> Option<&'static [&'static str]> {
    CLAIMS.iter().find(|(known, _)| known.contains(&extension)).map(|(_, types)| *types)
}

fn note(en: String, zh: String) -> Note {
    Note { id: "name-mismatch", message: Words::new(en, zh) }
}
