//! Deleting a value that several accounts hold.

use super::directory::LdapDirectory;
use super::entry::SPNS;
use super::wire::request::Change;
use crate::directory::{Directory, Scope};
use crate::directory_error::DirectoryError;
use crate::fold::{same, same_set};
use crate::ldap_code::LdapCode;
use crate::spn::Spn;

impl LdapDirectory {
    /// Deletes one value.
    ///
    /// Samba (4.22) looks for other holders of a value that is to go, too, and refuses when it finds
    /// more than one account. Its own `samba-tool spn delete` writes the account's other values in
    /// place of all; here that is done only then, with what was read a moment before. LDAP has no way
    /// to make it conditional here: a value that somebody adds in that moment is lost.
    pub(super) async fn delete_value(
        &mut self,
        dn: &str,
        value: &str,
    ) -> Result<(), DirectoryError> {
        match self.dc.change(dn, Change::Delete, SPNS, &[value]).await {
            Err(refused) if refused.ldap_code() == Some(LdapCode::CONSTRAINT_VIOLATION) => {
                self.delete_duplicate(dn, value, refused).await
            }
            done => done,
        }
    }

    async fn delete_duplicate(
        &mut self,
        dn: &str,
        value: &str,
        refused: DirectoryError,
    ) -> Result<(), DirectoryError> {
        let Ok(spn) = value.parse::<Spn>() else { return Err(refused) };
        let holders = self.holders(&[spn], Scope::Domain).await?;
        let Some(account) = holders.iter().find(|holder| holder.is(dn)) else {
            return Err(refused);
        };
        let Some(gone) = account.spns.iter().position(|held| same(held, value)) else {
            return Err(refused);
        };
        if holders.len() < 2 {
            return Err(refused);
        }
        let mut rest: Vec<&str> = account.spns.iter().map(String::as_str).collect();
        rest.remove(gone);
        let replaced = self.dc.change(dn, Change::Replace, SPNS, &rest).await;
        if let Err(error) = replaced {
            let again = error.ldap_code() == Some(LdapCode::CONSTRAINT_VIOLATION);
            return Err(if again { self.stuck(dn, value, &rest).await } else { error });
        }
        let rest: Vec<String> = rest.into_iter().map(str::to_owned).collect();
        let found = self.account_at(dn).await?.map_or_else(Vec::new, |account| account.spns);
        if same_set(&found, &rest) {
            return Ok(());
        }
        Err(DirectoryError::Unexpected {
            doing: format!("delete {value} from {dn}"),
            reason: "somebody else changed the account at the same moment".to_owned(),
        })
    }

    /// What else keeps Samba from taking any change of this account.
    async fn stuck(&mut self, dn: &str, value: &str, rest: &[&str]) -> DirectoryError {
        let mut others = Vec::new();
        for other in rest {
            let Ok(spn) = other.parse::<Spn>() else { continue };
            match self.holders(&[spn], Scope::Domain).await {
                Ok(holders) if holders.len() > 1 => others.push((*other).to_owned()),
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        let (dn, value) = (dn.to_owned(), value.to_owned());
        DirectoryError::SeveralDuplicates { dn, value, others }
    }
}
