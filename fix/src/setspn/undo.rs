//! The command that undoes a change.

use super::event::Edit;
use crate::directory::{Account, AccountKind};
use crate::text::is_plain;

/// The command for the opposite change: with the stored value, and a name that means no other
/// account.
pub(super) fn undo(edit: Edit, value: &str, account: &Account, domain: Option<&str>) -> String {
    let switch = match edit {
        Edit::Add => "-D",
        Edit::Delete => "-S",
    };
    let (sort, name) = match account.kind {
        AccountKind::Computer | AccountKind::ManagedService => ("-C", account.setspn_name()),
        AccountKind::User => ("-U", account.name.as_str()),
    };
    let name = match domain {
        Some(domain) => format!("{domain}\\{name}"),
        None => name.to_owned(),
    };
    format!("setspn {sort} {switch} {} {}", quoted(value), quoted(&name))
}

/// Quotes for bash. Text that a terminal would not show as it is becomes `$'\U0000001b'`.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else if word.chars().all(is_plain) {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        let escaped = |c: char| match c {
            '\'' | '\\' => format!("\\{c}"),
            c if is_plain(c) => c.to_string(),
            c => format!("\\U{:08x}", u32::from(c)),
        };
        format!("$'{}'", word.chars().map(escaped).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opposite_names_value_and_account_exactly() {
        let account = |name: &str, kind| Account {
            dn: "CN=x".to_owned(),
            name: name.to_owned(),
            kind,
            dns_host_name: None,
            enabled: true,
            guid: None,
            spns: Vec::new(),
        };
        let web = account("svc web", AccountKind::User);
        assert_eq!(undo(Edit::Add, "HTTP/x", &web, None), "setspn -U -D HTTP/x 'svc web'");
        let mem1 = account("MEM1$", AccountKind::Computer);
        assert_eq!(
            undo(Edit::Delete, "a/it's", &mem1, Some("CONTOSO")),
            r"setspn -C -S 'a/it'\''s' 'CONTOSO\MEM1'"
        );
        assert_eq!(
            undo(Edit::Delete, "a/\u{1b}[2J\n's\\", &mem1, None),
            r"setspn -C -S $'a/\U0000001b[2J\U0000000a\'s\\' MEM1"
        );
    }
}
