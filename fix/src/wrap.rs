//! Text in lines.

use std::borrow::Cow;
use std::fmt::{self, Write};

const WIDTH: usize = 96;

/// Text from outside, for a terminal: characters that would steer it are shown and not sent.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        let shown =
            |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
        Cow::Owned(text.chars().map(shown).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Writes a paragraph in lines of readable length; `first` starts it, `rest` starts the others.
pub(crate) fn paragraph(out: &mut dyn Write, first: &str, rest: &str, text: &str) -> fmt::Result {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}")?;
            rest.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(&shown(word));
        empty = false;
    }
    writeln!(out, "{line}")
}

/// A heading and its points; nothing if there are none.
pub(crate) fn points(out: &mut dyn Write, heading: &str, lines: &[String]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{heading}")?;
    lines.iter().try_for_each(|line| paragraph(out, "  - ", "    ", line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_steered() {
        assert_eq!(shown("HTTP/mem1"), "HTTP/mem1");
        assert_eq!(shown("a\u{1b}[2Jb\n\u{9b}c"), "a\\u{1b}[2Jb\\n\\u{9b}c");
        let mut text = String::new();
        paragraph(&mut text, "", "", "a \u{1b}[2J b").unwrap();
        assert_eq!(text, "a \\u{1b}[2J b\n");
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let mut text = String::new();
        points(&mut text, "Facts", &["word ".repeat(40), "x".repeat(120)]).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH
            || !line.trim().contains(' ')
            || line.starts_with("  - xxx")));
        assert_eq!(text.matches("word").count(), 40);
        assert!(text.starts_with("\nFacts\n  - word"));
    }
}
