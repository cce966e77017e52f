//! Kinds of PowerPoint's records that say something (MS-PPT 2.13.24).

pub(super) const DOCUMENT: u16 = 0x03E8;
pub(super) const DOCUMENT_ATOM: u16 = 0x03E9;
pub(super) const SLIDE: u16 = 0x03EE;
pub(super) const SLIDE_ATOM: u16 = 0x03EF;
pub(super) const NOTES: u16 = 0x03F0;
pub(super) const NOTES_ATOM: u16 = 0x03F1;
pub(super) const ENVIRONMENT: u16 = 0x03F2;
pub(super) const SLIDE_PERSIST: u16 = 0x03F3;
pub(super) const MAIN_MASTER: u16 = 0x03F8;
pub(super) const SLIDE_SHOW_INFO: u16 = 0x03F9;
pub(super) const VBA_INFO: u16 = 0x03FF;
pub(super) const VBA_INFO_ATOM: u16 = 0x0400;
pub(super) const EXTERNAL_OBJECTS: u16 = 0x0409;
pub(super) const DRAWING: u16 = 0x040C;
pub(super) const NAMED_SHOWS: u16 = 0x0410;
pub(super) const NAMED_SHOW: u16 = 0x0411;
pub(super) const ROUND_TRIP_PLACEHOLDER: u16 = 0x0420;
pub(super) const DOCUMENT_INFO: u16 = 0x07D0;
pub(super) const FONTS: u16 = 0x07D5;
pub(super) const SOUNDS: u16 = 0x07E4;
pub(super) const SOUND: u16 = 0x07E6;
pub(super) const SOUND_DATA: u16 = 0x07E7;
pub(super) const SCHEME: u16 = 0x07F0;
pub(super) const PLACEHOLDER: u16 = 0x0BC3;
pub(super) const OUTLINE_REF: u16 = 0x0F9E;
pub(super) const TEXT_HEADER: u16 = 0x0F9F;
pub(super) const TEXT_CHARS: u16 = 0x0FA0;
pub(super) const TEXT_STYLE: u16 = 0x0FA1;
pub(super) const MASTER_STYLE: u16 = 0x0FA3;
pub(super) const TEXT_BYTES: u16 = 0x0FA8;
pub(super) const FONT: u16 = 0x0FB7;
pub(super) const STRING: u16 = 0x0FBA;
pub(super) const HANDOUT: u16 = 0x0FC9;
pub(super) const HEADERS_FOOTERS: u16 = 0x0FD9;
pub(super) const HEADERS_FOOTERS_ATOM: u16 = 0x0FDA;
pub(super) const LINK_TIP: u16 = 0x0FE4;
pub(super) const SLIDE_LIST: u16 = 0x0FF0;
pub(super) const OBJECT_STORAGE: u16 = 0x1011;
pub(super) const TAGS: u16 = 0x1388;
pub(super) const STRING_TAG: u16 = 0x1389;
pub(super) const BINARY_TAG: u16 = 0x138A;
pub(super) const BINARY_TAG_DATA: u16 = 0x138B;
pub(super) const COMMENT: u16 = 0x2EE0;

/// Stand-ins in a text for what is put in when it is shown: number, dates,
/// header, footer.
pub(super) const FIELDS: [u16; 6] = [0x0FD8, 0x0FF7, 0x0FF8, 0x0FF9, 0x0FFA, 0x1015];

/// What lies outside the file, in the list of objects: linked objects, films,
/// sounds.
pub(super) const OUTSIDE: [u16; 5] = [0x0FCE, 0x1006, 0x1007, 0x100D, 0x1010];
