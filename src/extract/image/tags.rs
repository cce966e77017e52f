//! Names of the tags of TIFF and EXIF that hold text (TIFF 6.0; Exif 3.0, 4.6).

/// The directory a tag stands in: the same numbers mean other things in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// The picture's own.
    Main,
    /// Exif.
    Exif,
    /// Places on earth.
    Gps,
    /// Rules of exchange between cameras.
    Exchange,
}

const NAMES: &[(u16, &str)] = &[
    (0x010D, "DocumentName"),
    (0x010E, "ImageDescription"),
    (0x010F, "Make"),
    (0x0110, "Model"),
    (0x011D, "PageName"),
    (0x0131, "Software"),
    (0x013B, "Artist"),
    (0x013C, "HostComputer"),
    (0x0151, "TargetPrinter"),
    (0x014D, "InkNames"),
    (0x8298, "Copyright"),
    (0x80A4, "WangAnnotation"),
    (0x87B1, "GeoAsciiParams"),
    (0x9286, "UserComment"),
    (0x927C, "MakerNote"),
    (0x932F, "DocumentText"),
    (0x9C9B, "XPTitle"),
    (0x9C9C, "XPComment"),
    (0x9C9D, "XPAuthor"),
    (0x9C9E, "XPKeywords"),
    (0x9C9F, "XPSubject"),
    (0xA401, "CustomRendered"),
    (0xA420, "ImageUniqueID"),
    (0xA430, "CameraOwnerName"),
    (0xA431, "BodySerialNumber"),
    (0xA433, "LensMake"),
    (0xA434, "LensModel"),
    (0xA435, "LensSerialNumber"),
    (0xA436, "ImageTitle"),
    (0xA437, "Photographer"),
    (0xA438, "ImageEditor"),
    (0xA43A, "CameraFirmware"),
    (0xA43B, "RAWDevelopingSoftware"),
    (0xA43C, "ImageEditingSoftware"),
    (0xA43D, "MetadataEditingSoftware"),
    (0xA480, "GDALMetadata"),
    (0xC614, "UniqueCameraModel"),
    (0xC68B, "OriginalRawFileName"),
];

/// Times, numbers of versions, and letters for directions.
const SILENT: &[u16] = &[
    0x0132, 0x9000, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292, 0xA000, 0xA004,
    0xA420, 0xA431, 0xA435,
];

/// The name of a tag; `None` for one whose text says nothing.
pub(super) fn name(tag: u16, group: Group) -> Option<String> {
    match group {
        Group::Main | Group::Exif if SILENT.contains(&tag) => None,
        Group::Main | Group::Exif => {
            let known = NAMES.iter().find(|(number, _)| *number == tag);
            Some(known.map_or_else(|| format!("0x{tag:04X}"), |(_, name)| (*name).to_owned()))
        }
        Group::Gps => match tag {
            0x1B => Some("GPSProcessingMethod".to_owned()),
            0x1C => Some("GPSAreaInformation".to_owned()),
            _ => None,
        },
        Group::Exchange => None,
    }
}
