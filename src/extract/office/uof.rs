//! Uniform Office Format (GB/T 20916-2007), in one XML file: text documents,
//! sheets and slides, by the names of elements.

use std::collections::BTreeMap;

use super::package::decode;
use super::properties::property;
use super::sheet::{Done, Sheet};
use super::xml::{Element, Xml, XmlReader};
use crate::extract::{Budget, Extraction};
use crate::model::{BlockHead, Gap, GapKind, Region, Submission};

/// Reads it.
pub(crate) fn read(submission: &Submission, budget: &mut Budget) -> Extraction {
    let (text, lossy) = decode(submission.bytes.to_vec());
    let mut reader = Reader::default();
    let mut xml = XmlReader::new(text.trim_start_matches('\u{FEFF}'), budget);
    reader.read(&mut xml);
    let mut gaps: Vec<Gap> = xml.finish().into_iter().collect();
    if lossy {
        gaps.push(Gap::new(GapKind::Damaged, "the file is not in its encoding"));
    }
    if reader.objects > 0 {
        let words = format!("{} objects in the file are not read", reader.objects);
        gaps.push(Gap::new(GapKind::Unsupported, words));
    }
    let pages = reader.slides.max(1);
    let mut sheet = reader.sheet;
    for (name, value) in reader.properties {
        property(&mut sheet.text, &name, &value);
    }
    Extraction { pages: Some(pages), text: sheet.text.finish(), gaps, ..Extraction::default() }
}

/// Properties that programs write and nobody reads.
const MACHINE: &[&str] = &[
    "创建应用程序",
    "创建日期",
    "编辑次数",
    "编辑时间",
    "页数",
    "段落数",
    "对象数",
    "字数",
    "中文字符数",
    "英文字符数",
    "行数",
    "AppVersion",
];

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    /// A place of its own, so many of which are open.
    Place,
    /// A shape, whose text waits until something shows it.
    Shape,
    Para,
    Text,
    Properties,
    Property,
    Other,
}

/// Where text stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    region: Region,
    label: &'static str,
}

#[derive(Default)]
struct Reader {
    sheet: Sheet,
    tags: Vec<Tag>,
    places: Vec<Place>,
    line: String,
    slides: u32,
    hidden: bool,
    deleted: bool,
    objects: usize,
    property: String,
    properties: Vec<(String, String)>,
    /// Lines of shapes by the id that slides and paragraphs show them by.
    shapes: BTreeMap<String, Vec<String>>,
    /// The shapes that are open.
    open_shapes: Vec<String>,
    said: usize,
}

impl Reader {
    fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => match self.open(&element) {
                    Some(tag) => self.tags.push(tag),
                    None => xml.skip(),
                },
                Xml::Text(text) => {
                    self.said += text.len();
                    xml.check_text(self.said);
                    match self.tags.last() {
                        Some(Tag::Text) => self.line.push_str(&text),
                        Some(Tag::Property) if !MACHINE.contains(&self.property.as_str()) => {
                            self.properties.push((self.property.clone(), text.into_owned()));
                        }
                        _ => {}
                    }
                }
                Xml::Close => self.close(),
            }
        }
        while !self.tags.is_empty() {
            self.close();
        }
        self.end_line();
        // Shapes that nothing shows are read all the same.
        for (_, lines) in std::mem::take(&mut self.shapes) {
            self.put(&lines, Place { region: Region::TextBox, label: "" });
        }
    }

    fn close(&mut self) {
        match self.tags.pop() {
            Some(Tag::Para) => self.end_line(),
            Some(Tag::Place) => {
                self.end_line();
                self.places.pop();
            }
            Some(Tag::Shape) => {
                self.end_line();
                self.open_shapes.pop();
            }
            _ => {}
        }
    }

    /// What an element is; `None` to pass over it.
    fn open(&mut self, element: &Element<'_>) -> Option<Tag> {
        let local = element.local();
        let value = |name: &str| element.attr(name).unwrap_or_default();
        match self.tags.last() {
            Some(Tag::Properties) => {
                // One of the user's own has its name beside it.
                let name = element.attr("名称").unwrap_or(local.into());
                name.into_owned().clone_into(&mut self.property);
                return Some(if local.ends_with("集") { Tag::Properties } else { Tag::Property });
            }
            Some(Tag::Property) => return Some(Tag::Property),
            _ => {}
        }
        match local {
            "元数据" => return Some(Tag::Properties),
            "段落" => {
                self.end_line();
                return Some(Tag::Para);
            }
            "文本串" | "文本" | "数据值" => return Some(Tag::Text),
            "制表符" => self.line.push('\t'),
            "空格符" => self.line.push(' '),
            "换行符" | "分页符" | "分栏符" => self.end_line(),
            "修订开始" if value("类型") == "delete" => {
                self.end_line();
                self.deleted = true;
            }
            "修订结束" => {
                self.end_line();
                self.deleted = false;
            }
            "图形" => {
                self.end_line();
                self.open_shapes.push(value("标识符").into_owned());
                return Some(Tag::Shape);
            }
            "锚点" => self.show(&value("图形引用"), &value("占位符")),
            "其他对象" => {
                self.objects += 1;
                return None;
            }
            // Looks, and who changed what.
            "式样集" | "句式样" | "段落式样" | "修订信息集" | "扩展区" => {
                return None;
            }
            "幻灯片" => {
                self.slides += 1;
                self.hidden = value("显示") == "false";
                return Some(self.begin(Region::Body, ""));
            }
            "母版" => return Some(self.begin(Region::TextBox, "master")),
            "首页页眉" => return Some(self.begin(Region::Header, "first")),
            "偶数页页眉" => return Some(self.begin(Region::Header, "even")),
            "奇数页页眉" | "页眉" => return Some(self.begin(Region::Header, "default")),
            "首页页脚" => return Some(self.begin(Region::Footer, "first")),
            "偶数页页脚" => return Some(self.begin(Region::Footer, "even")),
            "奇数页页脚" | "页脚" => return Some(self.begin(Region::Footer, "default")),
            "脚注" | "尾注" => return Some(self.begin(Region::Note, "")),
            "幻灯片备注" => return Some(self.begin(Region::Note, "notes")),
            "批注" => return Some(self.begin(Region::Comment, "comment")),
            "单元格" => return Some(self.begin(Region::Cell, "")),
            _ => {}
        }
        Some(Tag::Other)
    }

    fn begin(&mut self, region: Region, label: &'static str) -> Tag {
        self.end_line();
        self.places.push(Place { region, label });
        Tag::Place
    }

    /// A shape stands here.
    fn show(&mut self, shape: &str, holds: &str) {
        let Some(lines) = self.shapes.remove(shape) else { return };
        let around = self.places.last().copied().unwrap_or_default();
        let place = match (around.region, holds) {
            // On a master they say where something will stand.
            (Region::TextBox, holds) if !holds.is_empty() => {
                Place { region: Region::Hidden, label: "placeholder" }
            }
            (Region::Body, "footer" | "date" | "date_and_time" | "page-number") => {
                Place { region: Region::Footer, label: "" }
            }
            (Region::Body, "header") => Place { region: Region::Header, label: "" },
            (Region::Body, "") => Place { region: Region::TextBox, label: "" },
            _ => around,
        };
        self.put(&lines, place);
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        match self.open_shapes.first() {
            Some(shape) => {
                if !line.trim().is_empty() {
                    self.shapes.entry(shape.clone()).or_default().push(line);
                }
            }
            None => {
                let place = self.places.last().copied().unwrap_or_default();
                self.put(&[line], place);
            }
        }
    }

    fn put(&mut self, lines: &[String], place: Place) {
        let hidden = self.hidden && self.slides > 0 && !self.places.is_empty();
        let (region, label) = match (hidden, self.deleted) {
            (true, _) => (Region::Hidden, "hidden slide"),
            (_, true) => (Region::Deleted, place.label),
            _ => (place.region, place.label),
        };
        // A master is on no slide more than on another.
        let page = if place.label == "placeholder" { 0 } else { self.slides.max(1) };
        let group = self.sheet.next_group();
        for line in lines {
            let label = label.to_owned();
            let head = BlockHead { region, page, label, group, ..BlockHead::default() };
            self.sheet.put_lines(Done { head, runs: vec![(line.clone(), 0)] });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Limits;

    fn told(inside: &str) -> (Vec<String>, usize) {
        let file = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof" xmlns:字="http://schemas.uof.org/cn/2003/uof-wordproc">{inside}</uof:UOF>"#
        );
        let submission = Submission::file("a.uof", file.as_bytes());
        let extraction = read(&submission, &mut Budget::new(Limits::default()));
        let text = &extraction.text;
        let told = text.blocks().iter().map(|block| {
            let region = serde_json::to_value(block.region).expect("a word");
            let label = text.label(block);
            format!("{} {label} {}", region.as_str().unwrap_or("?"), text.block_text(block))
        });
        (told.collect(), extraction.gaps.len())
    }

    #[test]
    fn text_stands_in_its_region_and_properties_come_last() {
        let (told, gaps) = told(
            r#"<uof:元数据><uof:标题>题目</uof:标题></uof:元数据><uof:式样集><字:段落式样>无</字:段落式样></uof:式样集><uof:文字处理><字:主体><字:分节><字:节属性><字:页眉><字:首页页眉><字:段落><字:句><字:文本串>机密★</字:文本串></字:句><字:句><字:文本串>10年</字:文本串></字:句></字:段落></字:首页页眉></字:页眉></字:节属性></字:分节><字:段落><字:句><字:句式样>x</字:句式样><字:文本串>甲</字:文本串><字:制表符/><字:文本串>乙</字:文本串></字:句></字:段落></字:主体></uof:文字处理>"#,
        );
        assert_eq!(told, ["header first 机密★10年", "body  甲\t乙", "property 标题 题目"]);
        assert_eq!(gaps, 0);
    }

    #[test]
    fn shapes_are_read_where_they_are_shown() {
        let shape = |id: &str, text: &str| {
            format!(
                r#"<图:图形 xmlns:图="g" 图:标识符="{id}"><图:文本内容><字:段落><字:文本串>{text}</字:文本串></字:段落></图:文本内容></图:图形>"#
            )
        };
        let anchor = |id: &str, holds: &str| {
            format!(r#"<uof:锚点 uof:图形引用="{id}" uof:占位符="{holds}"/>"#)
        };
        let (told, _) = told(&format!(
            r#"<uof:对象集>{}{}{}{}{}</uof:对象集><演:主体 xmlns:演="s"><演:母版>{}</演:母版><演:幻灯片>{}</演:幻灯片><演:幻灯片 演:显示="false">{}<演:幻灯片备注>{}</演:幻灯片备注></演:幻灯片></演:主体>"#,
            shape("a", "单击此处"),
            shape("b", "题"),
            shape("c", "不放映"),
            shape("d", "机密★10年"),
            shape("e", "没有人用"),
            anchor("a", "title"),
            anchor("b", "title"),
            anchor("c", ""),
            anchor("d", "notes"),
        ));
        assert_eq!(
            told,
            [
                "hidden placeholder 单击此处",
                "body  题",
                "hidden hidden slide 不放映",
                "hidden hidden slide 机密★10年",
                "text_box  没有人用",
            ]
        );
    }

    #[test]
    fn what_was_deleted_and_what_the_user_named_is_told() {
        let (told, _) = told(
            r#"<uof:元数据><uof:页数>1</uof:页数><uof:用户自定义元数据集><uof:用户自定义元数据 uof:名称="密级">秘密</uof:用户自定义元数据></uof:用户自定义元数据集></uof:元数据><字:段落><字:文本串>留</字:文本串><字:修订开始 字:类型="delete"/><字:文本串>删</字:文本串><字:修订结束/></字:段落>"#,
        );
        assert_eq!(told, ["body  留", "deleted  删", "property 密级 秘密"]);
    }

    #[test]
    fn what_is_not_read_is_said() {
        let (said, gaps) =
            told("<uof:对象集><uof:其他对象><uof:数据>AAAA</uof:数据></uof:其他对象></uof:对象集>");
        assert_eq!((said, gaps), (Vec::new(), 1));
        let (said, gaps) = told("<字:段落><字:文本串>甲</字:文本串></字:错>");
        assert_eq!((said[0].as_str(), gaps), ("body  甲", 1));
    }
}
