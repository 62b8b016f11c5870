//! Deleting a value that several accounts hold.

use super::directory::LdapDirectory;
use super::entry::SPNS;
use super::wire::request::Change;
use crate::directory::{Directory, Scope};
use crate::directory_error::DirectoryError;
use crate::ldap_code::LdapCode;
use crate::spn::Spn;

impl LdapDirectory {
    /// Deletes one value.
    ///
    /// Samba (4.22) looks for other holders of a value that is to go, too, and refuses when it finds
    /// more than one account. Its own `samba-tool spn delete` writes the account's other values in
    /// place of all; that is not done here, because it cannot be made conditional: what somebody else
    /// adds at the same time would be lost.
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
