//! Parts that hold no text of the presentation's own.

/// Content types (their ends) of parts of PowerPoint that hold no text.
pub(super) const KNOWN_TYPES: &[&str] = &[
    "presentationml.presProps+xml",
    "presentationml.viewProps+xml",
    "presentationml.tableStyles+xml",
    "presentationml.commentAuthors+xml",
    "ms-powerpoint.authors+xml",
    "ms-powerpoint.revisioninfo+xml",
    "ms-powerpoint.changesinfo+xml",
    "presentationml.printerSettings",
    "presentationml.slideUpdateInfo+xml",
    "application/x-fontdata",
];

/// Relationships to parts that only say how things look, or show a picture.
pub(super) fn is_apparatus(kind: &str) -> bool {
    matches!(
        kind,
        "image"
            | "hdphoto"
            | "theme"
            | "themeOverride"
            | "presProps"
            | "viewProps"
            | "tableStyles"
            | "commentAuthors"
            | "authors"
            | "font"
            | "printerSettings"
            | "customXml"
            | "slideUpdateInfo"
            | "changesInfo"
            | "revisionInfo"
            | "chartStyle"
            | "chartColorStyle"
            | "diagramLayout"
            | "diagramQuickStyle"
            | "diagramColors"
    )
}
