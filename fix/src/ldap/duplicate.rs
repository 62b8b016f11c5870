//! Deleting a value that several accounts hold.

use super::directory::LdapDirectory;
use super::entry::SPNS;
use super::wire::request::Change;
use crate::directory::{Directory, DirectoryError, LdapCode, Scope};
use crate::names::Spn;

impl LdapDirectory {
    /// Deletes one value.
    ///
    /// Samba (4.22) looks for other holders of a value that it deletes too. It refuses if more than
    /// one account holds the value. Its own `samba-tool spn delete` replaces the whole attribute
    /// with the account's other values. This crate does not, because a replacement cannot be
    /// conditional: it would lose what another program adds at the same time.
    pub(super) async fn delete_value(
        &mut self,
        dn: &str,
        value: &str,
    ) -> Result<(), DirectoryError> {
        let done = self.dc.change(dn, Change::Delete, SPNS, value).await;
        let (Err(refused), Ok(spn)) = (&done, value.parse::<Spn>()) else { return done };
        if refused.ldap_code() != Some(LdapCode::CONSTRAINT_VIOLATION) {
            return done;
        }
        let holders = self.holders(&[spn], Scope::Domain).await?;
        let mine = holders.iter().any(|holder| holder.is(dn));
        match holders.iter().find(|holder| !holder.is(dn)) {
            Some(other) if mine => Err(DirectoryError::Duplicate {
                dn: dn.to_owned(),
                value: value.to_owned(),
                other: other.name.clone(),
            }),
            _ => done,
        }
    }
}
