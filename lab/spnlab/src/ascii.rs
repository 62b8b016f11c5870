//! Signs for a terminal whose locale is not UTF-8: each takes one column, as the sign that it
//! stands for.
//!
//! Uses: no other room.

/// The text in ASCII.
pub(crate) fn ascii(text: &str) -> String {
    text.chars().map(sign).collect()
}

fn sign(c: char) -> char {
    match c {
        '─' | '╌' | '–' | '—' | '−' | '‑' | '―' => '-',
        '═' => '=',
        '│' | '║' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
        // The shapes of the accounts differ from each other.
        '■' => '#',
        '●' => 'o',
        '▲' => '^',
        '→' | '▶' => '>',
        '←' | '◀' => '<',
        '✉' => '@',
        '✓' => 'v',
        '✕' | '✗' => 'x',
        '“' | '”' | '«' | '»' => '"',
        '‘' | '’' => '\'',
        '…' => '.',
        c if c.is_ascii() => c,
        _ => '?',
    }
}

/// Whether a locale says that its terminal shows UTF-8. Without a locale nothing says that it does
/// not.
pub(crate) fn shows_utf8(locale: Option<&str>) -> bool {
    locale.is_none_or(|locale| {
        let codeset = locale.to_ascii_lowercase();
        codeset.contains("utf-8") || codeset.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_takes_one_column_and_shapes_stay_apart() {
        assert_eq!(ascii("┌─ ■ MEM1$ → ● svc_web ▲ é …"), "+- # MEM1$ > o svc_web ^ ? .");
        assert_eq!(ascii("\u{1b}[1mplain\u{1b}[0m\n"), "\u{1b}[1mplain\u{1b}[0m\n");
    }

    #[test]
    fn only_a_locale_that_is_named_and_not_utf8_counts() {
        for utf8 in [None, Some("C.UTF-8"), Some("de_DE.utf8"), Some("en_US.UTF-8@x")] {
            assert!(shows_utf8(utf8), "{utf8:?}");
        }
        for other in ["C", "POSIX", "de_DE.ISO-8859-1", "en_US"] {
            assert!(!shows_utf8(Some(other)), "{other}");
        }
    }
}
