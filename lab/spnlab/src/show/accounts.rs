//! The accounts of the story, each with its own shape and colour: the computer account, the service
//! account of the web site, and anybody else.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use spnlab_picture::{Key, Shape};

use crate::width::JOINED;

/// The colour of an account.
pub(super) fn style(shape: Shape) -> Style {
    match shape {
        Shape::Computer => AnsiColor::BrightBlue.on_default(),
        Shape::Service => AnsiColor::Yellow.on_default(),
        Shape::Other => AnsiColor::BrightBlack.on_default(),
    }
}

/// The text with the shape and the colour of each account that it names as a word of its own. A
/// name inside another word, and a command, stay as they are, so that they can be copied. Columns
/// stay in line: the shape takes the room of two of the blanks behind the name.
pub(crate) fn painted(text: &str) -> String {
    if text.contains("setspn -") {
        return text.to_owned();
    }
    let mut painted = String::new();
    let mut words = text.split(' ');
    let mut first = true;
    while let Some(word) = words.next() {
        if !std::mem::take(&mut first) {
            painted.push(' ');
        }
        let key = Key::of(word.trim_matches(['(', ')', ',', '.', ';', ':', '\'']));
        // Other accounts are named often where nobody needs to tell them apart.
        let is_of_story = key.shape != Shape::Other;
        match word.split_once(&*key.account).filter(|_| is_of_story) {
            Some((before, behind)) => {
                let style = style(key.shape);
                let Key { account, shape } = key;
                let sign = shape.sign();
                let _ = write!(painted, "{before}{style}{sign}{JOINED}{account}{style:#}{behind}");
                let mut further = words.clone();
                if let (Some(""), Some("")) = (further.next(), further.next()) {
                    words = further;
                }
            }
            None => painted.push_str(word),
        }
    }
    painted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::width::fit;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(&fit(&painted(text), None)).to_string()
    }

    #[test]
    fn a_name_gets_its_shape_and_nothing_else_changes() {
        assert_eq!(plain("for svc_web, not MEM1$ (x)"), "for ● svc_web, not ■ MEM1$ (x)");
        assert_eq!(plain("svc_web    ok"), "● svc_web  ok");
        for same in [
            "CN=svc_web,CN=Users",
            "HTTP/mem1 trainer",
            "  two  blanks ",
            "svc_webs",
            "setspn -D x svc_web",
            "",
        ] {
            assert_eq!(painted(same), same);
        }
        assert!(painted("svc_web").contains("\u{1b}[33m"));
    }
}
