//! The accounts of the story, each with its own shape and colour: the computer account, the service
//! account of the web site, and anybody else.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use spnlab_harness::accounts;

/// The shape and the colour of an account.
pub(super) fn look(name: &str) -> (char, Style) {
    if name == accounts::MEM1.name {
        ('■', AnsiColor::BrightBlue.on_default())
    } else if name == accounts::SVC_WEB.name {
        ('●', AnsiColor::Yellow.on_default())
    } else {
        ('▲', AnsiColor::BrightBlack.on_default())
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
        let name = word.trim_matches(['(', ')', ',', '.', ';', ':']);
        let known = accounts::ALL.iter().any(|account| account.name == name);
        match word.split_once(name).filter(|_| known && is_of_story(name)) {
            Some((before, behind)) => {
                let (shape, style) = look(name);
                let _ = write!(painted, "{before}{style}{shape} {name}{style:#}{behind}");
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

/// Other accounts are named often where nobody needs to tell them apart.
fn is_of_story(name: &str) -> bool {
    [accounts::MEM1.name, accounts::SVC_WEB.name].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(&painted(text)).to_string()
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
