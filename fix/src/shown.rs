//! Text for a terminal.

use std::fmt::{self, Display, Formatter, Write};

/// Text from a directory as a terminal may have it; see [`shown`].
#[derive(Clone, Copy, Debug)]
pub struct Shown<T>(T);

/// Shows text that somebody else chose, such as a name out of a directory: what would move the
/// cursor, break the line or turn the direction of writing comes as `\u{1b}`.
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

/// Whether it is one visible character, or a blank, and nothing else.
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
    use super::shown;

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
