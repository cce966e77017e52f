//! Parts that hold no text of the document's own.

/// Content types (their ends) of parts of Word that hold no text of the document.
pub(super) const KNOWN_TYPES: &[&str] = &[
    "wordprocessingml.styles+xml",
    "wordprocessingml.stylesWithEffects+xml",
    "ms-word.stylesWithEffects+xml",
    "wordprocessingml.settings+xml",
    "wordprocessingml.webSettings+xml",
    "wordprocessingml.fontTable+xml",
    "wordprocessingml.numbering+xml",
    "wordprocessingml.commentsExtended+xml",
    "wordprocessingml.commentsIds+xml",
    "wordprocessingml.commentsExtensible+xml",
    "wordprocessingml.people+xml",
    "wordprocessingml.printerSettings",
    "wordprocessingml.mailMergeRecipientData+xml",
    "ms-word.mailMergeRecipientData+xml",
    "ms-office.intelligence2+xml",
    "ms-word.keyMapCustomizations+xml",
    "ms-word.vbaData+xml",
];

/// Relationships to parts that only say how things look.
pub(super) fn is_apparatus(kind: &str) -> bool {
    matches!(
        kind,
        "styles"
            | "stylesWithEffects"
            | "settings"
            | "webSettings"
            | "fontTable"
            | "theme"
            | "numbering"
            | "font"
            | "customXml"
            | "customXmlProps"
            | "printerSettings"
            | "attachedTemplate"
    )
}
