//! What a text keeps of what it is built of.

use super::*;

/// A table has a label for each of its cells, and names come behind it.
#[test]
fn every_one_of_very_many_labels_is_kept() {
    const CELLS: u32 = 70_000;
    let mut builder = TextBuilder::new();
    for cell in 0..CELLS {
        let label = format!("r{cell}.c1");
        builder.block(&BlockHead { label, ..BlockHead::default() }, "值");
    }
    let mut text = builder.finish();
    let name = BlockHead { label: "name".into(), ..BlockHead::default() };
    text.append(&name, "名册.csv");
    text.append(&name, "名册");
    let labels: Vec<_> = text.blocks().iter().map(|block| text.label(block)).collect();
    assert_eq!(labels.len(), CELLS as usize + 2);
    for (cell, label) in (0..CELLS).zip(&labels) {
        assert_eq!(*label, format!("r{cell}.c1"));
    }
    assert_eq!(labels[CELLS as usize..], ["name", "name"]);
}
