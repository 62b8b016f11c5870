//! Computer objects as a directory with history has them: left behind, shared, or with more names.

use ldap3::SearchEntry;

use super::account_state::{COMPUTER, DISABLED, clear_text_password, record, replace};
use crate::lab::Dc;
use crate::model::{Account, Error, Result};

/// `msDS-SupportedEncryptionTypes` of the image's accounts: AES128 and AES256 (MS-KILE 2.2.7).
const AES_ONLY: u32 = 24;

/// A computer's other names (`netdom computername /add`).
const OTHER_DNS_NAME: &str = "msDS-AdditionalDnsHostName";
const OTHER_ACCOUNT_NAME: &str = "msDS-AdditionalSamAccountName";

/// A computer object to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedComputer<'a> {
    /// One of [`accounts::ADDED`](crate::accounts::ADDED).
    pub account: Account,
    /// Its `dNSHostName`.
    pub dns_host_name: Option<&'a str>,
    /// Whether it may log on.
    pub enabled: bool,
}

impl AddedComputer<'_> {
    fn control(self) -> u32 {
        if self.enabled { COMPUTER } else { COMPUTER | DISABLED }
    }

    fn ldif(self) -> String {
        let Account { name, password, dn, .. } = self.account;
        let control = self.control();
        let host = self.dns_host_name.map(|host| format!("dNSHostName: {host}\n"));
        format!(
            "dn: {dn}\nchangetype: add\nobjectClass: computer\nsAMAccountName: {name}\n\
             userAccountControl: {control}\nmsDS-SupportedEncryptionTypes: {AES_ONLY}\n{}{}\n",
            clear_text_password(password),
            host.unwrap_or_default()
        )
    }
}

impl Dc<'_> {
    /// Adds a computer object with a key of its own, and proves by reading that it is there. A
    /// reset deletes it.
    pub async fn add_computer(self, computer: AddedComputer<'_>) -> Result<()> {
        let dn = computer.account.dn;
        self.ldbmodify(&computer.ldif()).await?;
        let found = self.read(dn, &["userAccountControl", "dNSHostName"]).await?;
        let shown = (value(&found, "userAccountControl"), value(&found, "dNSHostName"));
        let control = computer.control().to_string();
        shows(dn, &shown, &(Some(control.as_str()), computer.dns_host_name))
    }

    /// Deletes an object, as the administrator who tidies up does.
    pub async fn delete_account(self, account: Account) -> Result<()> {
        self.ldbmodify(&deletion(account)).await
    }

    /// Gives a computer another DNS name and its account name, without the SPNs that the machine
    /// registers. A reset finds them and does not take them back.
    /// [`Lab::return_to_image`](crate::Lab::return_to_image) does.
    pub async fn add_names(self, account: Account, dns: &str) -> Result<()> {
        let label = dns.split('.').next().unwrap_or_default().to_uppercase();
        let other = format!("{label}$");
        let changes = replace(OTHER_DNS_NAME, dns) + &replace(OTHER_ACCOUNT_NAME, &other);
        self.ldbmodify(&record(account.dn, &changes)).await?;
        let found = self.read(account.dn, &[OTHER_DNS_NAME, OTHER_ACCOUNT_NAME]).await?;
        let shown = (value(&found, OTHER_DNS_NAME), value(&found, OTHER_ACCOUNT_NAME));
        shows(account.dn, &shown, &(Some(dns), Some(&other)))
    }
}

/// The LDIF that deletes an account.
pub(crate) fn deletion(account: Account) -> String {
    format!("dn: {}\nchangetype: delete\n\n", account.dn)
}

fn value<'a>(entry: &'a SearchEntry, name: &str) -> Option<&'a str> {
    entry.attrs.get(name)?.first().map(String::as_str)
}

fn shows<T: PartialEq + std::fmt::Debug>(dn: &str, shown: &T, wanted: &T) -> Result<()> {
    if shown == wanted {
        return Ok(());
    }
    let detail = format!("{dn} has {shown:?}, not {wanted:?}");
    Err(Error::Directory { action: "take a computer's object", detail })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::accounts;

    #[test]
    fn a_computer_that_was_left_behind_is_disabled_and_has_its_host_name() {
        let account = accounts::MEM1_OLD;
        let left = AddedComputer { account, dns_host_name: Some("a.contoso.com"), enabled: false };
        let ldif = left.ldif();
        assert!(ldif.contains("userAccountControl: 4098\n"), "{ldif}");
        assert!(ldif.ends_with("\ndNSHostName: a.contoso.com\n\n"), "{ldif}");
        assert!(!ldif.contains(account.password), "{ldif}");
        let shared = AddedComputer { dns_host_name: None, enabled: true, ..left }.ldif();
        assert!(shared.contains("userAccountControl: 4096\n"), "{shared}");
        assert!(!shared.contains("dNSHostName"), "{shared}");
    }
}
