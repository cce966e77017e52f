//! What workbooks of both of Excel's families share: the cells of a sheet as
//! they come, how they look, and the text that is put down.

pub(super) mod colors;
pub(super) mod formula;
pub(super) mod grid;
pub(super) mod looks;
pub(super) mod margin;
pub(super) mod page;
pub(super) mod strings;
