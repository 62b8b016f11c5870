//! Which computer a host name means, among accounts that were read.

use crate::directory::{Account, right};
use crate::names::{Target, fold, same};

/// Class and host of a value, without port, instance and third part. It splits the text without
/// the grammar, because values that are no SPNs can still be requested.
pub(super) fn class_and_host(value: &str) -> Option<(&str, &str)> {
    let (class, rest) = value.split_once('/')?;
    let host = &rest[..rest.find([':', '/']).unwrap_or(rest.len())];
    (!host.is_empty()).then_some((class, host))
}

/// Classes that only the computer itself serves, with its own key. Any other class may belong to
/// a service's account.
pub(super) fn is_the_computers_own(class: &str) -> bool {
    ["HOST", "RestrictedKrbHost", "WSMAN", "TERMSRV"].iter().any(|own| same(own, class))
}

/// The value of a DN's first component.
pub(super) fn rdn(dn: &str) -> &str {
    let first = dn.split(',').next().unwrap_or_default();
    first.split_once('=').map_or(first, |(_, value)| value)
}

/// Whether the account can be the computer of this name: enabled, and no conflict object.
pub(super) fn may_be(account: &Account, host: &Target) -> bool {
    account.is_computer_called(host) && account.enabled && !account.is_conflict()
}

/// The computers that a host name means: one in each domain at most. A KDC looks in its own domain
/// first. `None`: several in one domain, and nothing tells which one is meant.
///
/// [`right`] tells which one of several is meant.
pub(super) fn meant<'a>(
    host: &Target,
    accounts: impl IntoIterator<Item = &'a Account>,
) -> Option<Vec<&'a Account>> {
    let mut domains: Vec<(String, Vec<&Account>)> = Vec::new();
    for account in accounts.into_iter().filter(|account| may_be(account, host)) {
        let domain = fold(&account.domain());
        match domains.iter_mut().find(|(known, _)| *known == domain) {
            None => domains.push((domain, vec![account])),
            Some((_, there)) if there.iter().any(|known| known.is(&account.dn)) => {}
            Some((_, there)) => there.push(account),
        }
    }
    let mut meant = Vec::new();
    for (_, there) in domains {
        let best = there.iter().map(|account| right(account, host)).max();
        let mut best = there.into_iter().filter(|account| Some(right(account, host)) == best);
        match (best.next(), best.next()) {
            (Some(one), None) => meant.push(one),
            _ => return None,
        }
    }
    Some(meant)
}

/// What `-R` adds: `HOST/<name>` and `HOST/<DNS name>`.
pub(super) fn host_spns(computer: &Account) -> Vec<String> {
    let name = computer.setspn_name();
    let derived = || format!("{name}.{}", computer.domain()).to_lowercase();
    let full = computer.dns_host_name.clone().unwrap_or_else(derived);
    let mut values = vec![format!("HOST/{name}")];
    if !same(&full, name) {
        values.push(format!("HOST/{full}"));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemoryDirectory;

    const ROOT: &str = "DC=contoso,DC=com";

    fn computer(name: &str, dns: &str, root: &str, spns: &[&str]) -> Account {
        let directory = InMemoryDirectory::new(root, "X").with_computer(name, dns, spns);
        directory.accounts()[0].clone()
    }

    fn names(host: &str, accounts: &[Account]) -> Option<Vec<String>> {
        let host: Target = host.parse().unwrap();
        let meant = meant(&host, accounts)?;
        Some(meant.iter().map(|account| account.dn.clone()).collect())
    }

    #[test]
    fn the_enabled_one_of_the_name_is_meant() {
        let web9 = computer("WEB9", "web9.contoso.com", ROOT, &[]);
        let old = computer("WEB9OLD", "web9.contoso.com", ROOT, &["HOST/web9.contoso.com"]);
        let expected = Some(vec![web9.dn.clone()]);
        assert_eq!(names("web9.contoso.com", &[old.clone(), web9.clone()]), expected);
        // Neither has the name: HOST decides, then nothing.
        let other = computer("SRV1", "web9.contoso.com", ROOT, &[]);
        let both = [other.clone(), old.clone()];
        assert_eq!(names("web9.contoso.com", &both), Some(vec![old.dn.clone()]));
        let bare = Account { spns: Vec::new(), ..old.clone() };
        assert_eq!(names("web9.contoso.com", &[other.clone(), bare]), None);
        let disabled = Account { enabled: false, ..old };
        assert_eq!(names("web9.contoso.com", &[other.clone(), disabled]), Some(vec![other.dn]));
        let mut conflict = web9.clone();
        conflict.dn = format!("CN=WEB9\\0ACNF:0b1c,CN=Computers,{ROOT}");
        assert_eq!(names("web9", &[conflict, web9.clone(), web9.clone()]), expected);
        assert_eq!(names("nobody", &[web9]), Some(Vec::new()));
    }

    #[test]
    fn each_domain_has_its_own() {
        let root = computer("WEB7", "web7.contoso.com", ROOT, &[]);
        let child = computer("WEB7", "web7.child.contoso.com", "DC=child,DC=contoso,DC=com", &[]);
        let both = [root.clone(), child.clone()];
        assert_eq!(names("web7", &both).map(|found| found.len()), Some(2));
        assert_eq!(names("web7.child.contoso.com", &both), Some(vec![child.dn]));
    }

    #[test]
    fn values_are_split() {
        let table = [
            ("HTTP/web7:80", Some(("HTTP", "web7"))),
            ("ldap/dc1.contoso.com/contoso.com", Some(("ldap", "dc1.contoso.com"))),
            ("a/", None),
            ("noslash", None),
        ];
        for (value, expected) in table {
            assert_eq!(class_and_host(value), expected, "{value}");
        }
    }
}
