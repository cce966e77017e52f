//! `vetmark man`: manual pages.

use std::io::{self, Write};

use anyhow::Context;

use super::{Status, help, locale};
use crate::report::Lang;

/// Print the manual page of vetmark or of one command, for man(1)
///
/// vetmark man dictionary import
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command, and one of its own where it has such; vetmark itself where none is given
    command: Vec<String>,
}

/// Prints it.
pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    let lang = locale::spoken();
    let mut page = help::described(lang);
    for name in &args.command {
        let found = page.find_subcommand(name).with_context(|| format!("no command {name}"))?;
        page = found.clone();
    }
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    let roff = match lang {
        Lang::En => roff,
        Lang::Zh => in_chinese(&String::from_utf8_lossy(&roff)).into_bytes(),
    };
    io::stdout().write_all(&roff)?;
    Ok(Status::NothingFound)
}

/// Headings and notes of the generator's own, as they read in Chinese pages.
const WORDS: [(&str, &str); 9] = [
    (".SH NAME", ".SH 名称"),
    (".SH SYNOPSIS", ".SH 概要"),
    (".SH DESCRIPTION", ".SH 描述"),
    (".SH OPTIONS", ".SH 选项"),
    (".SH SUBCOMMANDS", ".SH 子命令"),
    ("\\fIPossible values:\\fR", "\\fI可用的值：\\fR"),
    ("[default: ", "[默认："),
    ("\\fIsubcommands\\fR", "\\fI子命令\\fR"),
    ("\\fI<subcommands>\\fR", "\\fI<子命令>\\fR"),
];

fn in_chinese(page: &str) -> String {
    WORDS.iter().fold(page.to_owned(), |page, (english, chinese)| page.replace(english, chinese))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_chinese_has_no_heading_in_english() {
        let mut roff = Vec::new();
        let scan = help::described(Lang::Zh).find_subcommand("scan").cloned();
        clap_mangen::Man::new(scan.expect("scan")).render(&mut roff).expect("a page");
        let page = in_chinese(&String::from_utf8(roff).expect("text"));
        let headings: Vec<_> = page.lines().filter(|line| line.starts_with(".SH")).collect();
        assert_eq!(headings, [".SH 名称", ".SH 概要", ".SH 描述", ".SH 选项"]);
        assert!(page.contains("\\fI可用的值：\\fR") && !page.contains("Possible"), "{page}");
    }
}
