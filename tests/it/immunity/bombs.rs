//! What grows when it is unpacked, and sizes that are not true: output is counted as
//! it comes, in one budget for all that is packed in one another.

use super::{Case, unread};
use crate::builders::{
    SIZE, Tarred, bzip2, chance, gzip, nested, noise, patched, seven, tar, xz, zip, zstd,
};

const MIB: usize = 1 << 20;

/// Archives and streams.
pub fn cases() -> Vec<Case> {
    const GROWS: &[&str] = &["gap.limit:ratio", "gap.limit:bytes"];
    let zeros = vec![b'0'; 16 * MIB];
    let zipped = zip(&[("zeros.txt", &zeros)]);
    let file = |name, declared, content| Tarred { name, kind: b'0', link: "", declared, content };
    let mut cases = vec![
        unread("bomb.gz", gzip(16 * MIB), GROWS),
        unread("bomb.bz2", bzip2(16 * MIB), GROWS),
        unread("bomb.xz", xz(16), GROWS),
        unread("bomb.zst", zstd(128, 1), GROWS),
        unread("bomb-said-to-be-huge.zst", zstd(128, u64::MAX >> 1), GROWS),
        unread("bomb.7z", seven(&bzip2(16 * MIB), 16 << 20), GROWS),
        unread("bomb-said-to-be-huge.7z", seven(&bzip2(16 * MIB), u64::MAX >> 1), GROWS),
        unread("bomb-in-itself-40-times.zip", nested(40), &["gap.limit:depth"]),
        unread(
            "bomb.tar.gz",
            {
                let mut packed =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                let tarred = tar(&[file("zeros.txt", zeros.len() as u64, &zeros)]);
                std::io::Write::write_all(&mut packed, &tarred).unwrap();
                packed.finish().unwrap()
            },
            GROWS,
        ),
        unread("one-ratio-for-the-tree.zip", tree(0), &["gap.limit:ratio"]),
        unread("one-budget-for-the-tree.zip", tree(2 * MIB), &["gap.limit:bytes"]),
        unread(
            "8-GiB-declared.tar",
            tar(&[file("a.txt", (8 << 30) - 1, b"ten bytes.")]),
            &["gap.damaged"],
        ),
    ];
    for size in [1_u32, u32::MAX - 1] {
        let name = format!("bomb-said-to-be-{size}.zip");
        let gaps = &["gap.limit:ratio", "gap.limit:bytes", "gap.damaged"];
        cases.push(unread(&name, patched(zipped.clone(), SIZE, &size.to_le_bytes()), gaps));
    }
    cases.push(unread("bomb.zip", zipped, GROWS));
    cases
}

/// Twelve archives that each unpack to less than may come of one, and to more
/// than a matter may have together; beside them so many bytes that do not pack, for each
/// of which more may come out.
fn tree(unpackable: usize) -> Vec<u8> {
    let inner = zip(&[("noise.bin", &noise(50 * MIB))]);
    assert!(inner.len() > 50 * MIB / 400, "it packs too well to show it");
    let chance = chance(unpackable);
    let names: Vec<_> = (0..12).map(|n| format!("{n}.zip")).collect();
    let mut members: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &inner[..])).collect();
    members.push(("z.bin", &chance));
    zip(&members)
}
