#![no_main]
//! The grammar of marks and all that is looked for: what is found is a slice of
//! the text.

use std::sync::LazyLock;

use vetmark::dictionary::Dictionary;

static SHIPPED: LazyLock<Dictionary> = LazyLock::new(Dictionary::shipped);

/// What marks and the lines about them are made of.
const PIECES: &[&str] = &[
    "机密", "秘密", "绝密", "機密", "祕", "密", "级", "★", "☆", "＊", "*", "1", "０", "10", "三十", "年",
    "个月", "日", "长期", "启用前", "解密", "密级", "：", ":", "（", "）", "【", "】", "“", "”", "《", "》",
    "\n", "\n\n", "\u{c}", " ", "　", "\u{200b}", "\u{202e}", "\u{202c}", "公开", "此件公开发布",
    "2024年3月1日", "2034年", "内部资料", "注意保存", "工作秘密", "商密", "第三条", "附件1", "份号", "000001",
    "国发〔2010〕5号", "TOP SECRET", "SECRET", "//", "NOFORN", "(S)", "(U)", "CUI", "NATO", "UNCLASSIFIED",
    "Classified By:", "Declassify On: 20340301", "密级|", "|", "\t", "统计数据", "巡检",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = match bytes.split_first() {
        Some((0..128, rest)) => {
            rest.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]).collect()
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    vetmark_fuzz::find(&text, &SHIPPED);
});
