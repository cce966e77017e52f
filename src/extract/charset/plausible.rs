//! Whether decoded characters read like text: the measure by which encodings
//! are compared. Wrong decodings of Chinese are nearly always valid, but made
//! of rare characters.

use std::sync::LazyLock;

/// Very frequent characters of Chinese official prose, simplified and
/// traditional, and frequent Korean syllables. Not a list of words to look for:
/// it only has to hold far more of a right decoding than of a wrong one.
const COMMON: &str = "\
的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都\
然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实\
回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听\
世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期\
叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色\
字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候\
七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研\
像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切装格局查规级密\
秘绝密机限省县乡镇厅局处科室号字第条款项章附件通知意见报告请示批复函令命会议纪要印发抄送主题词签发拟稿核审批准施行颁布\
修订废止监督检查责任处罚执法诉讼司法检察公安国防外交财政预算税务审计统计档案文件资料涉密解除变更确定范围标志保护泄露内部\
资料注意保存不得外传公开属性此件发布主动依申请予以应当可以有下列情形之一违反规定按照根据依照关于为了以及或者并且其他本办\
產業務學習書體機關國際會議發佈時間個們來這說對過還開長問題門見現實點東車馬電話語頭動員單報導業務規則處罰條約經濟財稅\
總統戰爭權利資訊網路應當與從將無後幾兩萬歲聲華變風飛魚鳥麥黃龍為種樣聯絡級絕祕標誌護負責檢測審計檔號鄉鎮縣廳處請進轉運選\
適遠還達違連週適當產給結統經續維線組織終節綱總績證識論設許該認訊記訂計評試調談請課諸謝譯議讓費質購賽贊趙較輕輸辦農邊\
다이는을가의에를은한고로사하지기도서대나어인정자리해시일그수있라스아보전들과부제으만여주원공상성장경것였된합니습며했적국무중동";

/// Signs of official documents and typography that no wrong decoding makes by chance.
const SIGNS: &str =
    "★☆※●○〇◎◇◆□■△▲▽▼→←↑↓·•…—–‘’“”§°×÷±№℃％￥、。〈〉《》「」『』【】〔〕〖〗①②③④⑤⑥⑦⑧⑨⑩";

static BITS: LazyLock<(Vec<u64>, Vec<u64>)> = LazyLock::new(|| (bits(COMMON), bits(SIGNS)));

fn bits(text: &str) -> Vec<u64> {
    let mut bits = vec![0; 1 << 10];
    for c in text.chars() {
        if let Some(word) = bits.get_mut(c as usize >> 6) {
            *word |= 1 << (c as usize & 63);
        }
    }
    bits
}

fn has(bits: &[u64], c: char) -> bool {
    bits.get(c as usize >> 6).is_some_and(|word| word >> (c as usize & 63) & 1 == 1)
}

/// How well a text reads: from -100 or less (no text) to 100. Below
/// [`POOR`] it is no text in any language the table knows.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Score(pub f32);

/// Under this, what came out is not readable.
pub(super) const POOR: f32 = 36.0;

/// Scores what stands out: everything but ASCII, which most encodings share.
pub(super) fn score(text: &str) -> Score {
    let Score(mean) = mean(text.chars().filter(|c| !c.is_ascii() || is_odd_control(*c)));
    let accented = text.chars().filter(|c| matches!(c, '\u{A0}'..='\u{17F}')).count();
    let plain = text.bytes().filter(u8::is_ascii_alphabetic).count();
    // No language writes mostly accented letters.
    let crowded = accented > 3 && accented * 2 > plain;
    Score(if crowded { mean - 35.0 } else { mean })
}

/// Scores every character, for encodings that do not share ASCII.
pub(super) fn score_all(text: &str) -> Score {
    mean(text.chars())
}

fn mean(characters: impl Iterator<Item = char>) -> Score {
    let (sum, count) =
        characters.fold((0_i64, 0_i64), |(sum, count), c| (sum + i64::from(weight(c)), count + 1));
    if count == 0 { Score(80.0) } else { Score(sum as f32 / count as f32) }
}

/// A control character that text has no use for.
pub(super) fn is_odd_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{C}' | '\u{85}')
}

fn weight(c: char) -> i32 {
    let (common, signs) = &*BITS;
    match c {
        '\u{FFFD}' => -300,
        c if is_odd_control(c) => -100,
        '\0'..='\u{7F}' => 80,
        c if has(common, c) => 100,
        c if has(signs, c) => 90,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => -100,
        '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}' => -100,
        '\u{3000}'..='\u{303F}' | '\u{FF01}'..='\u{FF5E}' | '\u{2010}'..='\u{2027}' => 80,
        '\u{3040}'..='\u{30FF}' => 80,
        '\u{4E00}'..='\u{9FFF}' => 30,
        '\u{AC00}'..='\u{D7A3}' => 45,
        '\u{A0}'..='\u{17F}' => 60,
        '\u{370}'..='\u{3FF}' | '\u{400}'..='\u{45F}' => 62,
        '\u{5D0}'..='\u{5EA}' | '\u{621}'..='\u{652}' | '\u{E01}'..='\u{E5B}' => 62,
        '\u{1E00}'..='\u{1EFF}' | '\u{20A0}'..='\u{20CF}' | '\u{2100}'..='\u{25FF}' => 40,
        '\u{FF61}'..='\u{FF9F}' => 10,
        '\u{1F300}'..='\u{1FAFF}' => 50,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_decoding_reads_best() {
        let text = "国家秘密的密级分为绝密、机密、秘密三级";
        let bytes = encoding_rs::GBK.encode(text).0.into_owned();
        let right = score(&encoding_rs::GBK.decode(&bytes).0);
        for wrong in [encoding_rs::BIG5, encoding_rs::EUC_KR, encoding_rs::SHIFT_JIS] {
            let wrong_score = score(&wrong.decode(&bytes).0);
            assert!(right > wrong_score, "{}: {right:?} {wrong_score:?}", wrong.name());
        }
        assert!(right.0 > 80.0);
    }

    #[test]
    fn noise_reads_poorly() {
        assert!(score("\u{1}\u{2}\u{3}").0 < POOR);
        assert!(score("兎罽繿鼈黌").0 < POOR);
        assert!(score("\u{E000}\u{E001}").0 < POOR);
    }
}
