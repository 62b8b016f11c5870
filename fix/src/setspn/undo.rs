//! What undoes a change.

use super::command::command;
use crate::directory::Account;
use crate::names::{Spn, same};

/// The commands of the opposite change, or why there is none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Undo {
    pub(super) commands: Vec<String>,
    pub(super) none: Vec<String>,
    /// Why the directory may refuse it.
    pub(super) caution: Option<String>,
}

impl Undo {
    fn none(why: String) -> Self {
        Self { none: vec![why], ..Self::default() }
    }

    fn by(switch: &str, value: &str, account: &Account, domain: Option<&str>) -> Self {
        match command(switch, Some(value), account, domain) {
            Some(command) => Self { commands: vec![command], ..Self::default() },
            None => Self::none(format!("no name that setspn takes means {}", account.dn)),
        }
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.commands.append(&mut other.commands);
        self.none.append(&mut other.none);
        self.caution = self.caution.take().or(other.caution);
    }
}

/// Undoes an addition to the account, which is as it was before.
pub(super) fn of_addition(value: &str, account: &Account, domain: Option<&str>) -> Undo {
    // A deletion takes the first spelling.
    match account.spns.iter().find(|held| same(held, value)) {
        Some(older) => Undo::none(format!(
            "{} holds it as {older}, too, and a deletion would take that one; both mean the same",
            account.name
        )),
        None => Undo::by("-D", value, account, domain),
    }
}

/// Undoes the deletion of a stored value from the account, which is as it was before.
pub(super) fn of_deletion(
    stored: &str,
    others: &[Account],
    account: &Account,
    domain: Option<&str>,
) -> Undo {
    if let Some(other) = others.first() {
        return Undo::none(format!(
            "{} holds it as well, and the directory accepts no second holder",
            other.name
        ));
    }
    if stored.parse::<Spn>().is_err() {
        return Undo::none("it is no proper SPN, which setspn does not add".to_owned());
    }
    let spellings = account.spns.iter().filter(|held| same(held, stored)).count();
    // -S would find the other spelling, and write nothing.
    let switch = if spellings > 1 { "-A" } else { "-S" };
    Undo::by(switch, stored, account, domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemoryDirectory;

    fn account(spns: &[&str]) -> Account {
        let directory = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_user("a", spns);
        directory.accounts()[0].clone()
    }

    fn command(undo: &Undo) -> &str {
        assert!(undo.none.is_empty(), "{undo:?}");
        &undo.commands[0]
    }

    #[test]
    fn the_opposite_leaves_everything_else() {
        let undo = of_addition("HTTP/x", &account(&["HTTP/y"]), None);
        assert_eq!(command(&undo), "setspn -U -D HTTP/x a");
        let undo = of_deletion("HTTP/x", &[], &account(&["HTTP/x"]), Some("CONTOSO"));
        assert_eq!(command(&undo), "setspn -U -S HTTP/x 'CONTOSO\\a'");
        let undo = of_deletion("HTTP/x", &[], &account(&["HTTP/x", "http/X"]), None);
        assert_eq!(command(&undo), "setspn -U -A HTTP/x a");
    }

    #[test]
    fn where_there_is_no_opposite_it_says_why() {
        let two = of_addition("http/X", &account(&["HTTP/x"]), None);
        let other = of_deletion("HTTP/x", &[account(&["HTTP/x"])], &account(&["HTTP/x"]), None);
        let odd = of_deletion("noslash", &[], &account(&["noslash"]), None);
        let table = [(two, "as HTTP/x, too"), (other, "no second holder"), (odd, "no proper SPN")];
        for (undo, why) in table {
            assert!(undo.commands.is_empty());
            assert!(undo.none[0].contains(why), "{undo:?}");
        }
    }
}
