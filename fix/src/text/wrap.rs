//! Text wrapped into lines.

use std::fmt::{self, Write};

use super::shown::shown;

const WIDTH: usize = 96;

/// Wraps a paragraph to a readable length, escaped for a terminal. `first` starts the first line,
/// `rest` the others.
pub(crate) fn paragraph(out: &mut dyn Write, first: &str, rest: &str, text: &str) -> fmt::Result {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        let word = shown(word).to_string();
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}")?;
            rest.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(&word);
        empty = false;
    }
    writeln!(out, "{line}")
}

/// A heading and its points; nothing if there are no points.
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
    fn long_lines_are_broken_between_words() {
        let mut text = String::new();
        points(&mut text, "Facts", &["word ".repeat(40), "x".repeat(120)]).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH
            || !line.trim().contains(' ')
            || line.starts_with("  - xxx")));
        assert_eq!(text.matches("word").count(), 40);
        assert!(text.starts_with("\nFacts\n  - word"));
    }

    #[test]
    fn a_name_in_a_paragraph_moves_no_cursor() {
        let mut text = String::new();
        paragraph(&mut text, "- ", "  ", "held by svc\u{1b}[1A\n- forged").unwrap();
        assert_eq!(text, "- held by svc\\u{1b}[1A - forged\n");
    }
}
