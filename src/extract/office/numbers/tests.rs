//! Cases for number formats: codes and values, what is shown expected.

use super::*;

fn shown(code: &str, value: f64) -> String {
    let raw = value.to_string();
    match NumberFormat::parse(code).number(value, &raw, false) {
        Shown::Plain => raw,
        Shown::As(text) => text.into_owned(),
        Shown::Instead(text) => format!("<{text}>"),
    }
}

#[test]
fn days_and_times_are_shown_as_the_format_has_them() {
    for (code, value, want) in [
        ("yyyy-mm-dd", 41_699.0, "2014-03-01"),
        ("yyyy/m/d;@", 41_699.0, "2014/3/1"),
        (r#"yyyy"年"m"月"d"日""#, 41_699.0, "2014年3月1日"),
        (r"yyyy\-mm\-dd\ hh:mm:ss", 43_831.042_372_685_2, "2020-01-01 01:01:01"),
        (r#"[$-804]yyyy"年"m"月"d"日";@"#, 41_699.0, "2014年3月1日"),
        (r#"[DBNum1][$-804]yyyy"年"m"月"d"日";@"#, 41_699.0, "二〇一四年三月一日"),
        (r#"[DBNum1]yyyy"年"m"月"d"日""#, 41_993.0, "二〇一四年十二月二十日"),
        ("yyyy年m月d日", 41_699.0, "2014年3月1日"),
        ("d-mmm-yy", 41_699.0, "1-Mar-14"),
        ("mmmm d, yyyy", 41_699.0, "March 1, 2014"),
        ("ddd aaa aaaa dddd", 41_699.0, "Sat 六 星期六 Saturday"),
        ("h:mm AM/PM", 0.75, "6:00 PM"),
        ("上午/下午h\"时\"mm\"分\"", 0.25, "上午6时00分"),
        ("[h]:mm:ss", 1.5, "36:00:00"),
        ("mm:ss.0", 0.000_011_574, "00:01.0"),
        ("m/d/yy h:mm", 41_699.999_999_9, "3/2/14 0:00"),
        ("yyyy-mm-dd", 60.0, "1900-02-29"),
        ("yyyy-mm-dd", 59.0, "1900-02-28"),
        ("yyyy-mm-dd", 61.0, "1900-03-01"),
        ("yyyy-mm-dd", 2_958_465.0, "9999-12-31"),
        // No days: shown as they are.
        ("yyyy-mm-dd", -1.0, "-1"),
        ("yyyy-mm-dd", 1e300, &1e300f64.to_string()),
    ] {
        assert_eq!(shown(code, value), want, "{code} of {value}");
    }
    let format = NumberFormat::built_in(31);
    assert_eq!(format.number(0.0, "0", true), Shown::As("1904年1月1日".into()));
}

#[test]
fn words_of_a_format_are_shown_and_signs_are_not() {
    for (code, value, want) in [
        ("General", 1.5, "1.5"),
        ("0.00", 1.005, "1.005"),
        ("#,##0.00_);[Red](#,##0.00)", -5.0, "-5"),
        (r##"_ "¥"* #,##0_ ;_ "¥"* \-#,##0_ ;_ "¥"* "-"_ ;_ @_ "##, 5.0, "5"),
        (r#""机密★"0"年""#, 10.0, "机密★10年"),
        (r#"机\密★0年"#, 5.0, "机密★5年"),
        (r#""机密★"[DBNum1]0"年""#, 10.0, "机密★十年"),
        (r#""机密★10年""#, 1.0, "<机密★10年>"),
        (r#"General"元""#, 7.0, "7元"),
        (r#"[>=100]"多";"少""#, 100.0, "<多>"),
        (r#"[>=100]"多";"少""#, 99.0, "<少>"),
        (r#"0;"负"0;"零""#, -3.0, "负-3"),
        (r#"0;"负"0;"零""#, 0.0, "<零>"),
        (";;;", 5.0, "<>"),
        ("[DBNum2]0", 1024.0, "壹仟零贰拾肆"),
        ("[DBNum1]0", 0.5, "0.5"),
        ("", 5.0, "5"),
        ("\"", 5.0, "<>"),
        ("[", 5.0, "<>"),
    ] {
        assert_eq!(shown(code, value), want, "{code} of {value}");
    }
}

#[test]
fn text_is_shown_by_the_last_section() {
    for (code, want) in [
        ("@", Shown::Plain),
        ("General", Shown::Plain),
        ("0;-0", Shown::Plain),
        (r#"@"（机密）""#, Shown::As("甲（机密）".into())),
        (r#"0;0;0;"密级："@"#, Shown::As("密级：甲".into())),
        (r#"0;0;0;"机密""#, Shown::Instead("机密".into())),
        (";;;", Shown::Instead(String::new())),
        (";;", Shown::Plain),
    ] {
        assert_eq!(NumberFormat::parse(code).text("甲"), want, "{code}");
    }
}

#[test]
fn any_code_is_taken_apart() {
    let signs =
        ["0", ";", "\"", "[", "]", "\\", "y", "m", "@", "_", "*", "上午", "h", ".", "E+", "$"];
    let mut seed = 7usize;
    for _ in 0..3000 {
        let mut code = String::new();
        for _ in 0..8 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            code.push_str(signs[(seed >> 33) % signs.len()]);
        }
        let format = NumberFormat::parse(&code);
        for value in [0.0, -1.5, 41_699.5, f64::NAN, f64::INFINITY, 1e308] {
            let _ = format.number(value, "1", true);
        }
        let _ = format.text("甲");
    }
}
