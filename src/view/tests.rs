//! What is shown is what was asked for, and boxes lie where the words are.

use super::*;
use crate::model::Origin;

fn viewer() -> Viewer {
    Viewer::new(Limits::default(), Passwords::default())
}

/// A page of 400 by 300 points that says a few words at two places, and a second that is empty.
fn pdf() -> Vec<u8> {
    let drawing = "BT /F 20 Tf 50 230 Td (SECRET words) Tj 0 -100 Td (plain) Tj ET";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2/MediaBox[0 0 400 300]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        format!("<</Length {}>>stream\n{drawing}\nendstream", drawing.len()),
        "<</Type/Page/Parent 2 0 R/Rotate 90>>".to_owned(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut table = String::from("xref\n0 7\n0000000000 65535 f \n");
    for (object, number) in objects.iter().zip(1..) {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend(format!("{number} 0 obj{object}\nendobj\n").bytes());
    }
    let start = file.len();
    file.extend(format!("{table}trailer<</Size 7/Root 1 0 R>>\nstartxref\n{start}\n%%EOF").bytes());
    file
}

fn wanted(name: &str, bytes: &[u8], what: What) -> Wanted {
    let sha256 = digest(bytes);
    Wanted { trail: vec![name.into()], part_sha256: sha256.clone(), file_sha256: sha256, what }
}

fn sheet(name: &str, bytes: &[u8], at: At, spans: &[[u64; 2]]) -> Result<Sheet, Gap> {
    let wanted = wanted(name, bytes, What::Sheet(at, spans.to_vec()));
    let view = check(viewer().look(bytes.to_vec(), &wanted)?, &wanted)?;
    let View::Sheet(sheet) = view else { panic!("{view:?}") };
    Ok(sheet)
}

fn picture(name: &str, bytes: &[u8], page: u32) -> Result<Picture, Gap> {
    let wanted = wanted(name, bytes, What::Picture(page));
    let view = check(viewer().look(bytes.to_vec(), &wanted)?, &wanted)?;
    let View::Picture(picture) = view else { panic!("{view:?}") };
    Ok(picture)
}

/// A picture's pixels: how many of a box (in parts of the whole) are dark.
fn ink(picture: &Picture, [x0, y0, x1, y1]: [f32; 4]) -> usize {
    let budget = &mut Budget::new(Limits::default());
    let (bitmap, _) = crate::extract::picture(&picture.png, 1, u32::MAX, budget).unwrap();
    assert_eq!((bitmap.width, bitmap.height), (picture.width, picture.height));
    let at = |part: f32, whole: u32| (part * whole as f32) as u32;
    let rows = at(y0, bitmap.height)..at(y1, bitmap.height).min(bitmap.height);
    rows.flat_map(|y| (at(x0, bitmap.width)..at(x1, bitmap.width)).map(move |x| (x, y)))
        .filter(|(x, y)| bitmap.rgba[((y * bitmap.width + x) * 4) as usize] < 128)
        .count()
}

#[test]
fn boxes_lie_where_the_words_are() {
    let bytes = pdf();
    let shown = sheet("a.pdf", &bytes, At::Page(1, 0), &[[0, 6], [7, 12], [13, 18]]).unwrap();
    let texts: Vec<_> = shown.lines.iter().map(|line| &*line.text).collect();
    assert_eq!(texts, ["SECRET words", "plain"]);
    assert_eq!((shown.page, shown.pages, shown.size), (1, 2, Some([400.0, 300.0])));
    assert!(shown.is_drawn && shown.has_beside);
    let drawn = picture("a.pdf", &bytes, 1).unwrap();
    assert_eq!((drawn.width, drawn.height), (833, 624));
    let mut inside = 0;
    for place in &shown.places {
        let [(1, place)] = place.boxes[..] else { panic!("{place:?}") };
        let part = [place.x0 / 400.0, place.y0 / 300.0, place.x1 / 400.0, place.y1 / 300.0];
        let dark = ink(&drawn, part);
        assert!(dark > 100, "{place:?} has {dark}");
        inside += dark;
    }
    let all = ink(&drawn, [0.0, 0.0, 1.0, 1.0]);
    // What is beside the boxes is the edge of letters at most.
    assert!(inside * 100 >= all * 97, "{inside} of {all}");
}

#[test]
fn pages_are_turned_as_they_are_shown_and_numbered_from_one() {
    let bytes = pdf();
    let turned = picture("a.pdf", &bytes, 2).unwrap();
    assert_eq!((turned.width, turned.height), (624, 833));
    assert_eq!(ink(&turned, [0.0, 0.0, 1.0, 1.0]), 0);
    for page in [0, 3, u32::MAX] {
        assert_eq!(picture("a.pdf", &bytes, page).unwrap_err().kind, GapKind::MissingPart);
    }
    for at in [At::Page(3, 0), At::Page(1, 1), At::Page(u32::MAX, u32::MAX)] {
        assert_eq!(sheet("a.pdf", &bytes, at, &[]).unwrap_err().kind, GapKind::MissingPart);
    }
    let name = sheet("a.pdf", &bytes, At::Page(0, 0), &[]).unwrap();
    assert_eq!(name.lines.last().unwrap().region, Region::FileName);
    assert!(!name.is_drawn);
}

#[test]
fn a_long_text_comes_in_stretches_and_a_long_line_in_pieces() {
    let mut text = "行\n".repeat(1000);
    text += &"长".repeat(1200);
    let bytes = text.as_bytes();
    // The last character of the text of the file, and the first of its name.
    let spans = [[3199, 3200], [0, 1], [2000, 2001], [3201, 3205]];
    let first = sheet("a.txt", bytes, At::Page(1, 0), &spans).unwrap();
    assert_eq!((first.lines.len(), first.stretches), (400, 3));
    let places: Vec<_> = first.places.iter().map(|place| (place.page, place.stretch)).collect();
    assert_eq!(places, [(1, 2), (1, 0), (1, 2), (0, 0)]);
    // What may be asked for next comes along.
    let around: Vec<_> = first.around.iter().map(|one| (one.page, one.stretch)).collect();
    assert_eq!(around, [(1, 1)]);
    let own = sheet("a.txt", bytes, At::Page(1, 1), &spans).unwrap();
    assert_eq!(own.lines, first.around[0].lines);
    let found = sheet("a.txt", bytes, At::Char(3199), &[]).unwrap();
    assert_eq!((found.page, found.stretch, found.lines.len()), (1, 2, 203));
    let pieces: Vec<_> = found.lines[200..].iter().map(|l| (l.goes_on, l.from, l.number)).collect();
    assert_eq!(pieces, [(false, 2000, 1001), (true, 2500, 1001), (true, 3000, 1001)]);
    assert_eq!(found.lines[202].text.chars().count(), 200);
}

#[test]
fn a_part_is_found_by_its_trail_and_digest() {
    let inner = b"From: a@b\r\nSubject: inner\r\n\r\nsecret\r\n";
    let mail = |name: &str, text: &str| {
        format!(
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; \
             filename=\"{name}\"\r\n\r\n{text}\r\n"
        )
    };
    let outer = format!(
        "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         {}{}{}--b--\r\n",
        mail("x.txt", "one"),
        mail("x.txt", "two"),
        mail("y.eml", &String::from_utf8_lossy(inner)),
    );
    let outer = outer.as_bytes();
    let budget = &mut Budget::new(Limits::default());
    let file = Submission::file("m.eml", outer.to_vec());
    let children = crate::extract::extract(&file, budget).children;
    assert!(children.len() >= 3, "{children:?}");
    for child in children.iter().filter(|child| child.origin == Origin::Attachment) {
        let wanted = Wanted {
            trail: child.provenance.names().to_vec(),
            file_sha256: digest(outer),
            part_sha256: digest(&child.bytes),
            what: What::Sheet(At::Page(1, 0), Vec::new()),
        };
        let shown = viewer().look(outer.to_vec(), &wanted).unwrap();
        let View::Sheet(shown) = shown else { panic!("{shown:?}") };
        let whole = String::from_utf8_lossy(&child.bytes);
        assert!(whole.contains(&*shown.lines[0].text), "{whole}: {:?}", shown.lines[0]);
        let other = Wanted { part_sha256: digest(b"another"), ..wanted.clone() };
        let lost = viewer().look(outer.to_vec(), &other).unwrap_err();
        assert_eq!(lost.kind, GapKind::MissingPart);
        let changed = viewer().look([outer, b"."].concat(), &wanted).unwrap_err();
        assert_eq!(changed.detail, "the file is not the one that was examined");
    }
}

#[test]
fn pictures_are_shown_and_other_formats_say_that_they_are_not() {
    let mut file = Vec::new();
    let rgba = [[0, 0, 0, 255], [255; 4]].concat().repeat(300 * 50);
    let bitmap = crate::model::Bitmap { width: 300, height: 100, rgba, missing: 0 };
    png::png(&bitmap, 72, &mut file).unwrap();
    let shown = picture("a.png", &file, 1).unwrap();
    assert_eq!((shown.width, shown.height), (300, 100));
    assert_eq!(ink(&shown, [0.0, 0.0, 1.0, 1.0]), 15_000);
    let gap = picture("a.txt", b"text", 1).unwrap_err();
    assert_eq!(gap.kind, GapKind::Unsupported);
}

#[test]
fn an_answer_that_is_none_is_refused() {
    let bytes = pdf();
    let drawn = picture("a.pdf", &bytes, 1).unwrap();
    let asked = wanted("a.pdf", &bytes, What::Picture(1));
    let at_spans = wanted("a.pdf", &bytes, What::Sheet(At::Page(1, 0), vec![[0, 6]]));
    let shown = sheet("a.pdf", &bytes, At::Page(1, 0), &[[0, 6]]).unwrap();
    let cut = drawn.png[..drawn.png.len() - 1].to_vec();
    let page = [b"<script>", &drawn.png[..]].concat();
    let line = &shown.lines[0];
    let long = Line { text: "x".repeat(501), ..line.clone() };
    let beyond = Line { looks: vec![([0, 99], Look::default())], ..line.clone() };
    let back =
        Line { looks: vec![([3, 4], Look::default()), ([1, 2], Look::default())], ..line.clone() };
    let nowhere = Line { place: Some(Rect { x0: f32::NAN, ..Rect::default() }), ..line.clone() };
    let mut cases = vec![
        (View::Sheet(shown.clone()), &asked),
        (View::Picture(drawn.clone()), &at_spans),
        (View::Picture(Picture { width: 835, ..drawn.clone() }), &asked),
        (View::Picture(Picture { png: cut, ..drawn.clone() }), &asked),
        (View::Picture(Picture { png: page, ..drawn.clone() }), &asked),
        (View::Sheet(Sheet { places: Vec::new(), ..shown.clone() }), &at_spans),
        (View::Sheet(Sheet { page: 9, ..shown.clone() }), &at_spans),
        (View::Sheet(Sheet { size: Some([0.0, 1.0]), ..shown.clone() }), &at_spans),
        (View::Sheet(Sheet { lines: vec![line.clone(); 401], ..shown.clone() }), &at_spans),
    ];
    let within = Sheet { around: vec![shown.clone()], ..shown.clone() };
    cases.extend([
        (View::Sheet(Sheet { around: vec![within], ..shown.clone() }), &at_spans),
        (View::Sheet(Sheet { around: vec![shown.clone(); 6], ..shown.clone() }), &at_spans),
    ]);
    for line in [long, beyond, back, nowhere] {
        cases.push((View::Sheet(Sheet { lines: vec![line], ..shown.clone() }), &at_spans));
    }
    for (view, wanted) in cases {
        let refused = check(view, wanted).unwrap_err();
        assert_eq!(refused.kind, GapKind::Crashed);
    }
    assert!(check(View::Picture(drawn), &asked).is_ok());
    assert!(check(View::Sheet(shown), &at_spans).is_ok());
}
