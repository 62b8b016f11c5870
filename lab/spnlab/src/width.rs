//! Fits text to the width of a terminal: lines break between words.
//!
//! Uses: no other room.

use std::os::fd::AsFd;

/// Narrower than this, nothing is readable, so lines are not broken further.
const NARROWEST: usize = 20;

/// The columns and rows of this terminal; `None` if it is no terminal or does not know.
pub(crate) fn of(is_terminal: bool, stream: &impl AsFd) -> Option<(usize, usize)> {
    let size = is_terminal.then(|| rustix::termios::tcgetwinsize(stream).ok()).flatten()?;
    let columns = usize::from(size.ws_col).max(NARROWEST);
    (size.ws_col > 0).then_some((columns, usize::from(size.ws_row)))
}

/// A blank between two words that stay on one line.
pub(crate) const JOINED: char = '\u{a0}';

/// Breaks lines that are longer than the terminal is wide. What goes on below stands under the
/// text of a point or a fact.
pub(crate) fn fit(text: &str, columns: Option<usize>) -> String {
    let lines = text.split('\n').map(|line| match columns {
        Some(columns) => fit_line(line, columns),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n").replace(JOINED, " ")
}

fn fit_line(line: &str, columns: usize) -> String {
    // A command to copy stays one line.
    if seen(line) <= columns || line.starts_with("next: ") {
        return line.to_owned();
    }
    let indent = hanging(line).min(columns / 2);
    let mut lines = vec![String::new()];
    let mut used = 0;
    // Words keep the blanks before them, so that columns within a line stay.
    for word in words(line) {
        let length = seen(word);
        if used + length > columns && used > indent && !word.trim().is_empty() {
            let word = word.trim_start();
            lines.push(format!("{}{word}", " ".repeat(indent)));
            used = indent + seen(word);
        } else {
            if let Some(last) = lines.last_mut() {
                last.push_str(word);
            }
            used += length;
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// The words of a line, each with the blanks before it.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let start = rest.find(|c| c != ' ').unwrap_or(rest.len());
        let end = rest[start..].find(' ').map_or(rest.len(), |at| start + at);
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Where the text of a line begins: behind its blanks, the mark of a point, and the name of a fact,
/// which two blanks or more end.
fn hanging(line: &str) -> usize {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let text = &line[blanks..];
    for mark in ["- ", "| "] {
        if text.starts_with(mark) {
            return blanks + mark.len();
        }
    }
    // The longest name of a fact has 13 letters.
    if let Some(at) = text.find("  ").filter(|at| *at <= 20) {
        let behind = text[at..].len() - text[at..].trim_start_matches(' ').len();
        return blanks + seen(&text[..at]) + behind;
    }
    match text.split_once(' ') {
        // A numbered point.
        Some((number, _)) if number.trim_end_matches('.').parse::<u32>().is_ok() => {
            blanks + number.len() + 1
        }
        _ => blanks,
    }
}

/// How many rows of a terminal a fitted text takes. The terminal itself wraps what stayed too long.
pub(crate) fn rows(text: &str, columns: usize) -> usize {
    text.split('\n').map(|line| seen(line).div_ceil(columns).max(1)).sum()
}

/// How many columns a text takes. Colours take none.
fn seen(text: &str) -> usize {
    anstream::adapter::strip_str(text).map(|part| part.chars().count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_go_on_under_their_text() {
        for (line, columns, expected) in [
            ("short", 20, "short"),
            ("one two three four five six", 20, "one two three four\nfive six"),
            ("  - one two three four five", 20, "  - one two three\n    four five"),
            ("  2. one two three four five", 20, "  2. one two three\n     four five"),
            ("  fact     one two three four", 24, "  fact     one two three\n           four"),
            ("  | CN=a,DC=contoso,DC=com of b", 20, "  | CN=a,DC=contoso,DC=com\n    of b"),
            ("one two three ●\u{a0}name", 19, "one two three\n● name"),
            ("\u{1b}[1mbold and more text\u{1b}[0m", 18, "\u{1b}[1mbold and more text\u{1b}[0m"),
        ] {
            assert_eq!(fit(line, Some(columns)), expected, "{line}");
        }
        let long = "x".repeat(50);
        assert_eq!(fit(&long, Some(20)), long, "a word stays whole, so that it can be copied");
        assert_eq!(fit("a\n\nb c", None), "a\n\nb c");
    }

    #[test]
    fn rows_are_those_of_the_screen() {
        let two = format!("{}\n\u{1b}[1mab\u{1b}[0m", "x".repeat(41));
        assert_eq!([rows("", 20), rows("a\n", 20), rows(&two, 20)], [1, 2, 4]);
        assert_eq!(rows(&"x".repeat(40), 20), 2);
    }

    #[test]
    fn nothing_is_lost() {
        let text =
            "  encrypted for  svc_web (proven: of the keys of 8 accounts, only this one opens)";
        for columns in 20..100 {
            let fitted = fit(text, Some(columns));
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&fitted), words(text));
            assert!(fitted.lines().all(|line| seen(line) <= columns || !line.trim().contains(' ')));
        }
    }
}
