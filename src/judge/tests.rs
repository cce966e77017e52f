//! What the judge says of documents.

use std::sync::Arc;

use crate::dictionary::Dictionary;
use crate::extract::Limits;
use crate::model::{Examination, Submission};
use crate::pipeline::Pipeline;

fn examine(name: &str, text: &str) -> Examination {
    let day = jiff::civil::date(2026, 11, 23);
    let pipeline = Pipeline::new(Arc::new(Dictionary::shipped()), Limits::default(), day);
    pipeline.examine(Submission::file(name, text.as_bytes().to_vec()))
}

#[test]
fn messages_name_what_they_speak_of() {
    let cases = [
        (
            "a.txt",
            "主动公开\n　　正文。\n　　（此件公开发布）\n",
            "cn.mark.disclosure",
            "文件标明公开属性：此件公开发布。",
        ),
        (
            "a.txt",
            "机密★10年\n标题\n正文。\n正文。\n2024年4月6日\n（此件公开发布）\n",
            "cn.conflict.public-release",
            "标有密级机密，同时标明“此件公开发布”。",
        ),
        (
            "a.txt",
            "秘密★5年\n标题\n正文。\n正文。\n2024年4月6日\n\n机密★10年\n",
            "cn.conflict.level",
            "同一文件密级不一致：此处为机密，他处为秘密。",
        ),
        (
            "a.txt",
            "秘密★5年\n机密★10年\n标题\n2024年4月6日\n",
            "cn.conflict.two-marks",
            "此处有两个未作废的标志：机密与秘密。",
        ),
        (
            "机密★10年-名册.txt",
            "名册\n正文。\n",
            "cn.conflict.metadata",
            "文件名标有密级机密，与可见正文不一致。",
        ),
        (
            "a.txt",
            "密级：公开\n机密★10年\n标题\n2024年4月6日\n",
            "cn.conflict.unclassified-label",
            "标签注明“公开”，文件却标有密级机密。",
        ),
        (
            "a.txt",
            "内部资料★\n标题\n",
            "cn.defect.star-misuse",
            "国家秘密标志专用的五角星与“内部资料”连用。",
        ),
        // Each mark's own level and term, not the first one's.
        (
            "a.txt",
            "秘密★5年\n标题\n正文。\n正文。\n2024年4月6日\n\n机密★25年\n",
            "cn.defect.term-over-maximum",
            "期限25年超过机密级最长期限20年。",
        ),
    ];
    for (name, text, rule, message) in cases {
        let examination = examine(name, text);
        let findings = examination.parts.iter().flat_map(|part| &part.findings);
        let said: Vec<_> = findings.filter(|f| f.rule == rule).map(|f| &f.message.zh).collect();
        assert_eq!(said, [message], "{text}");
    }
}
