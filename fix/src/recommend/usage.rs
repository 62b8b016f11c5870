//! Who seems to need the names that a plan takes.

use std::fmt;

use crate::directory::{Account, DirectorySnapshot, names_of};
use crate::names::{Spn, Target, same};
use crate::plan::{Plan, may_be_in_use};

/// Whether a service seems to need a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Usage {
    /// Nothing suggests it.
    None,
    /// It cannot be ruled out.
    Possible,
    /// Other names suggest it.
    Likely,
}

/// An account that loses a name under the plan, and that tickets are for today.
#[derive(Debug)]
pub(super) struct User {
    name: String,
    /// Its other web names.
    others: Vec<String>,
}

impl User {
    pub(super) fn usage(&self) -> Usage {
        if self.others.is_empty() { Usage::Possible } else { Usage::Likely }
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        if self.others.is_empty() {
            return write!(
                f,
                "{name} is enabled: a service may run under it, and the directory does not say \
                 whether it uses the name"
            );
        }
        let others = self.others.join(", ");
        write!(f, "{name} also holds {others}: it looks like a web service that is in use")
    }
}

/// Accounts in use that lose a name under the plan, and whose name works today. A machine that
/// holds another's name is a leftover of a rename, unless it holds names of web services besides. A
/// name on several accounts gives nobody a ticket.
pub(super) fn users(seen: &DirectorySnapshot, plan: &Plan) -> Vec<User> {
    let owner = seen.accounts().iter().find(|account| account.is(&plan.computer.dn));
    let own: Vec<Target> = owner.map(names_of).unwrap_or_default();
    let others = |account: &Account| -> Vec<String> {
        let known = [own.clone(), names_of(account)].concat();
        let is_other = |value: &&String| {
            value.parse::<Spn>().is_ok_and(|spn| {
                is_web(spn.class().as_str())
                    && !known.iter().any(|name| same(name.as_str(), spn.host()))
            })
        };
        account.spns.iter().filter(is_other).cloned().collect()
    };
    let works = |account: &Account, value: &str| {
        value
            .parse::<Spn>()
            .is_ok_and(|spn| matches!(seen.resolve(&spn).as_slice(), [one] if one.is(&account.dn)))
    };
    let loses = |account: &&Account| {
        let mut edits = plan.edits.iter().filter(|edit| account.is(&edit.account.dn));
        (may_be_in_use(account) || account.enabled && !others(account).is_empty())
            && edits.any(|edit| works(account, &edit.value))
    };
    let user = |account: &Account| User { name: account.name.clone(), others: others(account) };
    seen.accounts().iter().filter(loses).map(user).collect()
}

/// Whether names of this class belong to web services; Exchange's mail farms are such.
fn is_web(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    class == "http" || class == "www" || class.starts_with("exchange")
}
