//! Uniform Office Format (GB/T 20916-2007), in one XML file: text documents,
//! sheets and slides, by the names of elements.

use super::package::decode;
use super::properties::property;
use super::sheet::{Done, Sheet};
use super::xml::{Xml, XmlReader};
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

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    /// A place of its own, so many of which are open.
    Place,
    Para,
    Text,
    Properties,
    Property,
    Other,
}

#[derive(Default)]
struct Reader {
    sheet: Sheet,
    tags: Vec<Tag>,
    places: Vec<Region>,
    line: String,
    slides: u32,
    objects: usize,
    property: String,
    properties: Vec<(String, String)>,
    said: usize,
}

impl Reader {
    fn read(&mut self, xml: &mut XmlReader<'_, '_>) {
        while let Some(event) = xml.next() {
            match event {
                Xml::Open(element) => match self.open(element.local()) {
                    Some(tag) => {
                        if tag == Tag::Property {
                            element.local().clone_into(&mut self.property);
                        }
                        self.tags.push(tag);
                    }
                    None => xml.skip(),
                },
                Xml::Text(text) => {
                    self.said += text.len();
                    xml.check_text(self.said);
                    match self.tags.last() {
                        Some(Tag::Text) => self.line.push_str(&text),
                        Some(Tag::Property) => {
                            self.properties.push((self.property.clone(), text.into_owned()));
                        }
                        _ => {}
                    }
                }
                Xml::Close => match self.tags.pop() {
                    Some(Tag::Para) => self.end_line(),
                    Some(Tag::Place) => {
                        self.end_line();
                        self.places.pop();
                    }
                    _ => {}
                },
            }
        }
        self.end_line();
    }

    /// What an element is; `None` to pass over it.
    fn open(&mut self, local: &str) -> Option<Tag> {
        if self.tags.last() == Some(&Tag::Properties) {
            return Some(Tag::Property);
        }
        let region = match local {
            "元数据" | "用户自定义元数据集" => return Some(Tag::Properties),
            // An entry of a list within the properties: its value is their text.
            _ if self.tags.last() == Some(&Tag::Property) => return Some(Tag::Property),
            "段落" => {
                self.end_line();
                return Some(Tag::Para);
            }
            "文本串" | "文本" | "数据值" => return Some(Tag::Text),
            "制表符" => {
                self.line.push('\t');
                return Some(Tag::Other);
            }
            "空格符" => {
                self.line.push(' ');
                return Some(Tag::Other);
            }
            "换行符" | "分页符" | "分栏符" => {
                self.end_line();
                return Some(Tag::Other);
            }
            "其他对象" => {
                self.objects += 1;
                return None;
            }
            // Looks, and how things were before a change.
            "式样集" | "句式样" | "段落式样" | "修订信息集" | "扩展区" => {
                return None;
            }
            "幻灯片" => {
                self.slides += 1;
                Region::Body
            }
            "首页页眉" | "奇数页页眉" | "偶数页页眉" | "页眉" => Region::Header,
            "首页页脚" | "奇数页页脚" | "偶数页页脚" | "页脚" => Region::Footer,
            "脚注" | "尾注" | "幻灯片备注" | "备注" => Region::Note,
            "批注" => Region::Comment,
            "单元格" => Region::Cell,
            "图形" | "文本内容" => Region::TextBox,
            "删除" => Region::Deleted,
            _ => return Some(Tag::Other),
        };
        self.end_line();
        self.places.push(region);
        Some(Tag::Place)
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let head = BlockHead {
            region: self.places.last().copied().unwrap_or_default(),
            page: self.slides.max(1),
            ..BlockHead::default()
        };
        self.sheet.put_lines(Done { head, runs: vec![(line, 0)] });
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
        assert_eq!(told, ["header  机密★10年", "body  甲\t乙", "property 标题 题目"]);
        assert_eq!(gaps, 0);
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
