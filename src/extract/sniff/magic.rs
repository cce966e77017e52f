//! First bytes of formats that have no reader, so that a report can name them.

use crate::extract::mail::cms::is_cms;

/// First bytes at an offset, and the media type.
type Magic = (usize, &'static [u8], &'static str);

/// Bytes that no text begins with.
const STRONG: &[Magic] = &[
    // Archives and compression.
    (0, b"7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"),
    (0, b"Rar!\x1A\x07", "application/vnd.rar"),
    (0, b"\x1F\x8B\x08", "application/gzip"),
    (0, b"\xFD7zXZ\0", "application/x-xz"),
    (0, b"\x28\xB5\x2F\xFD", "application/zstd"),
    (0, b"\x04\x22\x4D\x18", "application/x-lz4"),
    (0, b"LZIP\x01", "application/lzip"),
    (0, b"\x1F\x9D", "application/x-compress"),
    (0, b"\x1F\xA0", "application/x-compress"),
    (257, b"ustar", "application/x-tar"),
    (0, b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    (0, b"ITSF\x03\0\0\0", "application/vnd.ms-htmlhelp"),
    (0, b"!<arch>\n", "application/x-archive"),
    (0, b"xar!\0", "application/x-xar"),
    (0x8001, b"CD001", "application/x-iso9660-image"),
    (0, b"\xED\xAB\xEE\xDB", "application/x-rpm"),
    (0, b"MSWIM\0\0\0", "application/x-ms-wim"),
    (0, b"vhdxfile", "application/x-vhdx"),
    (0, b"QFI\xFB", "application/x-qemu-disk"),
    // Mail and groupware.
    (0, b"\x78\x9F\x3E\x22", "application/vnd.ms-tnef"),
    (0, b"\0\x05\x16\x07", "application/applefile"),
    (0, b"\0\x05\x16\0", "application/applefile"),
    (0, b"\x76\xE8\x04\x60\xC4\x11\xE3\x86", "application/x-microsoft-rpmsg-message"),
    // Pictures.
    (0, b"\x89PNG\r\n\x1A\n", "image/png"),
    (0, b"\xFF\xD8\xFF", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (0, b"8BPS\0\x01", "image/vnd.adobe.photoshop"),
    (0, b"8BPS\0\x02", "image/vnd.adobe.photoshop"),
    (0, b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (0, b"\0\0\0\x0CjP  \r\n\x87\n", "image/jp2"),
    (0, b"\xFF\x4F\xFF\x51", "image/jp2"),
    (0, b"\xFF\x0A", "image/jxl"),
    (0, b"\0\0\0\x0CJXL \r\n\x87\n", "image/jxl"),
    (0, b"\x97JB2\r\n\x1A\n", "image/jbig2"),
    (0, b"\xD7\xCD\xC6\x9A", "image/wmf"),
    (0, b"\x01\0\x09\0\0\x03", "image/wmf"),
    (40, b" EMF\0\0\x01\0", "image/emf"),
    (0, b"AT&TFORM", "image/vnd.djvu"),
    (0, b"gimp xcf ", "image/x-xcf"),
    (0, b"\x76\x2F\x31\x01", "image/x-exr"),
    (0, b"DDS |\0\0\0", "image/vnd.ms-dds"),
    // Sound and film.
    (0, b"OggS\0", "application/ogg"),
    (0, b"fLaC\0", "audio/flac"),
    (0, b"ID3\x02", "audio/mpeg"),
    (0, b"ID3\x03", "audio/mpeg"),
    (0, b"ID3\x04", "audio/mpeg"),
    (0, b"\xFF\xFB", "audio/mpeg"),
    (0, b"\xFF\xF3", "audio/mpeg"),
    (0, b"\xFF\xF1", "audio/aac"),
    (0, b"#!AMR", "audio/AMR"),
    (0, b"#!SILK_V3", "audio/x-silk"),
    (0, b"\x02#!SILK_V3", "audio/x-silk"),
    (0, b"MThd\0\0\0\x06", "audio/midi"),
    (0, b"\x1A\x45\xDF\xA3", "video/x-matroska"),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "video/x-ms-asf"),
    (0, b"\0\0\x01\xBA", "video/mpeg"),
    (0, b"\0\0\x01\xB3", "video/mpeg"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b".RMF\0", "application/vnd.rn-realmedia"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (4, b"moov", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
    // Programs.
    (0, b"\x7FELF", "application/x-elf"),
    (0, b"\xCA\xFE\xBA\xBE", "application/java-vm"),
    (0, b"\xFE\xED\xFA\xCE", "application/x-mach-binary"),
    (0, b"\xFE\xED\xFA\xCF", "application/x-mach-binary"),
    (0, b"\xCE\xFA\xED\xFE", "application/x-mach-binary"),
    (0, b"\xCF\xFA\xED\xFE", "application/x-mach-binary"),
    (0, b"\0asm\x01\0", "application/wasm"),
    (0, b"dex\n03", "application/x-dex"),
    (0, b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    // Data.
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\0\x01\0\0Standard Jet DB", "application/x-msaccess"),
    (0, b"\0\x01\0\0Standard ACE DB", "application/x-msaccess"),
    (0, b"ARROW1\0\0", "application/vnd.apache.arrow.file"),
    (0, b"Obj\x01", "application/vnd.apache.avro"),
    (0, b"\x89HDF\r\n\x1A\n", "application/x-hdf5"),
    (0, b"CDF\x01", "application/x-netcdf"),
    (0, b"\0\0\x27\x0A\0\0\0\0", "application/x-esri-shape"),
    (0, b"AC10", "image/vnd.dwg"),
    (0, b"bplist00", "application/x-bplist"),
    (0, b"\xD4\xC3\xB2\xA1", "application/vnd.tcpdump.pcap"),
    (0, b"\xA1\xB2\xC3\xD4", "application/vnd.tcpdump.pcap"),
    (0, b"\x0A\x0D\x0D\x0A", "application/x-pcapng"),
    (0, b"ElfFile\0", "application/x-ms-evtx"),
    // Documents of other programs.
    (0, b"\x31\xBE\0\0\0\xAB", "application/x-mswrite"),
    (0, b"\xDB\xA5-\0", "application/msword"),
    (0, b"\xFFWPC", "application/vnd.wordperfect"),
    (0, b"\x09\x08\x10\0\0\x06\x05\0", "application/vnd.ms-excel"),
    (0, b"\x09\x08\x08\0\0\x05\x05\0", "application/vnd.ms-excel"),
    (0, b"\x09\x04\x06\0", "application/vnd.ms-excel"),
    (0, b"\x09\x02\x06\0", "application/vnd.ms-excel"),
    (0, b"\x09\0\x04\0", "application/vnd.ms-excel"),
    (0, b"\0\0\x1A\0", "application/vnd.lotus-1-2-3"),
    (0, b"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D", "application/onenote"),
    (0, b"HWP Document File", "application/x-hwp"),
    (0, b"HHD\x01", "application/caj"),
    (0, b"CAJ\0", "application/caj"),
    (0, b"\xC1\xBE\xBE\xCA", "application/x-gd"),
    (60, b"BOOKMOBI", "application/x-mobipocket-ebook"),
    (0, b"ITOLITLS", "application/x-ms-reader"),
    // Sealed.
    (0, b"Salted__", "application/x-openssl-salted"),
    (0, b"age-encryption.org/v1\n", "application/x-age"),
    (0, b"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"),
    (0, b"LUKS\xBA\xBE", "application/x-luks"),
    (0, b"\x03\xD9\xA2\x9A", "application/x-keepass2"),
    // Fonts.
    (0, b"\0\x01\0\0\0", "font/ttf"),
    (0, b"OTTO\0", "font/otf"),
    (0, b"ttcf\0", "font/collection"),
    (0, b"wOFF\0", "font/woff"),
    (0, b"wOF2\0", "font/woff2"),
    (34, b"LP", "application/vnd.ms-fontobject"),
];

/// Bytes that a text may begin with, and that say something of what is none.
const WEAK: &[Magic] = &[
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"BM", "image/bmp"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"conectix", "application/x-vhd"),
    (0, b"KDH ", "application/caj"),
    (0, b"KDMV", "application/x-vmdk"),
    (0, b"regf", "application/x-windows-registry"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"FWS", "application/vnd.adobe.flash.movie"),
    (0, b"CWS", "application/vnd.adobe.flash.movie"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"FORM", "application/x-iff"),
    (0, b"#!", "application/x-executable-script"),
    (0, b"P4\n", "image/x-portable-bitmap"),
    (0, b"P5\n", "image/x-portable-graymap"),
    (0, b"P6\n", "image/x-portable-pixmap"),
    (0, b"\x0A\x05\x01", "image/vnd.zbrush.pcx"),
    (0, b"\x0A\x03\x01", "image/vnd.zbrush.pcx"),
    (0, b"\x60\xEA", "application/x-arj"),
    (2, b"-lh", "application/x-lzh-compressed"),
    (0, b"%!PS", "application/postscript"),
    (0, b"\xC5\xD0\xD3\xC6", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x84\x8C", "application/pgp-encrypted"),
    (0, b"\x85\x01\x0C", "application/pgp-encrypted"),
    (0, b"\x85\x02\x0C", "application/pgp-encrypted"),
    (0, b"\x5D\0\0", "application/x-lzma"),
];

/// The format, where first bytes settle it.
pub(super) fn strong(bytes: &[u8]) -> Option<&'static str> {
    riff(bytes)
        .or_else(|| cms(bytes))
        .or_else(|| find(STRONG, bytes))
        .or_else(|| cpio(bytes))
        .or_else(|| old_tar(bytes))
}

/// The format by first bytes, where it is known that this is no text.
pub(super) fn weak(bytes: &[u8]) -> Option<&'static str> {
    find(WEAK, bytes)
}

fn find(table: &[Magic], bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize| bytes.get(offset..).unwrap_or_default();
    let fits = |(offset, first, media_type): &Magic| {
        at(*offset).starts_with(first)
            && match *media_type {
                // Two letters say little: an EOT font has its version too.
                "application/vnd.ms-fontobject" => at(8).starts_with(b"\x01\0\x02\0"),
                "image/vnd.dwg" => {
                    at(4).iter().take(2).all(u8::is_ascii_digit) && at(6).first() == Some(&0)
                }
                // A box begins with its length, and no text with a zero.
                "video/mp4" | "video/quicktime" | "audio/mp4" | "image/heic" | "image/heif"
                | "image/avif" => bytes.first() == Some(&0),
                // The count of pictures of an icon is small and not zero.
                "image/vnd.microsoft.icon" => {
                    at(4).first().is_some_and(|n| (1..64).contains(n)) && at(5).first() == Some(&0)
                }
                // A class file's version is over 44; a fat Mach-O has few parts.
                "application/java-vm" => at(7).first().is_some_and(|n| *n > 30),
                _ => true,
            }
    };
    table.iter().find(|magic| fits(magic)).map(|(.., media_type)| *media_type)
}

/// RIFF says in its third word what it holds.
fn riff(bytes: &[u8]) -> Option<&'static str> {
    if !bytes.starts_with(b"RIFF") {
        return None;
    }
    match bytes.get(8..12)? {
        b"WAVE" => Some("audio/vnd.wave"),
        b"AVI " => Some("video/vnd.avi"),
        b"WEBP" => Some("image/webp"),
        b"CDR5" | b"CDR6" | b"CDR7" | b"CDR8" | b"CDR9" => Some("application/vnd.corel-draw"),
        _ => None,
    }
}

/// Signed or sealed data: what it holds may well be text.
fn cms(bytes: &[u8]) -> Option<&'static str> {
    is_cms(bytes).then_some("application/pkcs7-mime")
}

/// An archive of `cpio(1)` begins with nothing but digits, as a text may; it has a
/// good many of them.
fn cpio(bytes: &[u8]) -> Option<&'static str> {
    let (length, base) = match bytes.get(..6)? {
        b"070707" => (76, 8),
        b"070701" | b"070702" => (110, 16),
        _ => return None,
    };
    let is_digit = |byte: &u8| char::from(*byte).is_digit(base);
    bytes.get(..length)?.iter().all(is_digit).then_some("application/x-cpio")
}

/// A tar from before it had first bytes is told by the checksum of its header.
fn old_tar(bytes: &[u8]) -> Option<&'static str> {
    let header = bytes.get(..512)?;
    let field = header.get(148..156)?;
    let digits: String = field
        .iter()
        .map(|b| char::from(*b))
        .skip_while(|c| *c == ' ')
        .take_while(char::is_ascii_digit)
        .collect();
    let stated = u32::from_str_radix(&digits, 8).ok()?;
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, b)| if (148..156).contains(&at) { 0x20 } else { u32::from(*b) })
        .sum();
    (sum == stated && header.first() != Some(&0)).then_some("application/x-tar")
}
