//! The names of a computer.

use super::account::{Account, AccountKind};
use crate::names::{ServiceClass, Spn, Target, same};

/// The names under which users connect to a computer: the short one and the fully qualified one.
///
/// A Windows client asks for the name as typed. So each change for one name must be made for the
/// other too.
pub(crate) fn names_of(computer: &Account) -> Vec<Target> {
    let account = computer.setspn_name();
    let full = computer
        .dns_host_name
        .clone()
        .unwrap_or_else(|| format!("{}.{}", account, computer.domain()).to_lowercase());
    let label = full.split('.').next().unwrap_or_default();
    // An account name is cut after 15 characters. Then both short names are in use.
    let mut names = vec![label.to_owned()];
    if !same(label, account) {
        names.push(account.to_owned());
    }
    names.push(full);
    let mut targets: Vec<Target> = Vec::new();
    for name in names.iter().filter_map(|name| name.parse::<Target>().ok()) {
        if !targets.contains(&name) {
            targets.push(name);
        }
    }
    targets
}

/// Whether it is a computer of this name.
pub(crate) fn goes_by(account: &Account, host: &str) -> bool {
    account.kind == AccountKind::Computer
        && names_of(account).iter().any(|name| same(name.as_str(), host))
}

/// One SPN for each name of a computer.
pub(crate) fn spns_of(computer: &Account, class: &ServiceClass, port: Option<u16>) -> Vec<Spn> {
    let spn = |name: &Target| {
        let spn = Spn::new(class.clone(), name);
        port.map_or(spn.clone(), |port| spn.with_port(port))
    };
    names_of(computer).iter().map(spn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_name_forms_always() {
        let table: &[(&str, Option<&str>, &[&str])] = &[
            ("MEM1$", Some("mem1.contoso.com"), &["mem1", "mem1.contoso.com"]),
            ("MEM1$", None, &["mem1", "mem1.contoso.com"]),
            (
                "VERYLONGSERVERN$",
                Some("verylongservername.contoso.com"),
                &["verylongservername", "VERYLONGSERVERN", "verylongservername.contoso.com"],
            ),
            ("MEM1$", Some("mem1"), &["mem1"]),
        ];
        for (name, dns, expected) in table {
            let computer = Account {
                dn: "CN=X,DC=contoso,DC=com".to_owned(),
                name: (*name).to_owned(),
                kind: AccountKind::Computer,
                guid: None,
                dns_host_name: dns.map(str::to_owned),
                enabled: true,
                spns: Vec::new(),
            };
            let names: Vec<String> = names_of(&computer).iter().map(ToString::to_string).collect();
            assert_eq!(names, *expected, "{name} {dns:?}");
        }
    }
}
