//! The commands that are printed, quoted for bash.

use crate::directory::Account;
use crate::names::AccountName;
use crate::text::{PastedError, is_plain};

/// A `setspn` command for one account, with a name that means no other account; `None` if no name
/// of `setspn` means the account.
pub(super) fn command(
    switch: &str,
    value: Option<&str>,
    account: &Account,
    domain: Option<&str>,
) -> Option<String> {
    let (sort, name) = match account.name.strip_suffix('$') {
        Some(name) if !name.ends_with('$') => ("-C", name),
        // `-C` would look for another `$` behind it.
        _ => ("-U", account.name.as_str()),
    };
    let name = match domain {
        Some(domain) => format!("{domain}\\{name}"),
        None => name.to_owned(),
    };
    let typed = AccountName::literal(&name).ok()?;
    if typed.upn().is_some() || typed.dn().is_some() {
        return None;
    }
    // -R is about computers only.
    let mut words = if switch == "-R" { vec![] } else { vec![sort.to_owned()] };
    words.push(switch.to_owned());
    let values: Vec<&str> = value.into_iter().chain([name.as_str()]).collect();
    // Behind two dashes, setspn takes every character as it is.
    let literal = |word: &&str| word.starts_with(['-', '/']) || PastedError::check(word).is_err();
    if values.iter().any(literal) {
        words.push("--".to_owned());
    }
    words.extend(values.into_iter().map(quoted));
    Some(format!("setspn {}", words.join(" ")))
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
    use crate::InMemoryDirectory;

    fn account(name: &str) -> Account {
        let directory = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_user(name, &[]);
        directory.accounts()[0].clone()
    }

    #[test]
    fn value_and_account_are_exact() {
        let table: &[(&str, &str, &str, Option<&str>, &str)] = &[
            ("-D", "HTTP/x", "svc web", None, "setspn -U -D HTTP/x 'svc web'"),
            ("-S", "a/it's", "MEM1$", Some("CONTOSO"), r"setspn -C -S 'a/it'\''s' 'CONTOSO\MEM1'"),
            (
                "-S",
                "a/\u{1b}[2J\n's\\",
                "MEM1$",
                None,
                r"setspn -C -S $'a/\U0000001b[2J\U0000000a\'s\\' MEM1",
            ),
            ("-D", "HTTP/a–b", "svc web", None, "setspn -U -D -- 'HTTP/a–b' 'svc web'"),
            ("-D", "/host/h", "svc", None, "setspn -U -D -- /host/h svc"),
            ("-D", "a/b", "-odd", None, "setspn -U -D -- a/b -odd"),
            // A conflict object: a computer whose name does not end in `$`.
            ("-D", "a/b", "$DUPLICATE-1f4", None, "setspn -U -D a/b '$DUPLICATE-1f4'"),
        ];
        for (switch, value, name, domain, expected) in table {
            let account = account(name);
            let command = command(switch, Some(value), &account, *domain);
            assert_eq!(command.as_deref(), Some(*expected));
        }
        let mem1 = account("MEM1$");
        assert_eq!(command("-R", None, &mem1, None).as_deref(), Some("setspn -R MEM1"));
    }

    #[test]
    fn what_no_name_of_setspn_means_has_no_command() {
        for name in ["a@b", "a\u{7}b", "a\\b\\c"] {
            assert_eq!(command("-L", None, &account(name), None), None);
        }
    }
}
