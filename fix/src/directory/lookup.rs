//! What a KDC finds for a name.

use super::DirectorySnapshot;
use super::account::Account;
use crate::names::{Spn, domain_part, same_dn};

/// What a KDC found.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    /// The name that it found: the one asked for, or what that is an alias of.
    pub(crate) spn: Spn,
    /// Who holds it. One: the ticket is for this account. Otherwise there is no ticket.
    pub(crate) holders: Vec<&'a Account>,
}

impl<'a> Found<'a> {
    /// The account whose key encrypts the ticket.
    pub(crate) fn ticket_for(&self) -> Option<&'a Account> {
        match self.holders.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl DirectorySnapshot {
    /// What a KDC of the served domain finds for a name.
    pub(crate) fn lookup(&self, spn: &Spn) -> Found<'_> {
        self.lookup_in(spn, &self.domain.dn)
    }

    /// What a KDC of this domain finds for a name. It looks in its own domain first, for the name
    /// and then for what that is an alias of (MS-DRSR 4.1.4.2.14). Only if nobody there holds
    /// either, it asks a global catalog, and refers the client to the domain of the holder.
    pub(crate) fn lookup_in(&self, spn: &Spn, domain: &str) -> Found<'_> {
        let names = || [Some(spn.clone()), self.mappings.alias_of(spn)].into_iter().flatten();
        let here = |holder: &&Account| same_dn(domain_part(&holder.dn), domain);
        let found = |spn: Spn, own: bool| {
            let holders = self.holders(&spn).into_iter().filter(|holder| here(holder) == own);
            let holders: Vec<&Account> = holders.collect();
            (!holders.is_empty()).then_some(Found { spn, holders })
        };
        let found =
            [true, false].into_iter().find_map(|own| names().find_map(|name| found(name, own)));
        found.unwrap_or_else(|| Found { spn: spn.clone(), holders: Vec::new() })
    }

    /// The holders that a KDC of the served domain finds.
    pub(crate) fn resolve(&self, spn: &Spn) -> Vec<&Account> {
        self.lookup(spn).holders
    }

    /// The other domains of the snapshot's accounts.
    pub(crate) fn other_domains(&self) -> Vec<&str> {
        let mut domains: Vec<&str> = Vec::new();
        for account in self.accounts() {
            let domain = domain_part(&account.dn);
            let known = domains.iter().any(|other| same_dn(other, domain));
            if !known && !self.is_served(&account.dn) {
                domains.push(domain);
            }
        }
        domains
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{AccountKind, Domain};
    use crate::names::SpnMappings;

    const ROOT: &str = "DC=contoso,DC=com";
    const CHILD: &str = "DC=child,DC=contoso,DC=com";

    fn account(name: &str, domain: &str, spns: &[&str]) -> Account {
        Account {
            dn: format!("CN={name},{domain}"),
            name: name.to_owned(),
            kind: AccountKind::Computer,
            guid: None,
            dns_host_name: None,
            additional_names: Vec::new(),
            enabled: true,
            spns: spns.iter().map(ToString::to_string).collect(),
        }
    }

    /// Accounts of the root domain and of the child, and whom each KDC finds for `HTTP/w`.
    type Row = (&'static [&'static str], &'static [&'static str], &'static str, &'static str);

    #[test]
    fn a_kdc_looks_in_its_own_domain_first() {
        let table: [Row; 7] = [
            (&["HOST/w"], &["HOST/w"], "a", "b"),
            (&["HTTP/w"], &["HOST/w"], "a", "b"),
            (&["HOST/w"], &["HTTP/w"], "a", "b"),
            (&["HOST/w"], &[], "a", "a"),
            (&[], &["http/W"], "b", "b"),
            (&["HTTP/x"], &["HTTP/w:80"], "", ""),
            (&["HOST/w", "HTTP/w"], &["HOST/w", "HTTP/w"], "a", "b"),
        ];
        for (root, child, from_root, from_child) in table {
            let accounts = vec![account("a", ROOT, root), account("b", CHILD, child)];
            for (served, expected) in [(ROOT, from_root), (CHILD, from_child)] {
                let (dn, forest_dn) = (served.to_owned(), ROOT.to_owned());
                let domain = Domain { dn, forest_dn, netbios: None };
                let mappings = SpnMappings::windows_default();
                let seen = DirectorySnapshot::of(domain, mappings, accounts.clone());
                let found = seen.lookup(&"HTTP/w".parse().unwrap());
                let name = found.ticket_for().map_or("", |holder| holder.name.as_str());
                assert_eq!(name, expected, "{root:?} {child:?} from {served}");
                assert_eq!(seen.other_domains().len(), 1);
            }
        }
    }
}
