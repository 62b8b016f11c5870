//! Text wrapped into lines.

use std::fmt;

use super::shown::shown;

/// The width of a line unless the caller's format has one: `{diagnosis:60}`.
const WIDTH: usize = 96;

/// Wraps a paragraph to a readable length, escaped for a terminal. `first` starts the first line,
/// `rest` the others.
pub(crate) fn paragraph(
    out: &mut fmt::Formatter<'_>,
    first: &str,
    rest: &str,
    text: &str,
) -> fmt::Result {
    let width = out.width().unwrap_or(WIDTH);
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        let word = shown(word).to_string();
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
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

/// A line that stays whole for a program that reads it: it is wrapped only to a width that
/// somebody asked for.
pub(crate) fn line(
    out: &mut fmt::Formatter<'_>,
    first: &str,
    rest: &str,
    text: &str,
) -> fmt::Result {
    if out.width().is_some() {
        paragraph(out, first, rest, text)
    } else {
        writeln!(out, "{first}{}", shown(text))
    }
}

/// A heading and its points; nothing if there are no points.
pub(crate) fn points(out: &mut fmt::Formatter<'_>, heading: &str, lines: &[String]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{heading}")?;
    lines.iter().try_for_each(|line| paragraph(out, "  - ", "    ", line))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points and a paragraph, as a text shows them.
    struct Both(&'static str, Vec<String>);

    impl fmt::Display for Both {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            paragraph(f, "- ", "  ", self.0)?;
            points(f, "Facts", &self.1)
        }
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let both = Both("x", vec!["word ".repeat(40), "x".repeat(120)]);
        for (text, width) in [(both.to_string(), WIDTH), (format!("{both:30}"), 30)] {
            let broken = |line: &str| line.chars().count() <= width || line.starts_with("  - xxx");
            assert!(text.lines().all(broken), "{text}");
            assert_eq!(text.matches("word").count(), 40);
            assert!(text.starts_with("- x\n\nFacts\n  - word word"), "{text}");
        }
    }

    #[test]
    fn a_line_is_wrapped_only_to_a_width_that_was_asked_for() {
        struct Line;
        impl fmt::Display for Line {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                line(f, "Plan: ", "  ", &"word ".repeat(40))
            }
        }
        assert_eq!(Line.to_string().lines().count(), 1);
        let wrapped = format!("{Line:30}");
        assert!(wrapped.starts_with("Plan: word word word word word\n  word"), "{wrapped}");
        assert!(wrapped.lines().all(|line| line.len() <= 30), "{wrapped}");
    }

    #[test]
    fn a_name_in_a_paragraph_moves_no_cursor() {
        let text = Both("held by svc\u{1b}[1A\n- forged", Vec::new()).to_string();
        assert_eq!(text, "- held by svc\\u{1b}[1A - forged\n");
    }
}
