//! Words that somebody will type or paste into `cmd.exe`.
//!
//! Its quoting cannot be trusted with every character, so only those pass that it never interprets.
//! Names come from a directory, in which many people may write: what is printed as a command must do
//! nothing else when it is pasted.

use crate::account::{AccountKind, AccountRef};
use crate::plan::Change;

/// A word of the command line, in quotes if it has blanks; none: it cannot be written safely.
pub(crate) fn word(text: &str) -> Option<String> {
    let safe = |c: char| c.is_ascii_alphanumeric() || r" ./:\_-$@".contains(c);
    // A backslash before the closing quote would take it away; a dash in front is a switch.
    let odd =
        text.is_empty() || text.starts_with('-') || text.ends_with('\\') || text.ends_with(' ');
    if odd || text.starts_with('/') || !text.chars().all(safe) {
        return None;
    }
    Some(if text.contains(' ') { format!("\"{text}\"") } else { text.to_owned() })
}

/// The `setspn` line that makes a change; none: it cannot be typed safely.
pub(crate) fn setspn(change: Change, value: &str, account: &AccountRef) -> Option<String> {
    let switch = match change {
        Change::Add => "-S",
        Change::Delete => "-D",
    };
    // A computer's name is typed without `$`.
    let name = match account.kind {
        AccountKind::Computer => account.name.trim_end_matches('$'),
        AccountKind::User | AccountKind::ManagedService => &account.name,
    };
    Some(format!("setspn {switch} {} {}", word(value)?, word(name)?))
}

/// The `setspn` line that makes a change, or in words what it would do.
pub(crate) fn setspn_or_words(change: Change, value: &str, account: &AccountRef) -> String {
    setspn(change, value, account).unwrap_or_else(|| {
        let (verb, to) = match change {
            Change::Add => ("add", "to"),
            Change::Delete => ("delete", "from"),
        };
        format!(
            "{verb} {} {to} {} by LDIF (--hand-off ldif): no command line is safe with these names",
            comment(value),
            comment(&account.name)
        )
    })
}

/// Text for a comment: one line, and nothing in it that any tool could take for more.
pub(crate) fn comment(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " .,:;/$=-_()".contains(c);
    text.chars().map(|c| if plain(c) { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cmd_would_interpret_is_not_typed() {
        let account = |name: &str| AccountRef {
            dn: "CN=x,DC=contoso,DC=com".to_owned(),
            name: name.to_owned(),
            kind: AccountKind::User,
        };
        let said = |value: &str, name: &str| setspn_or_words(Change::Delete, value, &account(name));
        assert_eq!(said("HTTP/mem1", "svc web"), "setspn -D HTTP/mem1 \"svc web\"");
        assert!(!said("HTTP/mem1", "-R").starts_with("setspn"));
        for bad in ["mem1&calc", "%PATH%", "a|b", "a^b", "a>b", "a\"b", "a\nb", "a;b", "ü"] {
            for line in [said(&format!("HTTP/x{bad}"), "svc"), said("HTTP/mem1", bad)] {
                let typed = line.starts_with("setspn");
                assert!(!typed || !line.contains(bad), "{line}");
                assert!(!line.contains(['&', '|', '%', '^', '>', '"', '\n']), "{line}");
            }
        }
    }
}
