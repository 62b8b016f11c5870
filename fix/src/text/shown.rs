//! Text for a terminal.

use std::fmt::{self, Display, Formatter, Write};

/// Text from a directory, escaped for a terminal; see [`shown`].
#[derive(Clone, Copy, Debug)]
pub struct Shown<T>(T);

/// Escapes text from others, such as a name from a directory, for a terminal. A character that
/// would move the cursor, break the line or change the writing direction appears as `\u{1b}`.
///
/// ```
/// assert_eq!(spnfix::shown("HTTP/mem1\u{1b}[2J\n").to_string(), r"HTTP/mem1\u{1b}[2J\n");
/// assert_eq!(spnfix::shown("CN=Jürgen").to_string(), "CN=Jürgen");
/// ```
pub fn shown<T: Display>(text: T) -> Shown<T> {
    Shown(text)
}

impl<T: Display> Display for Shown<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| {
            if is_plain(c) {
                self.0.write_char(c)
            } else {
                write!(self.0, "{}", c.escape_default())
            }
        })
    }
}

/// A JSON document on several lines, escaped for a terminal. It stays the same document: such
/// characters appear as JSON's own `\u009b`.
///
/// ```
/// let document = serde_json::json!({ "dn": "CN=a\u{9b}2J" });
/// assert_eq!(spnfix::shown_json(&document).to_string(), "{\n  \"dn\": \"CN=a\\u009b2J\"\n}");
/// ```
pub fn shown_json(document: &serde_json::Value) -> impl Display + '_ {
    ShownJson(document)
}

struct ShownJson<'a>(&'a serde_json::Value);

impl Display for ShownJson<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(EscapingJson(f), "{:#}", self.0)
    }
}

struct EscapingJson<'a, 'b>(&'a mut Formatter<'b>);

impl Write for EscapingJson<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // serde_json has escaped the line breaks within strings. The others separate lines.
        text.chars().try_for_each(|c| {
            if c == '\n' || is_plain(c) {
                return self.0.write_char(c);
            }
            c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(self.0, "\\u{unit:04x}"))
        })
    }
}

/// Whether the character is visible, or a blank.
pub(crate) fn is_plain(c: char) -> bool {
    let unseen = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    );
    !c.is_control() && !unseen
}

#[cfg(test)]
mod tests {
    use super::{shown, shown_json};

    #[test]
    fn a_document_stays_the_same_and_moves_no_cursor() {
        let text = "a\"\\\r\n\t\u{0}\u{1b}[2J\u{7f}\u{9b}2J\u{202e}\u{e0001}Größe 中文 🖥";
        let document = serde_json::json!({ text: [text, 1, null] });
        let shown = shown_json(&document).to_string();
        assert!(shown.chars().all(|c| c == '\n' || super::is_plain(c)), "{shown:?}");
        assert!(shown.contains("Größe 中文 🖥"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), document);
    }

    #[test]
    fn what_is_no_character_of_its_own_is_escaped() {
        let table = [
            ("a\r\nb\tc", r"a\r\nb\tc"),
            ("\u{1b}]0;x\u{7}", r"\u{1b}]0;x\u{7}"),
            ("\u{9b}2J\u{0}\u{7f}", r"\u{9b}2J\u{0}\u{7f}"),
            ("svc\u{202e}bew\u{2066}", r"svc\u{202e}bew\u{2066}"),
            ("m\u{200b}em1\u{2028}", r"m\u{200b}em1\u{2028}"),
            (r"CN=O\,Neil", r"CN=O\,Neil"),
            ("Größe 中文 🖥", "Größe 中文 🖥"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text).to_string(), expected);
            assert_eq!(shown(shown(text)).to_string(), expected, "once is enough");
        }
    }
}
