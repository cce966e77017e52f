//! The page that shows a document: what the template fills in.

use askama::Template;

use super::hits::{Hit, Withheld, around, hits};
use super::text::{self, LineView};
use super::{NotShown, Shown, Told};
use crate::console::page::{Page, shown};
use crate::console::state::Console;
use crate::console::who::Signed;
use crate::console::words;
use crate::model::{Gap, Lettering, Rect, hex};
use crate::record::{Docket, Part};
use crate::report::Lang;
use crate::view::Sheet;

/// A box of a hit, in the units of the drawing.
pub(super) struct BoxView {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
    /// Its hit, by its place among those of the part.
    pub(super) hit: usize,
}

/// Text at its place, where a page is only sketched.
pub(super) struct Stroke {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) size: String,
    pub(super) text: String,
}

/// Characters that are set over the picture, since their font is not in the file.
pub(super) struct Letters {
    /// Where each stands.
    pub(super) x: String,
    pub(super) y: String,
    pub(super) size: String,
    /// `#rrggbb`.
    pub(super) color: String,
    pub(super) is_bold: bool,
    /// A turn around its place, or nothing.
    pub(super) turn: String,
    pub(super) text: String,
}

/// The page as something to look at.
pub(super) struct Drawing {
    pub(super) width: String,
    pub(super) height: String,
    /// The address of its picture.
    pub(super) picture: Option<String>,
    pub(super) letters: Vec<Letters>,
    pub(super) strokes: Vec<Stroke>,
    pub(super) boxes: Vec<BoxView>,
}

/// A document of the matter, to go to.
pub(super) struct PartLink {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) depth: usize,
    pub(super) read: String,
    pub(super) findings: usize,
    pub(super) gaps: usize,
    pub(super) address: String,
    pub(super) is_here: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "view.html")]
pub(super) struct SheetPage {
    pub(super) page: Page,
    pub(super) matter: i64,
    pub(super) part: u32,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) parts: Vec<PartLink>,
    /// Where in the document this is, in words.
    pub(super) place: String,
    /// Ways to other pages: address and words.
    pub(super) ways: Vec<(String, String)>,
    /// Why nothing, or no text, is shown.
    pub(super) refusals: Vec<String>,
    /// What else is to be said of the picture.
    pub(super) remarks: Vec<String>,
    /// What was not read: title, rule, detail.
    pub(super) gaps: Vec<(String, String, String)>,
    pub(super) drawing: Option<Drawing>,
    pub(super) lines: Vec<LineView>,
    /// Hits of this part.
    pub(super) hits: Vec<Hit>,
    /// Those of them that stand here.
    pub(super) here: Vec<usize>,
    pub(super) before: Option<Hit>,
    pub(super) behind: Option<Hit>,
    /// Whether text is shown.
    pub(super) has_text: bool,
}

impl SheetPage {
    pub(super) fn of(
        console: &Console,
        signed: &Signed,
        (matter, number): (i64, u32),
        docket: &Docket,
        made: Shown,
        (withheld, no_picture): (Option<Withheld>, Option<Withheld>),
        asked: u32,
    ) -> Self {
        let lang = signed.lang;
        let (evidence, dictionary) = (&docket.evidence, &console.dictionary);
        let part = evidence.parts.get(number as usize - 1);
        let all = hits(evidence, matter, dictionary, lang);
        let own: Vec<Hit> = all.iter().filter(|hit| hit.part == number).cloned().collect();
        let mut made_here = Self {
            page: Page::of(signed, "", String::new()),
            matter,
            part: number,
            name: part.map(|part| shown(&part.path.join(" › "))).unwrap_or_default(),
            media_type: part.map(|part| shown(&part.media_type)).unwrap_or_default(),
            parts: links(&evidence.parts, matter, number, lang),
            place: String::new(),
            ways: Vec::new(),
            refusals: withheld.into_iter().map(|why| why.words(lang).to_owned()).collect(),
            remarks: Vec::new(),
            gaps: Vec::new(),
            drawing: None,
            lines: Vec::new(),
            here: Vec::new(),
            before: None,
            behind: None,
            has_text: withheld.is_none(),
            hits: own,
        };
        let gap = |gap: &Gap| {
            let rule = gap.kind.rule();
            (
                words::rule_title(dictionary, rule, lang),
                rule.to_owned(),
                shown(&lang.message(&gap.detail)),
            )
        };
        let head = format!("/matters/{matter}/parts/{number}/pages");
        match made.sheet {
            Err(why) => {
                made_here.place = page_words(asked, 0, lang);
                made_here.has_text = false;
                match why {
                    NotShown::Absent(absent) => {
                        made_here.refusals.push(lang.of(&absent.words()).to_owned());
                    }
                    NotShown::Failed(failed) => {
                        let says = lang.pick("The document could not be shown.", "文件无法显示。");
                        made_here.refusals.push(says.to_owned());
                        made_here.gaps.push(gap(&failed));
                    }
                }
                let (before, behind) = around(&all, number, 0, |hit| hit.part == number);
                (made_here.before, made_here.behind) = (before.cloned(), behind.cloned());
            }
            Ok(sheet) => {
                made_here.gaps = sheet.gaps.iter().map(gap).collect();
                made_here.place = place_words(&sheet, lang);
                made_here.ways = ways(&sheet, &head, lang);
                made_here.stands(&sheet, part, &all);
                if withheld.is_none() {
                    let lines = sheet.lines.iter();
                    made_here.lines =
                        lines.map(|line| text::line(line, &made_here.hits, lang)).collect();
                }
                made_here.draw(&sheet, made.picture, (withheld, no_picture), &head, lang);
            }
        }
        let (part, place) = (number, &made_here.place);
        made_here.page.title = lang.pick(
            format!("Matter {matter}, part {part}, {place}"),
            format!("事项{matter} 部分{part} {place}"),
        );
        made_here
    }

    /// Which hits stand on this page, and those before and behind them.
    fn stands(&mut self, sheet: &Sheet, part: Option<&Part>, all: &[Hit]) {
        let findings = part.map(|part| part.findings.as_slice()).unwrap_or_default();
        let here: Vec<&str> = findings
            .iter()
            .zip(&sheet.places)
            .filter(|(_, place)| (place.page, place.stretch) == (sheet.page, sheet.stretch))
            .map(|(found, _)| found.id.as_str())
            .collect();
        let is_here = |hit: &Hit| hit.part == self.part && here.contains(&hit.id.as_str());
        let from = sheet.lines.first().map_or(0, |line| line.from as usize);
        let (before, behind) = around(all, self.part, from, is_here);
        (self.before, self.behind) = (before.cloned(), behind.cloned());
        self.here = (0..self.hits.len()).filter(|at| is_here(&self.hits[*at])).collect();
        // Boxes by finding, in the order of the hits.
        let boxes = findings.iter().zip(&sheet.places).flat_map(|(found, place)| {
            let hit = self.hits.iter().position(|hit| hit.id == found.id);
            let here = place.boxes.iter().filter(|(page, _)| *page == sheet.page);
            here.filter_map(move |(_, place)| Some(boxed(place, hit?)))
        });
        let boxes: Vec<BoxView> = boxes.collect();
        if let Some([width, height]) = sheet.size {
            let (width, height) = (points(width), points(height));
            let (letters, strokes) = (Vec::new(), Vec::new());
            self.drawing = Some(Drawing { width, height, picture: None, letters, strokes, boxes });
        }
    }

    /// The picture of the page, or a sketch of it, or a word on why there is none.
    fn draw(
        &mut self,
        sheet: &Sheet,
        picture: Option<Result<Told, Gap>>,
        (withheld, no_picture): (Option<Withheld>, Option<Withheld>),
        head: &str,
        lang: Lang,
    ) {
        if no_picture.is_some() && withheld.is_none() && sheet.is_drawn {
            let words = lang.pick(
                "Something packed in this part is marked above what this machine may hold (setting host_level): no picture of it is shown.",
                "该部分所含内容标志的密级高于本机可存储的最高密级（设置host_level）：不显示其图像。",
            );
            self.remarks.push(words.to_owned());
        }
        match picture {
            Some(Ok(told)) => {
                let Told { width, height, missing, .. } = told;
                // Where the size of a page is not told, it is that of its picture.
                let scale = if told.lettering.is_empty() { 1.0 } else { 72.0 / 150.0 };
                let [width, height] = [width, height].map(|side| side as f32 * scale);
                let drawing = self.drawing.get_or_insert_with(|| Drawing {
                    width: points(width),
                    height: points(height),
                    picture: None,
                    letters: Vec::new(),
                    strokes: Vec::new(),
                    boxes: Vec::new(),
                });
                drawing.picture = Some(format!("{head}/{}.png", sheet.page));
                drawing.letters = told.lettering.iter().map(letters).collect();
                let set: usize = told.lettering.iter().map(|one| one.places.len()).sum();
                if set > 0 {
                    self.remarks.push(lang.pick(
                        format!("{set} characters are in fonts that are not in the file: they stand at their places in a font of this browser."),
                        format!("{set}个字符所用字体未嵌入文件，以本浏览器的字体显示在原位置。"),
                    ));
                }
                for gap in &told.not_drawn {
                    let (rule, detail) = (gap.kind.rule(), &gap.detail);
                    self.remarks.push(lang.pick(
                        format!("Not drawn: {rule}: {}", shown(detail)),
                        format!("未绘制：{rule}：{}", shown(&lang.message(detail))),
                    ));
                }
                if missing > 0 {
                    self.remarks.push(lang.pick(
                        format!("{missing} characters are in fonts that are not in the file: they may not be in the picture. The text has them."),
                        format!("{missing}个字符所用字体未嵌入文件，图像中可能缺失；文字栏中完整。"),
                    ));
                }
                return;
            }
            Some(Err(gap)) => self.remarks.push(lang.pick(
                format!("The page could not be drawn: {}: {}", gap.kind.rule(), shown(&gap.detail)),
                format!("该页无法绘制：{}：{}", gap.kind.rule(), shown(&lang.message(&gap.detail))),
            )),
            None => {}
        }
        if let (Some(drawing), None, None) = (&mut self.drawing, withheld, no_picture) {
            drawing.strokes = sheet.lines.iter().filter_map(stroke).collect();
            self.remarks.push(
                lang.pick(
                    "A sketch: text stands at its places; fonts, lines, fills and pictures are not drawn.",
                    "示意图：文字按原位置排列，字体、线条、填充和图片未绘制。",
                )
                .to_owned(),
            );
        }
    }

    /// The hit of a number.
    pub(super) fn hit(&self, at: &usize) -> &Hit {
        &self.hits[*at]
    }
}

fn links(parts: &[Part], matter: i64, here: u32, lang: Lang) -> Vec<PartLink> {
    let link = |(part, number): (&Part, u32)| PartLink {
        number,
        name: shown(part.path.last().map_or("", String::as_str)),
        depth: part.path.len().min(6),
        read: words::read(&part.read, lang),
        findings: part.findings.len(),
        gaps: part.gaps.len(),
        address: format!("/matters/{matter}/parts/{number}/pages/1"),
        is_here: number == here,
    };
    parts.iter().zip(1..).map(link).collect()
}

/// `page 3 of 7`; 0 is what stands on none.
fn page_words(page: u32, pages: u32, lang: Lang) -> String {
    match (page, pages) {
        (0, _) => lang.pick("beside the pages", "页面之外").to_owned(),
        (_, 0) => lang.pick(format!("page {page}"), format!("第{page}页")),
        _ => lang.pick(format!("page {page} of {pages}"), format!("第{page}页，共{pages}页")),
    }
}

fn place_words(sheet: &Sheet, lang: Lang) -> String {
    let page = page_words(sheet.page, sheet.pages, lang);
    let (at, all) = (sheet.stretch + 1, sheet.stretches);
    match all {
        0 | 1 => page,
        _ => lang
            .pick(format!("{page}, stretch {at} of {all}"), format!("{page}，第{at}段，共{all}段")),
    }
}

/// Ways to the stretches and pages around this one, to both ends, and to what is on no page.
fn ways(sheet: &Sheet, head: &str, lang: Lang) -> Vec<(String, String)> {
    let Sheet { page, pages, stretch, stretches, has_beside, .. } = *sheet;
    let mut ways = Vec::new();
    let to_page = |to: u32| format!("{head}/{to}");
    if stretch > 0 {
        let to = format!("{head}/{page}?stretch={}", stretch - 1);
        ways.push((to, lang.pick("← previous stretch", "← 上一段").to_owned()));
    }
    if stretch + 1 < stretches {
        let to = format!("{head}/{page}?stretch={}", stretch + 1);
        ways.push((to, lang.pick("next stretch →", "下一段 →").to_owned()));
    }
    if page > 1 {
        ways.push((to_page(page - 1), lang.pick("← previous page", "← 上一页").to_owned()));
    }
    if page < pages {
        ways.push((to_page(page + 1), lang.pick("next page →", "下一页 →").to_owned()));
    }
    if page > 2 {
        ways.push((to_page(1), lang.pick("first page", "首页").to_owned()));
    }
    if pages > page + 1 {
        let words = lang.pick(format!("last page ({pages})"), format!("末页（{pages}）"));
        ways.push((to_page(pages), words));
    }
    if has_beside && page != 0 {
        let words = lang
            .pick("names, properties and what else is on no page", "文件名、属性等页面之外的内容");
        ways.push((to_page(0), words.to_owned()));
    }
    ways
}

/// A length in points as an attribute has it: tenths are finer than any eye.
fn points(length: f32) -> String {
    format!("{:.1}", length.clamp(-1e6, 1e6))
}

fn boxed(place: &Rect, hit: usize) -> BoxView {
    // Something to hit with a pointer, however thin the letter.
    let (width, height) = ((place.x1 - place.x0).max(4.0), (place.y1 - place.y0).max(4.0));
    BoxView {
        x: points(place.x0 - 1.0),
        y: points(place.y0 - 1.0),
        width: points(width + 2.0),
        height: points(height + 2.0),
        hit,
    }
}

/// Characters to be set; what would act on a page or show nothing is a box.
fn letters(one: &Lettering) -> Letters {
    let mut made = Letters {
        x: String::new(),
        y: String::new(),
        size: points(one.size),
        color: format!("#{}", hex(&one.color)),
        is_bold: one.is_bold,
        turn: String::new(),
        text: String::new(),
    };
    for (c, place) in one.text.chars().zip(&one.places) {
        let is_plain = shown(c.encode_utf8(&mut [0; 4])).chars().eq([c]);
        let c = if is_plain { c } else { '□' };
        // Places are counted in units of UTF-16.
        for _ in 0..c.len_utf16() {
            made.x += &format!("{} ", points(place[0]));
            made.y += &format!("{} ", points(place[1]));
        }
        made.text.push(c);
    }
    if let (true, Some([x, y])) = (one.angle != 0.0, one.places.first()) {
        made.turn = format!("rotate({} {} {})", points(one.angle), points(*x), points(*y));
    }
    made
}

/// A line at its place; one that goes on from another, or is not seen, is not drawn.
fn stroke(line: &crate::view::Line) -> Option<Stroke> {
    let place = line.place.filter(|_| !line.goes_on && line.region.is_visible())?;
    let text = line.text.trim();
    let (width, height) = (place.x1 - place.x0, place.y1 - place.y0);
    if text.is_empty() || width <= 0.0 || height <= 0.0 {
        return None;
    }
    // As large as fits: letters fill most of the height of a line, and no more than its width.
    let count = text.chars().count() as f32;
    let size = (height * 0.85).min(2.0 * width / count).max(1.0);
    Some(Stroke {
        x: points(place.x0),
        y: points(place.y1 - height * 0.2),
        width: points(width),
        size: points(size),
        text: shown(text),
    })
}
