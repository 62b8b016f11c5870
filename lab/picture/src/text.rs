//! Texts from a directory or the wire, made fit for a page.
//!
//! Uses: no other room.

/// Replaces what XML forbids and what changes the direction of a line. The templates escape the
/// rest.
pub fn shown(text: &str) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = |c: char| !c.is_control() && !turns(c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if kept(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// The text with at most `room` characters. An ellipsis stands for what is left out in its middle,
/// because names differ at both ends.
pub(crate) fn fitted(text: &str, room: usize) -> String {
    let text: Vec<char> = shown(text).chars().collect();
    if text.len() <= room {
        return text.into_iter().collect();
    }
    let kept = room.saturating_sub(1);
    let (head, tail) = (kept - kept / 2, kept / 2);
    let parts = [&text[..head], &['…'], &text[text.len() - tail..]];
    parts.concat().into_iter().collect()
}

/// The text in lines of at most `room` characters.
pub(crate) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in shown(text).split_whitespace() {
        let word = fitted(word, room);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_keeps_both_ends() {
        assert_eq!(fitted("HTTP/mem1", 9), "HTTP/mem1");
        assert_eq!(fitted("HTTP/mem1.contoso.com", 9), "HTTP….com");
        assert_eq!(fitted("abc", 0), "…");
    }

    #[test]
    fn what_a_page_cannot_hold_is_replaced() {
        assert_eq!(
            shown("a\u{0}b\u{1b}c\u{202e}d\u{ffff}e\nf"),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f"
        );
    }
}
