//! Numbers of the records that say something (MS-XLS 2.3.2; those of the
//! versions before by what later ones left free).

pub(super) const BOF_2: u16 = 0x09;
pub(super) const BOF_3: u16 = 0x0209;
pub(super) const BOF_4: u16 = 0x0409;
pub(super) const BOF: u16 = 0x0809;
pub(super) const EOF: u16 = 0x0A;
pub(super) const FILE_PASS: u16 = 0x2F;

// What holds for a workbook.
pub(super) const BOUND_SHEET: u16 = 0x85;
pub(super) const CODE_PAGE: u16 = 0x42;
pub(super) const DATE_MODE: u16 = 0x22;
pub(super) const EXTERNAL_BOOK: u16 = 0x01AE;
pub(super) const EXTERNAL_CELLS: u16 = 0x5A;
pub(super) const FONT: u16 = 0x31;
pub(super) const FONT_3: u16 = 0x0231;
pub(super) const FONT_COLOR: u16 = 0x45;
pub(super) const FORMAT: u16 = 0x041E;
pub(super) const FORMAT_2: u16 = 0x1E;
pub(super) const NAME: u16 = 0x18;
pub(super) const NAME_2: u16 = 0x98;
pub(super) const NAME_3: u16 = 0x0218;
pub(super) const PALETTE: u16 = 0x92;
pub(super) const SHARED_STRINGS: u16 = 0xFC;
pub(super) const XF: u16 = 0xE0;
pub(super) const XF_2: u16 = 0x43;
pub(super) const XF_3: u16 = 0x0243;
pub(super) const XF_4: u16 = 0x0443;

// Cells; those of the first version have looks of their own.
pub(super) const ARRAY: u16 = 0x0221;
pub(super) const BOOL_OR_ERROR: u16 = 0x0205;
pub(super) const BOOL_OR_ERROR_2: u16 = 0x05;
pub(super) const COLUMNS: u16 = 0x7D;
pub(super) const FORMULA: u16 = 0x06;
pub(super) const FORMULA_3: u16 = 0x0206;
pub(super) const FORMULA_4: u16 = 0x0406;
pub(super) const INTEGER_2: u16 = 0x02;
pub(super) const LABEL: u16 = 0x0204;
pub(super) const LABEL_2: u16 = 0x04;
pub(super) const LABEL_SHARED: u16 = 0xFD;
pub(super) const MANY_RK: u16 = 0xBD;
pub(super) const MERGED: u16 = 0xE5;
pub(super) const NUMBER: u16 = 0x0203;
pub(super) const NUMBER_2: u16 = 0x03;
pub(super) const RICH_LABEL: u16 = 0xD6;
pub(super) const RK: u16 = 0x027E;
pub(super) const ROW: u16 = 0x0208;
pub(super) const SHARED_FORMULA: u16 = 0x04BC;
pub(super) const STRING: u16 = 0x0207;
pub(super) const STRING_2: u16 = 0x07;
pub(super) const TABLE: u16 = 0x0236;

// What stands beside the cells.
pub(super) const BACKGROUND: u16 = 0xE9;
pub(super) const DRAWING: u16 = 0xEC;
pub(super) const FOOTER: u16 = 0x15;
pub(super) const HEADER: u16 = 0x14;
pub(super) const HEADER_FOOTER: u16 = 0x089C;
pub(super) const HEADER_PICTURE: u16 = 0x0866;
pub(super) const LINK: u16 = 0x01B8;
pub(super) const LINK_TIP: u16 = 0x0800;
pub(super) const NOTE: u16 = 0x1C;
pub(super) const OBJECT: u16 = 0x5D;
pub(super) const PICTURE: u16 = 0x7F;
pub(super) const SCENARIO: u16 = 0xAF;
pub(super) const SERIES_TEXT: u16 = 0x100D;
pub(super) const TEXT_OBJECT: u16 = 0x01B6;
pub(super) const VALIDATION: u16 = 0x01BE;

// Of pivot tables and revisions, in streams of their own.
pub(super) const CACHED_FIELD: u16 = 0xC7;
pub(super) const CACHED_STRING: u16 = 0xCD;
pub(super) const REVISED_CELL: u16 = 0x013B;
