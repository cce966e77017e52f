//! Pages built in code and painted: what is red is red where it should be, what is not
//! in the picture is told, and whatever lies costs its own part only.

use super::*;
use crate::extract::Limits;
use crate::extract::archive::zip::packer::{Packed, pack};
use crate::extract::ofd::tests::parts;

/// Pixels to the millimetre in these tests: 210 by 297 millimetres are as many by four.
const PER_MM: f32 = 4.0;

/// A document of one page with a list of resources.
fn with_resources(page: &str, resources: &str, files: &[(&str, Vec<u8>)]) -> Vec<Packed> {
    let common = "<DocumentRes>Res.xml</DocumentRes>";
    let mut all = parts(common, "", &[page], &[]);
    all.push(Packed::new("Doc_0/Res.xml", format!("<Res BaseLoc=\"Res\">{resources}</Res>")));
    let file =
        |(name, bytes): &(&str, Vec<u8>)| Packed::new(format!("Doc_0/{name}"), bytes.clone());
    all.extend(files.iter().map(file));
    all
}

fn painted_of(parts: Vec<Packed>, page: u32, limits: Limits) -> Result<Painted, Gap> {
    let submission = Submission::file("a.ofd", pack(&parts, b""));
    ofd_page(&submission, page, |_| PER_MM / POINTS, &mut Budget::new(limits))
}

fn painted(parts: Vec<Packed>) -> Painted {
    painted_of(parts, 1, Limits::default()).unwrap()
}

fn page(page: &str) -> Painted {
    painted(parts("", "", &[page], &[]))
}

/// The colour at a place in millimetres.
fn at(painted: &Painted, x: f32, y: f32) -> [u8; 3] {
    let Bitmap { width, ref rgba, .. } = painted.bitmap;
    let first = (((y * PER_MM) as u32 * width + (x * PER_MM) as u32) * 4) as usize;
    [rgba[first], rgba[first + 1], rgba[first + 2]]
}

const RED: [u8; 3] = [255, 0, 0];
const WHITE: [u8; 3] = [255; 3];
const BLACK: [u8; 3] = [0; 3];

#[test]
fn lines_and_surfaces_stand_where_they_should() {
    let square = "M 0 0 L 10 0 L 10 10 L 0 10 C";
    let red = r#"<FillColor Value="255 0 0"/>"#;
    let object = |more: &str, inside: &str, data: &str| {
        format!(
            "<PathObject Boundary=\"20 30 10 10\" {more}>{inside}<AbbreviatedData>{data}\
             </AbbreviatedData></PathObject>"
        )
    };
    let fill = r#"Stroke="false" Fill="true""#;
    let ring = "M 0 0 L 10 0 L 10 10 L 0 10 C M 3 3 L 7 3 L 7 7 L 3 7 C";
    let half = r#"<FillColor Value="255 0 0" Alpha="128"/>"#;
    let axial = r#"<FillColor><AxialShd StartPoint="0 0" EndPoint="10 0"><Segment><Color Value="255 0 0"/>
        </Segment><Segment><Color Value="0 0 255"/></Segment></AxialShd></FillColor>"#;
    for (name, drawn, seen) in [
        ("a surface", object(fill, red, square), [(25.0, 35.0, RED), (18.0, 35.0, WHITE)]),
        // A line is black where no colour is told, and drawn unless it is said not to be.
        (
            "a line",
            object(r#"LineWidth="1""#, "", "M 0 5 L 10 5"),
            [(25.0, 35.0, BLACK), (25.0, 33.0, WHITE)],
        ),
        (
            "a wide red line",
            object(r#"LineWidth="4""#, r#"<StrokeColor Value="255 0 0"/>"#, "M 0 5 L 10 5"),
            [(25.0, 36.5, RED), (25.0, 38.0, WHITE)],
        ),
        ("no colour", object(fill, "", square), [(25.0, 35.0, WHITE); 2]),
        ("non-zero", object(fill, red, ring), [(25.0, 35.0, RED), (21.0, 31.0, RED)]),
        (
            "even-odd",
            object(&format!(r#"{fill} Rule="Even-Odd""#), red, ring),
            [(25.0, 35.0, WHITE), (21.0, 31.0, RED)],
        ),
        (
            "moved by its matrix",
            object(&format!(r#"{fill} CTM="0.5 0 0 0.5 5 5""#), red, square),
            [(27.0, 37.0, RED), (22.0, 32.0, WHITE)],
        ),
        (
            "cut off at its boundary",
            object(fill, red, "M 0 0 L 50 0 L 50 10 L 0 10 C"),
            [(29.0, 35.0, RED), (32.0, 35.0, WHITE)],
        ),
        (
            "clipped",
            object(
                fill,
                &format!(
                    "{red}<Clips><Clip><Area><Path Boundary=\"0 0 10 10\"><AbbreviatedData>\
                     M 0 0 L 5 0 L 5 10 L 0 10 C</AbbreviatedData></Path></Area></Clip></Clips>"
                ),
                square,
            ),
            [(22.0, 35.0, RED), (28.0, 35.0, WHITE)],
        ),
        ("half seen", object(fill, half, square), [(25.0, 35.0, [255, 127, 127]); 2]),
        (
            "unseen",
            object(&format!(r#"{fill} Visible="false""#), red, square),
            [(25.0, 35.0, WHITE); 2],
        ),
        (
            "changing colours",
            object(fill, axial, square),
            [(20.2, 35.0, [249, 0, 6]), (29.8, 35.0, [6, 0, 249])],
        ),
    ] {
        let made = page(&drawn);
        for (x, y, want) in seen {
            let near = at(&made, x, y).iter().zip(want).all(|(a, b)| a.abs_diff(b) <= 3);
            assert!(near, "{name}: {:?} at {x} {y}, not {want:?}", at(&made, x, y));
        }
        assert_eq!(made.not_drawn, [], "{name}");
    }
}

#[test]
fn templates_layers_and_annotations_lie_over_one_another() {
    let surface = |color: &str, x: u32| {
        format!(
            "<PathObject Boundary=\"{x} 10 10 10\" Stroke=\"false\" Fill=\"true\">\
             <FillColor Value=\"{color}\"/><AbbreviatedData>M 0 0 L 10 0 L 10 10 L 0 10 C\
             </AbbreviatedData></PathObject>"
        )
    };
    let common = r#"<TemplatePage ID="7" BaseLoc="T0.xml" ZOrder="Background"/>
                    <TemplatePage ID="8" BaseLoc="T1.xml" ZOrder="Foreground"/>"#;
    let layer = |inside: String| format!("<Page><Content><Layer>{inside}</Layer></Content></Page>");
    let mut all = parts(common, "<Annotations>Annots.xml</Annotations>", &[""], &[]);
    all.retain(|part| part.name != b"Doc_0/Pages/P0.xml");
    let own = format!(
        "<Page><Template TemplateID=\"7\"/><Template TemplateID=\"8\"/><Content><Layer>{}</Layer></Content></Page>",
        surface("0 255 0", 15)
    );
    let annotation = format!(
        "<PageAnnot><Annot Type=\"Stamp\"><Appearance Boundary=\"10 0 50 50\">{}</Appearance></Annot>\
         <Annot Type=\"Stamp\" Visible=\"false\"><Appearance>{}</Appearance></Annot></PageAnnot>",
        surface("0 0 255", 15),
        surface("9 9 9", 100)
    );
    all.extend([
        Packed::new("Doc_0/Pages/P0.xml", own),
        Packed::new("Doc_0/T0.xml", layer(surface("255 0 0", 10))),
        Packed::new("Doc_0/T1.xml", layer(surface("0 0 0", 20))),
        Packed::new(
            "Doc_0/Annots.xml",
            "<Annotations><Page PageID=\"0\"><FileLoc>A.xml</FileLoc></Page></Annotations>",
        ),
        Packed::new("Doc_0/A.xml", annotation),
    ]);
    let made = painted(all);
    let seen = [12.0, 18.0, 23.0, 28.0, 33.0, 105.0].map(|x| at(&made, x, 15.0));
    assert_eq!(seen, [RED, [0, 255, 0], BLACK, [0, 0, 255], [0, 0, 255], WHITE]);
}

/// A font of one glyph, a square of the whole em, for 密.
fn square_font() -> Vec<u8> {
    let be = |numbers: &[i16]| numbers.iter().flat_map(|n| n.to_be_bytes()).collect::<Vec<u8>>();
    let mut head = be(&[1, 0, 0, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000]);
    head.resize(50, 0);
    head.extend(be(&[0, 0]));
    let mut maxp = be(&[1, 0, 2]);
    maxp.resize(32, 0);
    let mut hhea = be(&[1, 0, 1000, 0, 0, 1000]);
    hhea.resize(34, 0);
    hhea.extend(be(&[2]));
    let mut glyf = be(&[1, 0, 0, 1000, 1000, 3, 0]);
    glyf.extend([1; 4]);
    glyf.extend(be(&[0, 0, 1000, 0, 0, 1000, 0, -1000]));
    let loca = be(&[0, 0, (glyf.len() / 2) as i16]);
    let mut cmap = be(&[0, 1, 3, 10, 0, 12]);
    for number in [0x000C_0000_u32, 28, 0, 1, 0x5BC6, 0x5BC6, 1] {
        cmap.extend(number.to_be_bytes());
    }
    let hmtx = be(&[1000, 0, 1000, 0]);
    let tables: [(&[u8; 4], &[u8]); 7] = [
        (b"cmap", &cmap),
        (b"glyf", &glyf),
        (b"head", &head),
        (b"hhea", &hhea),
        (b"hmtx", &hmtx),
        (b"loca", &loca),
        (b"maxp", &maxp),
    ];
    let mut file = vec![0, 1, 0, 0, 0, 7, 0, 64, 0, 2, 0, 48];
    let mut place = 12 + 16 * tables.len();
    for (tag, table) in tables {
        file.extend(tag);
        file.extend([0; 4]);
        file.extend((place as u32).to_be_bytes());
        file.extend((table.len() as u32).to_be_bytes());
        place += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

const FONT: &str = r#"<Fonts><Font ID="1" FontName="Own"><FontFile>f.ttf</FontFile></Font>
    <Font ID="2" FontName="宋体" Bold="true"/></Fonts>"#;

#[test]
fn characters_are_drawn_in_their_own_font_or_handed_over() {
    let text = r#"<TextObject Boundary="20 30 60 10" Font="1" Size="10"><FillColor Value="255 0 0"/>
          <TextCode X="0" Y="10" DeltaX="20 20">密级密</TextCode></TextObject>
        <TextObject Boundary="20 60 60 10" Font="1" Size="10">
          <CGTransform CodePosition="1" CodeCount="1" GlyphCount="1"><Glyphs>1</Glyphs></CGTransform>
          <TextCode X="0" Y="10" DeltaX="g 2 20">abc</TextCode></TextObject>
        <TextObject Boundary="20 90 60 10" Font="2" Size="5"><FillColor Value="0 0 255"/>
          <TextCode X="0" Y="10" DeltaX="6 6">机 密</TextCode></TextObject>"#;
    let made = painted(with_resources(text, FONT, &[("Res/f.ttf", square_font())]));
    // 密 is a square on the baseline; 级 is not in the font.
    assert_eq!([25.0, 45.0, 65.0].map(|x| at(&made, x, 35.0)), [RED, WHITE, RED]);
    assert_eq!([25.0, 45.0, 65.0].map(|x| at(&made, x, 65.0)), [WHITE, BLACK, WHITE]);
    let told: Vec<_> =
        made.lettering.iter().map(|one| (&*one.text, one.color, one.is_bold)).collect();
    assert_eq!(told, [("级", RED, false), ("ac", BLACK, false), ("机密", [0, 0, 255], true)]);
    let last = &made.lettering[2];
    let near = |a: f32, mm: f32| (a - mm * POINTS).abs() < 0.01;
    assert!(near(last.places[1][0], 32.0) && near(last.places[1][1], 100.0), "{last:?}");
    assert!(near(last.size, 5.0) && last.angle == 0.0);
}

#[test]
fn what_is_covered_is_not_set_over_its_cover() {
    let text = |y: u32| {
        format!(
            "<TextObject Boundary=\"20 {y} 60 10\" Font=\"2\" Size=\"5\"><TextCode X=\"0\" Y=\"8\" \
             DeltaX=\"6\">机密</TextCode></TextObject>"
        )
    };
    let cover = "<PathObject Boundary=\"18 28 9 14\" Stroke=\"false\" Fill=\"true\"><FillColor Value=\"0 0 0\"/>\
         <AbbreviatedData>M 0 0 L 9 0 L 9 14 L 0 14 C</AbbreviatedData></PathObject>";
    let made = painted(with_resources(&format!("{}{cover}{}", text(30), text(60)), FONT, &[]));
    let told: Vec<_> = made.lettering.iter().map(|one| &*one.text).collect();
    assert_eq!(told, ["密", "机密"]);
}

fn picture() -> Vec<u8> {
    // Two pixels, red and blue, as a bitmap from the bottom up.
    let mut file =
        b"BM\x3E\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\x18\0".to_vec();
    file.resize(54, 0);
    file.extend([0, 0, 255, 255, 0, 0, 0, 0]);
    file
}

const MEDIA: &str = r#"<MultiMedias><MultiMedia ID="5" Type="Image"><MediaFile>p.bmp</MediaFile></MultiMedia></MultiMedias>"#;

#[test]
fn pictures_fill_the_square_of_their_matrix() {
    let object = r#"<ImageObject Boundary="20 30 40 10" ResourceID="5" CTM="40 0 0 10 0 0"/>
        <ImageObject Boundary="20 60 40 10" ResourceID="5" CTM="0 10 -40 0 40 0"/>
        <ImageObject Boundary="20 90 40 10" ResourceID="5"/>
        <ImageObject Boundary="20 120 40 10" ResourceID="9"/>"#;
    let made = painted(with_resources(object, MEDIA, &[("Res/p.bmp", picture())]));
    let blue = [0, 0, 255];
    for (y, want) in [(35.0, [RED, blue]), (95.0, [RED, blue]), (125.0, [WHITE; 2])] {
        assert_eq!([22.0, 58.0].map(|x| at(&made, x, y)), want, "{y}");
    }
    // Turned a quarter: red above blue.
    assert_eq!([60.5, 69.5].map(|y| at(&made, 40.0, y)), [RED, blue]);
    let told: Vec<_> = made.not_drawn.iter().map(|gap| &*gap.detail).collect();
    assert_eq!(told, ["the file of a picture is not there"]);
}

#[test]
fn seals_lie_on_the_page_like_ink() {
    use super::seal::tests::der;
    let inner = [der(0x16, b"bmp"), der(4, &picture()), der(2, &[4]), der(2, &[4])].concat();
    let seal = der(0x30, &der(0x30, &inner));
    let line = "<PathObject Boundary=\"0 30 100 10\" LineWidth=\"2\"><AbbreviatedData>M 0 5 L 100 5</AbbreviatedData></PathObject>";
    let mut all = parts("", "", &[line], &[]);
    let root = all.iter_mut().find(|part| part.name == b"OFD.xml").unwrap();
    *root = Packed::new(
        "OFD.xml",
        "<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot><Signatures>/Signs.xml</Signatures></DocBody></OFD>",
    );
    let signed = r#"<Signature><SignedInfo><StampAnnot ID="1" PageRef="0" Boundary="20 30 40 10"/>
        <StampAnnot ID="2" PageRef="0" Boundary="80 30 40 10" Clip="0 0 10 10"/>
        <StampAnnot ID="3" PageRef="9" Boundary="0 100 40 10"/></SignedInfo>
        <SignedValue>value.dat</SignedValue></Signature>"#;
    all.extend([
        Packed::new(
            "Signs.xml",
            "<Signatures><Signature ID=\"1\" BaseLoc=\"S/Signature.xml\"/></Signatures>",
        ),
        Packed::new("S/Signature.xml", signed),
        Packed::new("S/value.dat", seal),
    ]);
    let made = painted(all);
    // Black under red ink stays black.
    assert_eq!([32.0, 35.0].map(|y| at(&made, 22.0, y)), [RED, BLACK]);
    assert_eq!(at(&made, 58.0, 32.0), [0, 0, 255]);
    assert_eq!([82.0, 118.0].map(|x| at(&made, x, 32.0)), [RED, WHITE]);
    assert_eq!(at(&made, 2.0, 105.0), WHITE);
    assert_eq!(made.not_drawn, []);
}

#[test]
fn pages_are_counted_as_they_are_read() {
    let red = "<PathObject Boundary=\"0 0 210 297\" Fill=\"true\"><FillColor Value=\"255 0 0\"/><AbbreviatedData>M 0 0 L 210 0 L 210 297 L 0 297 C</AbbreviatedData></PathObject>";
    let all = || parts("", "", &["", red, ""], &[]);
    let seen = |page| painted_of(all(), page, Limits::default()).map(|made| at(&made, 50.0, 50.0));
    assert_eq!([1, 2, 3].map(|page| seen(page).unwrap()), [WHITE, RED, WHITE]);
    for page in [0, 4, u32::MAX] {
        assert_eq!(seen(page).unwrap_err().kind, GapKind::MissingPart);
    }
}

#[test]
fn what_lies_is_told_and_costs_its_own_part_only() {
    let composites = r#"<CompositeGraphicUnits><CompositeGraphicUnit ID="6"><Content>
        <CompositeObject Boundary="0 0 10 10" ResourceID="6"/></Content></CompositeGraphicUnit></CompositeGraphicUnits>"#;
    let page = r#"<PathObject CTM="1e6 0 0 1e6 1e6 1e6"><AbbreviatedData>M -1e6 -1e6 B 1e6 1e6 9e6 0 -9e6 1 A 9e6 9e6 0 1 1 5 5</AbbreviatedData></PathObject>
        <CompositeObject Boundary="0 0 10 10" ResourceID="6"/>
        <TextObject Boundary="20 30 60 10" Font="1" Size="10"><TextCode X="0" Y="10">密</TextCode></TextObject>
        <ImageObject Boundary="20 60 40 10" ResourceID="5"/>
        <PathObject Boundary="20 90 10 10" Stroke="false" Fill="true"><FillColor><Pattern Width="1" Height="1"><CellContent/></Pattern></FillColor><AbbreviatedData>M 0 0 L 9 0 L 9 9 C</AbbreviatedData></PathObject>
        <PathObject Boundary="100 100 10 10" Fill="true"><FillColor Value="255 0 0"/><AbbreviatedData>M 0 0 L 10 0 L 10 10 L 0 10 C</AbbreviatedData></PathObject>"#;
    let resources = format!("{FONT}{MEDIA}{composites}");
    let broken = vec![("Res/f.ttf", b"\0\x01\0\0 no font".to_vec()), ("Res/p.bmp", b"BM".to_vec())];
    let made = painted(with_resources(page, &resources, &broken));
    assert_eq!(at(&made, 105.0, 105.0), RED);
    let told: Vec<_> = made.not_drawn.iter().map(|gap| &*gap.detail).collect();
    assert_eq!(
        told,
        [
            "composite objects hold one another too deep",
            "a font of the file cannot be read: Doc_0/Res/f.ttf",
            "Doc_0/Res/p.bmp: the picture cannot be drawn: it breaks off in its header",
            "a pattern or a change of colours of a kind that is not drawn",
        ]
    );
    // The character is there all the same.
    assert_eq!(made.lettering.len(), 1);

    // A page of any size is a picture of bounded size, or a gap.
    for size in ["0 0 9e6 9e6", "0 0 1e-9 1e-9", "0 0 9e6 0.001", "0 0 -5 5", "0 0 0 0"] {
        let root = format!("<PhysicalBox>{size}</PhysicalBox>");
        let mut all = parts("", "", &[""], &[]);
        let page = format!("<Page><Area>{root}</Area><Content/></Page>");
        all.retain(|part| part.name != b"Doc_0/Pages/P0.xml");
        all.push(Packed::new("Doc_0/Pages/P0.xml", page));
        match painted_of(all, 1, Limits::default()) {
            Ok(made) => assert!(made.bitmap.rgba.len() < 200_000_000, "{size}"),
            Err(gap) => assert_eq!(gap.kind, GapKind::Limit(Limit::Memory), "{size}"),
        }
    }

    // Work is counted.
    let many = "<PathObject Boundary=\"0 0 210 297\" Fill=\"true\"><FillColor Value=\"1 2 3\"/><AbbreviatedData>M 0 0 L 210 0 L 210 297 L 0 297 C</AbbreviatedData></PathObject>".repeat(200);
    let limits = Limits { steps: 1_000_000, ..Limits::default() };
    let spent = painted_of(parts("", "", &[&many], &[]), 1, limits).unwrap_err();
    assert_eq!(spent.kind, GapKind::Limit(Limit::Time));
}

#[test]
fn whatever_is_changed_is_a_picture_or_a_gap() {
    let page = r#"<TextObject Boundary="20 30 60 10" Font="1" Size="10"><CGTransform CodePosition="1" CodeCount="1"><Glyphs>1 1</Glyphs></CGTransform><TextCode X="0" Y="10" DeltaX="g 2 20">密级密</TextCode></TextObject><ImageObject Boundary="20 60 40 10" ResourceID="5" CTM="40 0 0 10 0 0"/><PathObject Boundary="20 90 10 10" LineWidth="1" DashPattern="1 2" Fill="true"><FillColor><RadialShd StartPoint="1 1" EndPoint="5 5" EndRadius="4" MapType="Reflect" MapUnit="2"><Segment Position="0"><Color Value="1 2 3"/></Segment></RadialShd></FillColor><Clips><Clip><Area><Path><AbbreviatedData>M 0 0 L 9 0 L 9 9 C</AbbreviatedData></Path></Area></Clip></Clips><AbbreviatedData>M 0 0 L 9 0 A 3 3 0 1 0 9 9 C</AbbreviatedData></PathObject>"#;
    let files = || vec![("Res/f.ttf", square_font()), ("Res/p.bmp", picture())];
    let resources = format!("{FONT}{MEDIA}");
    let limits = Limits { steps: 300_000, ..Limits::default() };
    let mut drawn = 0;
    let places: Vec<usize> = page.char_indices().map(|(at, _)| at).step_by(9).collect();
    for (n, at) in places.into_iter().enumerate() {
        let with = ["", "9999999", "-", "\"", "<", "1e38", "NaN "][n % 7];
        let (before, behind) = page.split_at(at);
        let behind = behind.get(n % 2..).unwrap_or(behind);
        let changed = format!("{before}{with}{behind}");
        let all = with_resources(&changed, &resources, &files());
        drawn += usize::from(painted_of(all, 1, limits.clone()).is_ok());
    }
    assert!(drawn > 40, "{drawn}");
}

#[test]
fn fonts_that_lie_have_no_outline_or_any() {
    let font = square_font();
    for place in 0..font.len() {
        for bits in [0x01, 0x80, 0xFF] {
            let mut changed = font.clone();
            changed[place] ^= bits;
            if let Some(mut face) = super::font::Face::new(changed) {
                let _ = face.glyph('密').and_then(|glyph| face.outline(glyph));
                let _ = (face.outline(1), face.advance(1), face.outline(u16::MAX));
            }
        }
        let _ = super::font::Face::new(font[..place].to_vec());
    }
    let mut face = super::font::Face::new(font).unwrap();
    assert_eq!((face.glyph('密'), face.glyph('级'), face.advance(1)), (Some(1), None, Some(1.0)));
    assert!(face.outline(1).is_some_and(|outline| outline.elements().len() >= 5));
}
