//! Texts made fit for a page, for Markdown and for a table's cell.
//!
//! Uses: no other room.

use std::borrow::Borrow;
use std::time::Duration;

pub(crate) use spnlab_picture::shown;

/// The text as Markdown that means nothing but itself.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in shown(text).chars() {
        if "\\`*_{}[]<>|#!~&+".contains(c) {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

/// The lines of a text, without tabs and without spaces at their ends.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(|line| line.replace('\t', "  ").trim_end().to_owned()).collect()
}

/// The text with at most `most` bytes, cut at the end of a line. The second value says how many
/// bytes are left out.
pub(crate) fn cut(text: &str, most: usize) -> (&str, usize) {
    if text.len() <= most {
        return (text, 0);
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let end = text[..end].rfind('\n').map_or(end, |at| at + 1);
    (&text[..end], text.len() - end)
}

/// Seconds with two digits.
pub(crate) fn seconds(took: impl Borrow<Duration>) -> String {
    format!("{:.2}", took.borrow().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_the_end_of_a_line() {
        assert_eq!(cut("a\nb\nc", 5), ("a\nb\nc", 0));
        assert_eq!(cut("a\nb\nc", 4), ("a\nb\n", 1));
        assert_eq!(cut("äöü", 3), ("ä", 4));
    }

    #[test]
    fn markdown_means_nothing_but_itself() {
        assert_eq!(plain("a|b *c* <d>\u{1b}"), "a\\|b \\*c\\* \\<d\\>\u{fffd}");
    }
}
