//! Words of a command line that `cmd.exe` and a terminal take as they are.
//!
//! The quoting of `cmd.exe` is not safe for every character. So only characters pass that it never
//! interprets.

/// The text as one word, in quotes if it has blanks or backslashes; `None` if no quoting is safe.
///
/// The words are safe in PowerShell and bash, too: there `\` outside of quotes and `$` before a
/// name would be interpreted.
pub(crate) fn word(text: &str) -> Option<String> {
    let safe = |c: char| c.is_ascii_alphanumeric() || r" ./:\_-$@".contains(c);
    // A backslash before the closing quote would escape it. A dash in front makes a switch.
    let odd = text.is_empty()
        || text.starts_with(['-', '/'])
        || text.ends_with('\\')
        || text.ends_with(' ')
        || text.strip_suffix('$').unwrap_or(text).contains('$')
        || text.contains("\\\\");
    if odd || !text.chars().all(safe) {
        return None;
    }
    Some(if text.contains([' ', '\\']) { format!("\"{text}\"") } else { text.to_owned() })
}

/// The advice if no command line is safe.
pub(crate) const INSTEAD: &str =
    "by LDIF (hand-off ldif), as a name has characters that no command line takes safely";

/// A setspn line with one value and one account; `None` if no quoting is safe.
pub(crate) fn setspn_line(switch: &str, value: &str, account: &str) -> Option<String> {
    Some(format!("setspn {switch} {} {}", word(value)?, word(account)?))
}

/// A setspn line with one value and one account, or [`INSTEAD`].
pub(crate) fn setspn(switch: &str, value: &str, account: &str) -> String {
    setspn_line(switch, value, account).unwrap_or_else(|| INSTEAD.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{setspn, word};

    #[test]
    fn names_pass_and_blanks_are_quoted() {
        for plain in ["svc_web", "mem-1.contoso.com", "HTTP/mem1.contoso.com:5985", "svc$"] {
            assert_eq!(word(plain).as_deref(), Some(plain));
        }
        assert_eq!(word("svc web").as_deref(), Some("\"svc web\""));
        assert_eq!(word(r"CONTOSO\svc$").as_deref(), Some(r#""CONTOSO\svc$""#));
    }

    #[test]
    fn what_a_shell_would_interpret_is_no_word() {
        for c in "\"&|<>^%!()'`;,=*?~#+[]{}\n\r\t\0\u{1b}\u{9b}\u{202e}é".chars() {
            assert_eq!(word(&format!("svc{c}x")), None, "{c:?}");
        }
        for odd in ["", "-D", "/x", "svc\\", "svc ", "$DUPLICATE-1", "svc$$", "svc$web", r"a\\b"] {
            assert_eq!(word(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_line_that_could_do_more_is_no_line() {
        assert_eq!(setspn("-D", "HTTP/mem1", "svc web"), "setspn -D HTTP/mem1 \"svc web\"");
        for (value, account) in [("HTTP/a&b", "svc"), ("HTTP/a", "x|y"), ("HTTP/a\n", "svc")] {
            let text = setspn("-D", value, account);
            assert!(text.starts_with("by LDIF") && !text.contains(value), "{text}");
        }
    }
}
