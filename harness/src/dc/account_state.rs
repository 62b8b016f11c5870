//! What besides its SPNs can make Kerberos fail for an account: the judge reads, changes and
//! restores it.

use std::collections::BTreeMap;

use ldap3::SearchEntry;

use crate::lab::{Dc, Lab};
use crate::model::{Account, Error, Result, accounts};

/// `userAccountControl`: the account is disabled (MS-ADTS 2.2.16).
pub(super) const DISABLED: u32 = 0x2;
/// `userAccountControl` of a user, and of a member computer, that may log on.
const USER: u32 = 0x200;
pub(super) const COMPUTER: u32 = 0x1000;
/// `accountExpires`: never, in both spellings. The image has the second one.
const NEVER: [&str; 2] = ["0", "9223372036854775807"];
/// 1 January 2020, in 100 ns since 1601.
const LONG_AGO: &str = "132223104000000000";

/// A change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It is disabled.
    Disabled,
    /// It expired in 2020.
    Expired,
    /// Its password must be changed before it may log on.
    PasswordExpired,
    /// It gets another password, which none of its users and services knows. The key version goes
    /// up. A reset restores both.
    PasswordChanged,
}

/// What the directory says about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountState {
    control: u32,
    expires: bool,
    password_expired: bool,
    /// Key version number. Only a new password changes it.
    kvno: u32,
}

impl AccountState {
    fn baseline(name: &str) -> Self {
        let control = if name.ends_with('$') { COMPUTER } else { USER };
        // Provisioning set Administrator's password. The other passwords were set after the
        // account was made, which counts as another change.
        let kvno = if name == accounts::ADMINISTRATOR.name { 1 } else { 2 };
        Self { control, expires: false, password_expired: false, kvno }
    }

    fn read(entry: &SearchEntry) -> Option<Self> {
        let value = |name: &str| entry.attrs.get(name).and_then(|all| all.first());
        Some(Self {
            control: value("userAccountControl")?.parse().ok()?,
            expires: value("accountExpires").is_some_and(|at| !NEVER.contains(&at.as_str())),
            password_expired: value("pwdLastSet").is_some_and(|at| at == "0"),
            kvno: value("msDS-KeyVersionNumber")?.parse().ok()?,
        })
    }

    /// Whether the state shows this change.
    fn shows(&self, change: AccountChange, before: &Self) -> bool {
        match change {
            AccountChange::Disabled => self.control & DISABLED != 0,
            AccountChange::Expired => self.expires,
            AccountChange::PasswordExpired => self.password_expired,
            AccountChange::PasswordChanged => self.kvno > before.kvno,
        }
    }

    /// The LDIF attributes that restore the baseline. A password stays what it is.
    fn undone(&self, baseline: &Self) -> String {
        let mut text = String::new();
        if self.control != baseline.control {
            text += &replace("userAccountControl", &baseline.control.to_string());
        }
        if self.expires {
            text += &replace("accountExpires", NEVER[1]);
        }
        if self.password_expired {
            text += &replace("pwdLastSet", "-1");
        }
        text
    }
}

/// The state of every account of the lab, by name.
pub(crate) type States = BTreeMap<String, AccountState>;

/// Finds every account.
pub(crate) const ACCOUNTS: &str = "(objectClass=user)";
/// The attributes that [`states`] needs.
pub(crate) const STATE: [&str; 5] = [
    "sAMAccountName",
    "userAccountControl",
    "accountExpires",
    "pwdLastSet",
    "msDS-KeyVersionNumber",
];

pub(crate) fn states(entries: &[SearchEntry]) -> States {
    let named = entries.iter().filter_map(|entry| {
        let name = entry.attrs.get("sAMAccountName")?.first()?;
        Some((name.clone(), AccountState::read(entry)?))
    });
    named.collect()
}

/// The differences of the accounts from the image, one line for each account.
pub(crate) fn difference(states: &States) -> Vec<String> {
    let known = accounts::ALL.iter().map(|account| (account, states.get(account.name)));
    known
        .filter_map(|(account, state)| {
            let Some(state) = state else { return Some(format!("{} is gone", account.name)) };
            let baseline = AccountState::baseline(account.name);
            (*state != baseline).then(|| format!("{} is {state:?}, not {baseline:?}", account.name))
        })
        .collect()
}

impl Dc<'_> {
    /// Changes an account in the DC's database, and proves the change by reading the directory.
    ///
    /// # Errors
    /// Those of the DC's tools, and [`Error::Directory`] if the directory does not show the change.
    pub async fn change_account(self, account: Account, change: AccountChange) -> Result<()> {
        let before = self.account_states().await?;
        let ldif = match change {
            AccountChange::Disabled => {
                let baseline = AccountState::baseline(account.name).control;
                replace("userAccountControl", &(baseline | DISABLED).to_string())
            }
            AccountChange::Expired => replace("accountExpires", LONG_AGO),
            AccountChange::PasswordExpired => replace("pwdLastSet", "0"),
            // Samba's own attribute for a new password in UTF-16. Only its database tools may use
            // it.
            AccountChange::PasswordChanged => new_password("Training-Changed-1"),
        };
        self.ldbmodify(&record(account.dn, &ldif)).await?;
        let after = self.account_states().await?;
        match (before.get(account.name), after.get(account.name)) {
            (Some(before), Some(after)) if after.shows(change, before) => Ok(()),
            (_, after) => {
                let detail = format!("{} is {after:?} after {change:?}", account.name);
                Err(Error::Directory { action: "take the change of an account", detail })
            }
        }
    }

    /// Whether an account of the image shows this change.
    pub async fn has_changed(self, account: Account, change: AccountChange) -> Result<bool> {
        let baseline = AccountState::baseline(account.name);
        let now = self.account_states().await?;
        Ok(now.get(account.name).is_some_and(|state| state.shows(change, &baseline)))
    }

    async fn account_states(self) -> Result<States> {
        Ok(states(&self.search(ACCOUNTS, &STATE).await?))
    }
}

impl Lab {
    /// Gives an account the keys that it had at the baseline, and their version. No password makes
    /// the same keys again, so `database` writes them without Samba's checks. This does not
    /// replicate, so each domain controller gets them. Both must have replicated before.
    pub(crate) async fn give_back_keys(&self, dn: &str) -> Result<()> {
        for dc in self.dcs() {
            let ran = dc.ask_database(&["keys", dn]).await?;
            ran.success(dc.role, "the keys of the baseline")?;
        }
        Ok(())
    }
}

/// The DNs of the accounts whose keys differ from the image's.
pub(crate) fn with_other_keys(states: &States) -> impl Iterator<Item = &'static str> {
    let other = |account: &&Account| {
        let kvno = AccountState::baseline(account.name).kvno;
        states.get(account.name).is_some_and(|state| state.kvno != kvno)
    };
    accounts::ALL.iter().filter(other).map(|account| account.dn)
}

/// The LDIF that lets every account log on again.
pub(crate) fn undo(states: &States) -> String {
    let undone = accounts::ALL.iter().filter_map(|account| {
        let undone = states.get(account.name)?.undone(&AccountState::baseline(account.name));
        (!undone.is_empty()).then(|| record(account.dn, &undone))
    });
    undone.collect()
}

pub(super) fn record(dn: &str, changes: &str) -> String {
    format!("dn: {dn}\nchangetype: modify\n{changes}\n")
}

pub(super) fn replace(name: &str, value: &str) -> String {
    format!("replace: {name}\n{name}: {value}\n-\n")
}

fn new_password(password: &str) -> String {
    format!("replace: clearTextPassword\n{}-\n", clear_text_password(password))
}

pub(super) fn clear_text_password(password: &str) -> String {
    use base64::Engine as _;
    let utf16: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encoded = base64::engine::general_purpose::STANDARD.encode(utf16);
    format!("clearTextPassword:: {encoded}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states() -> States {
        let baseline =
            |account: &Account| (account.name.to_owned(), AccountState::baseline(account.name));
        accounts::ALL.iter().map(baseline).collect()
    }

    #[test]
    fn what_can_be_undone_is_and_a_password_is_told_of() {
        let mut states = states();
        assert!(difference(&states).is_empty());
        let baseline = AccountState::baseline("trainer");
        let broken =
            AccountState { control: 0x202, expires: true, password_expired: true, kvno: 3 };
        assert_eq!(
            broken.undone(&baseline),
            "replace: userAccountControl\nuserAccountControl: 512\n-\nreplace: accountExpires\n\
             accountExpires: 9223372036854775807\n-\nreplace: pwdLastSet\npwdLastSet: -1\n-\n"
        );
        states.insert("trainer".to_owned(), AccountState { kvno: 3, ..baseline.clone() });
        assert_eq!(states["trainer"].undone(&baseline), "");
        assert_eq!(difference(&states).len(), 1);
        assert_eq!(with_other_keys(&states).collect::<Vec<_>>(), [accounts::TRAINER.dn]);
        states.remove("MEM1$");
        assert_eq!(difference(&states).len(), 2);
    }
}
