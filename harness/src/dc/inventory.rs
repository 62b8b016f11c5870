//! The judge's own, read-only view of the directory: who holds which SPN.

use std::collections::HashMap;

use ldap3::{Scope, SearchEntry};

use crate::lab::Dc;
use crate::ldap::Search;
use crate::model::{BASE_DN, Error, Result, SpnInventory, hosts};

/// An account that holds SPNs.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) dn: String,
    /// In the directory's own spelling and order.
    pub(crate) spns: Vec<String>,
}

impl FromIterator<Holder> for SpnInventory {
    fn from_iter<I: IntoIterator<Item = Holder>>(holders: I) -> Self {
        let sorted = |mut holder: Holder| {
            holder.spns.sort_by_key(|spn| spn.to_ascii_lowercase());
            (holder.name, holder.spns)
        };
        Self(holders.into_iter().map(sorted).collect())
    }
}

/// Finds every account with SPNs. The schema gives `servicePrincipalName` to the class user alone,
/// and a computer is a user too. The class is indexed; the presence of an attribute is not.
const WITH_SPNS: &str = "(&(objectClass=user)(servicePrincipalName=*))";
/// The attributes that [`holders`] needs.
pub(crate) const HOLDER: [&str; 2] = ["sAMAccountName", "servicePrincipalName"];

/// The accounts with SPNs among these entries, except the DCs' own accounts.
pub(crate) fn holders(entries: Vec<SearchEntry>) -> Vec<Holder> {
    let all = entries.into_iter().filter_map(|entry| of_the_lab(entry.dn, entry.attrs));
    all.filter(|holder| !holder.spns.is_empty()).collect()
}

impl Dc<'_> {
    /// Reads attributes of every object that the filter finds in the domain.
    pub(crate) async fn search(
        self,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<SearchEntry>> {
        let search = Search { base: BASE_DN, scope: Scope::Subtree, filter, attributes };
        self.ask(search).await
    }

    /// Reads attributes of one object. The object must exist.
    pub(crate) async fn read(self, dn: &str, attributes: &[&str]) -> Result<SearchEntry> {
        let filter = "(objectClass=*)";
        let found = self.ask(Search { base: dn, scope: Scope::Base, filter, attributes }).await?;
        let missing = || Error::Directory { action: "show an object", detail: dn.to_owned() };
        found.into_iter().next().ok_or_else(missing)
    }

    async fn ask(self, search: Search<'_>) -> Result<Vec<SearchEntry>> {
        let dc = (hosts::of_dc(self.role), self.ldaps_port(), self.lab.ca_pem());
        self.lab.ldap(self.role).search(dc, search).await
    }

    /// A number that grows with every change of the directory. To ask for it costs next to nothing.
    pub async fn highest_usn(self) -> Result<u64> {
        let search = Search {
            base: "",
            scope: Scope::Base,
            filter: "(objectClass=*)",
            attributes: &["highestCommittedUSN"],
        };
        let found = self.ask(search).await?.into_iter().next();
        let usn =
            found.and_then(|root| root.attrs.get("highestCommittedUSN")?.first()?.parse().ok());
        let missing = || Error::Directory { action: "say its USN", detail: "no number".to_owned() };
        usn.ok_or_else(missing)
    }

    /// Who holds which SPN, as this domain controller knows it.
    pub async fn spns(self) -> Result<SpnInventory> {
        let found = self.search(WITH_SPNS, &HOLDER).await?;
        Ok(holders(found).into_iter().collect())
    }
}

fn of_the_lab(dn: String, mut attributes: HashMap<String, Vec<String>>) -> Option<Holder> {
    let name = attributes.remove("sAMAccountName")?.into_iter().next()?;
    if ["DC1$", "DC2$", "krbtgt"].contains(&name.as_str()) {
        return None;
    }
    let spns = attributes.remove("servicePrincipalName").unwrap_or_default();
    Some(Holder { name, dn, spns })
}
