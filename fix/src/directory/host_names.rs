//! The names of a computer.

use super::account::{Account, AccountKind};
use crate::names::{ServiceClass, Spn, Target, same};

/// Most characters of a computer's account name, without `$` (a NetBIOS name).
const ACCOUNT_NAME: usize = 15;

impl Account {
    /// Whether it is a computer of this name. Its names are:
    ///
    /// - `dNSHostName` and its first label. Without the attribute, the account name and its domain
    ///   stand for it.
    /// - The account name. It has at most 15 characters, so it may be the beginning of the label.
    /// - The additional names, and the first labels of those that are DNS names.
    pub fn is_computer_called(&self, host: &Target) -> bool {
        self.kind == AccountKind::Computer
            && (names_of(self).contains(host) || self.is_cut_from(host))
    }

    /// Whether the account name is the first label of this name, whole or cut.
    pub(crate) fn is_label_of(&self, host: &Target) -> bool {
        account_names(host.first_label()).iter().any(|name| same(name, &self.name))
    }

    /// Whether only the directory's limit keeps the account from having this name.
    fn is_cut_from(&self, host: &Target) -> bool {
        let (domain, label) = (self.domain(), host.first_label());
        self.dns_host_name.is_none()
            && label.chars().count() > ACCOUNT_NAME
            && self.is_label_of(host)
            && (host.is_short() || same(host.as_str(), &format!("{label}.{domain}")))
    }
}

/// The account names, with `$`, that a computer with this label may have.
pub(crate) fn account_names(label: &str) -> Vec<String> {
    let mut names = vec![format!("{label}$")];
    if label.chars().count() > ACCOUNT_NAME {
        names.push(label.chars().take(ACCOUNT_NAME).chain(['$']).collect());
    }
    names
}

/// The names under which users connect to a computer: the short one and the fully qualified one,
/// then its additional ones.
///
/// A Windows client asks for the name as typed. So each change for one name must be made for the
/// other too.
pub(crate) fn names_of(computer: &Account) -> Vec<Target> {
    let account = computer.setspn_name();
    let full = computer
        .dns_host_name
        .clone()
        .unwrap_or_else(|| format!("{}.{}", account, computer.domain()).to_lowercase());
    let label = |full: &str| full.split('.').next().unwrap_or_default().to_owned();
    // An account name is cut after 15 characters. Then both short names are in use.
    let mut names = vec![label(&full)];
    if !same(&names[0], account) {
        names.push(account.to_owned());
    }
    names.push(full);
    for name in &computer.additional_names {
        names.extend([label(name), name.clone()]);
    }
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
    host.parse::<Target>().is_ok_and(|host| account.is_computer_called(&host))
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

    fn computer(name: &str, dns: Option<&str>, more: &[&str]) -> Account {
        Account {
            dn: "CN=LAB-SRV-01,CN=Computers,DC=contoso,DC=com".to_owned(),
            name: name.to_owned(),
            kind: AccountKind::Computer,
            guid: None,
            dns_host_name: dns.map(str::to_owned),
            additional_names: more.iter().map(ToString::to_string).collect(),
            enabled: true,
            spns: Vec::new(),
        }
    }

    /// Account name, `dNSHostName`, additional names, all names.
    type Names =
        (&'static str, Option<&'static str>, &'static [&'static str], &'static [&'static str]);

    #[test]
    fn both_name_forms_always() {
        let table: &[Names] = &[
            ("MEM1$", Some("mem1.contoso.com"), &[], &["mem1", "mem1.contoso.com"]),
            ("MEM1$", None, &[], &["mem1", "mem1.contoso.com"]),
            (
                "VERYLONGSERVERN$",
                Some("verylongservername.contoso.com"),
                &[],
                &["verylongservername", "VERYLONGSERVERN", "verylongservername.contoso.com"],
            ),
            ("MEM1$", Some("mem1"), &[], &["mem1"]),
            (
                "FS1$",
                Some("fs1.contoso.com"),
                &["alt.contoso.com", "ALT", "fs1.contoso.com"],
                &["fs1", "fs1.contoso.com", "alt", "alt.contoso.com"],
            ),
        ];
        for (name, dns, more, expected) in table {
            let names = names_of(&computer(name, *dns, more));
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            assert_eq!(names, *expected, "{name} {dns:?}");
        }
    }

    /// Account name, `dNSHostName`, additional names, a name, whether it is the computer's.
    type Row = (&'static str, Option<&'static str>, &'static [&'static str], &'static str, bool);

    #[test]
    fn a_computer_goes_by_each_of_its_names() {
        let (full, long) = (Some("mem1.contoso.com"), Some("verylongservername.contoso.com"));
        let table: &[Row] = &[
            ("MEM1$", full, &[], "mem1.contoso.com", true),
            ("MEM1$", full, &[], "MEM1.CONTOSO.COM", true),
            ("MEM1$", full, &[], "mem1", true),
            ("MEM1$", full, &[], "mem1.fabrikam.com", false),
            ("MEM1$", full, &[], "lab-srv-01", false),
            ("MEM1$", full, &[], "mem1.contoso.com.", false),
            ("MEM1$", Some("mem1.branch.contoso.com"), &[], "mem1.contoso.com", false),
            ("MEM1$", Some("web.contoso.com"), &[], "web", true),
            ("MEM1$", Some("web.contoso.com"), &[], "mem1", true),
            ("MEM1$", None, &[], "mem1.contoso.com", true),
            ("MEM1$", None, &[], "mem1.fabrikam.com", false),
            ("MEM1$", None, &[], "mem1", true),
            ("VERYLONGSERVERN$", long, &[], "verylongservername", true),
            ("VERYLONGSERVERN$", long, &[], "VERYLONGSERVERN", true),
            ("VERYLONGSERVERN$", long, &[], "verylongservernumber2", false),
            ("VERYLONGSERVERN$", None, &[], "verylongservername", true),
            ("VERYLONGSERVERN$", None, &[], "verylongservername.contoso.com", true),
            ("VERYLONGSERVERN$", None, &[], "verylongservername.fabrikam.com", false),
            ("MEM1$", None, &[], "mem12", false),
            ("FS1$", Some("fs1.contoso.com"), &["alt.contoso.com"], "alt.contoso.com", true),
            ("FS1$", Some("fs1.contoso.com"), &["alt.contoso.com"], "ALT", true),
            ("FS1$", Some("fs1.contoso.com"), &["ALT"], "alt", true),
            ("FS1$", Some("fs1.contoso.com"), &["ALT"], "alt.contoso.com", false),
        ];
        for (name, dns, more, host, expected) in table {
            let computer = computer(name, *dns, more);
            let host: Target = host.parse().unwrap();
            assert_eq!(computer.is_computer_called(&host), *expected, "{name} {dns:?} {host}");
            // A managed service account may have a dNSHostName, and is no computer.
            let managed = Account { kind: AccountKind::ManagedService, ..computer };
            assert!(!managed.is_computer_called(&host), "{name} {host}");
        }
    }
}
