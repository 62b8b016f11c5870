//! Which of several computers of one name is meant, and which names are a computer's by right.

use serde::{Deserialize, Serialize};

use super::DirectorySnapshot;
use super::account::{Account, AccountKind, AccountRef};
use super::host_names::{goes_by, names_of};
use crate::names::{ServiceClass, Spn, Target, domain_part, holds, same, same_dn};

/// Another computer object that goes by the name of a host, and is not the one that is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rival {
    /// Which.
    pub account: AccountRef,
    /// Why it is not meant.
    pub why: RivalKind,
}

/// Why a computer object of the same name is not the one that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RivalKind {
    /// It has the same full name and is disabled: left behind when the host was joined again.
    Disabled,
    /// It lost a conflict between two domain controllers ([`Account::is_conflict`]).
    Conflict,
    /// It is enabled and has the same full name, and less speaks for it: its `dNSHostName` is
    /// wrong.
    SameHostName,
    /// It is another host that has the same short name.
    SameShortName,
}

/// A `HOST` name that a computer should hold and does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MisplacedHost {
    /// The name.
    pub spn: Spn,
    /// The accounts that hold it and should not. Empty: nobody holds it.
    pub holders: Vec<AccountRef>,
}

impl DirectorySnapshot {
    /// The computer that is meant by this name. Several, if the directory does not tell them apart.
    ///
    /// Of several computer objects of one name, the one is meant that is enabled and lost no
    /// conflict; then the one whose account name or additional name it is; then the holder of
    /// `HOST/<name>`. A short name means a computer of the served domain first, as for the KDC.
    pub fn computers(&self, target: &Target) -> Vec<&Account> {
        let candidates = self.candidates(target);
        let rank = |account: &&&Account| self.rank(account, target);
        let Some(best) = candidates.iter().max_by_key(rank) else { return Vec::new() };
        let best = self.rank(best, target);
        candidates.into_iter().filter(|account| self.rank(account, target) == best).collect()
    }

    /// The other computers of this name, if one is meant.
    pub fn rivals(&self, target: &Target) -> Vec<Rival> {
        let computers = self.computers(target);
        let [meant] = computers.as_slice() else { return Vec::new() };
        let others = self.candidates(target).into_iter().filter(|other| !other.is(&meant.dn));
        let rival = |other: &Account| {
            let why = if other.is_conflict() {
                RivalKind::Conflict
            } else if !same_host(other, meant) {
                RivalKind::SameShortName
            } else if other.enabled {
                RivalKind::SameHostName
            } else {
                RivalKind::Disabled
            };
            Rival { account: other.to_ref(), why }
        };
        others.map(rival).collect()
    }

    /// Whether a host name is this computer's by right: it goes by the name, and is not left behind
    /// while the host has another object. A next step never takes such a name off.
    pub fn owns(&self, account: &Account, host: &str) -> bool {
        let left_behind = |other: &Account| {
            other.kind == AccountKind::Computer
                && same_host(other, account)
                && state(other) > state(account)
        };
        goes_by(account, host) && !self.accounts().iter().any(left_behind)
    }

    /// The `HOST` names that this computer should hold and does not: those that `setspn -R`
    /// registers, and its other names if another account holds them.
    pub fn misplaced_host(&self, computer: &Account) -> Vec<MisplacedHost> {
        let misplaced = |name: Target| {
            let spn = Spn::new(ServiceClass::HOST, &name);
            let wrong = |holder: &&Account| !self.owns(holder, name.as_str());
            let holders = self.holders(&spn).into_iter().filter(wrong);
            let holders: Vec<AccountRef> = holders.map(Account::to_ref).collect();
            let registered = same(name.as_str(), computer.setspn_name())
                || computer.dns_host_name.as_deref().is_some_and(|dns| same(name.as_str(), dns));
            let missing = !computer.holds(&spn) && (registered || !holders.is_empty());
            missing.then_some(MisplacedHost { spn, holders })
        };
        names_of(computer).into_iter().filter_map(misplaced).collect()
    }

    fn candidates(&self, target: &Target) -> Vec<&Account> {
        self.accounts().iter().filter(|account| account.is_computer_called(target)).collect()
    }

    /// How much speaks for a computer being meant. More is better.
    fn rank(&self, account: &Account, target: &Target) -> impl Ord + use<> {
        let here = same_dn(domain_part(&account.dn), &self.domain.dn);
        let living = state(account);
        let domain = target.as_str().split_once('.').map(|(_, domain)| domain);
        (
            target.is_short() && here && living == (true, true),
            living,
            right(account, target),
            domain.is_some_and(|domain| same(domain, &account.domain())),
            here,
        )
    }
}

/// A disabled object cannot log on, and a conflict's loser has lost its name. More is better.
fn state(account: &Account) -> (bool, bool) {
    (account.enabled, !account.is_conflict())
}

/// How much speaks for a computer being meant among those of one domain that can log on: the name
/// is its own in some form; it holds `HOST/<name>`; the name is its account name. More is better.
pub(crate) fn right(account: &Account, target: &Target) -> impl Ord + Copy + use<> {
    let claim = claim(account, target);
    (claim > 0, account.holds(&Spn::new(ServiceClass::HOST, target)), claim)
}

/// Windows lets a computer write only a `dNSHostName` that begins with its account name. So a
/// `dNSHostName` alone proves little.
fn claim(account: &Account, target: &Target) -> u8 {
    if account.is_label_of(target) {
        2
    } else {
        u8::from(holds(&account.additional_names, target.as_str()))
    }
}

/// Whether two objects have a full name in common.
fn same_host(one: &Account, other: &Account) -> bool {
    let names = names_of(other);
    names_of(one).iter().any(|name| !name.is_short() && names.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Domain;
    use crate::names::SpnMappings;

    const ROOT: &str = "DC=contoso,DC=com";
    const CHILD: &str = "DC=child,DC=contoso,DC=com";

    fn computer(name: &str, domain: &str, dns: &str, spns: &[&str]) -> Account {
        Account {
            dn: format!("CN={name},CN=Computers,{domain}"),
            name: format!("{name}$"),
            kind: AccountKind::Computer,
            guid: None,
            dns_host_name: Some(dns.to_owned()).filter(|dns| !dns.is_empty()),
            additional_names: Vec::new(),
            enabled: true,
            spns: spns.iter().map(ToString::to_string).collect(),
        }
    }

    fn seen(served: &str, accounts: &[Account]) -> DirectorySnapshot {
        let domain = Domain { dn: served.to_owned(), forest_dn: ROOT.to_owned(), netbios: None };
        DirectorySnapshot::of(domain, SpnMappings::windows_default(), accounts.to_vec())
    }

    /// The DNs of the computers that are meant.
    fn meant(served: &str, accounts: &[Account], target: &str) -> String {
        let seen = seen(served, accounts);
        let target = target.parse().unwrap();
        let dns: Vec<&str> = seen.computers(&target).iter().map(|one| one.dn.as_str()).collect();
        dns.join(" and ")
    }

    fn web9() -> Account {
        computer("WEB9", ROOT, "web9.contoso.com", &["HOST/web9", "HOST/web9.contoso.com"])
    }

    #[test]
    fn of_several_objects_of_a_host_the_living_one_is_meant() {
        let old = computer("WEB9OLD", ROOT, "web9.contoso.com", &[]);
        let disabled = Account { enabled: false, ..old.clone() };
        let conflict = Account {
            dn: format!("CN=WEB9\\0ACNF:1-2,CN=Computers,{ROOT}"),
            name: "$DUPLICATE-451".to_owned(),
            ..web9()
        };
        let holding = Account { spns: web9().spns, ..disabled.clone() };
        let without = Account { spns: Vec::new(), ..web9() };
        let rivals = [
            (old.clone(), RivalKind::SameHostName),
            (disabled, RivalKind::Disabled),
            (conflict, RivalKind::Conflict),
            (holding, RivalKind::Disabled),
        ];
        for (rival, why) in rivals {
            for good in [web9(), without.clone()] {
                for target in ["web9", "web9.contoso.com", "WEB9.CONTOSO.COM"] {
                    let accounts = [rival.clone(), good.clone()];
                    assert_eq!(meant(ROOT, &accounts, target), good.dn, "{rival:?}");
                    let (seen, target) = (seen(ROOT, &accounts), target.parse().unwrap());
                    let found = seen.rivals(&target);
                    assert_eq!(found, [Rival { account: rival.to_ref(), why }]);
                    assert!(seen.owns(&good, target.as_str()));
                    let left_behind = why != RivalKind::SameHostName;
                    assert_eq!(seen.owns(&rival, target.as_str()), !left_behind, "{rival:?}");
                }
            }
        }
        // A disabled computer that nobody replaced is still meant.
        let alone = Account { enabled: false, ..web9() };
        assert_eq!(meant(ROOT, std::slice::from_ref(&alone), "web9"), alone.dn);
        assert!(seen(ROOT, std::slice::from_ref(&alone)).owns(&alone, "web9"));
        // Nothing tells two apart that only claim the name.
        let other = computer("WEB9NEW", ROOT, "web9.contoso.com", &[]);
        assert!(meant(ROOT, &[old, other], "web9.contoso.com").contains(" and "));
    }

    #[test]
    fn a_short_name_means_the_computer_of_the_served_domain() {
        let root = computer("WEB7", ROOT, "web7.contoso.com", &["HOST/web7"]);
        let child = computer("WEB7", CHILD, "web7.child.contoso.com", &["HOST/web7"]);
        let accounts = [root.clone(), child.clone()];
        for (served, own, other) in [(ROOT, &root, &child), (CHILD, &child, &root)] {
            assert_eq!(meant(served, &accounts, "web7"), own.dn);
            let seen = seen(served, &accounts);
            let why = RivalKind::SameShortName;
            let expected = Rival { account: other.to_ref(), why };
            assert_eq!(seen.rivals(&"web7".parse().unwrap()), [expected]);
            assert!(seen.owns(&root, "web7") && seen.owns(&child, "web7"));
            assert_eq!(seen.misplaced_host(own).len(), 1, "the full name");
        }
        // A full name means one of them, wherever it is asked for.
        assert_eq!(meant(CHILD, &accounts, "web7.contoso.com"), root.dn);
        // From a third domain, the short name means none of them more than the other.
        assert!(meant("DC=lab,DC=contoso,DC=com", &accounts, "web7").contains(" and "));
    }

    #[test]
    fn an_additional_name_counts_unless_another_account_has_it_as_its_own() {
        let mut fs1 =
            computer("FS1", ROOT, "fs1.contoso.com", &["HOST/alt", "HOST/alt.contoso.com"]);
        fs1.additional_names = vec!["alt.contoso.com".to_owned(), "ALT".to_owned()];
        let left = computer("ALT", ROOT, "alt.contoso.com", &[]);
        assert_eq!(meant(ROOT, &[fs1.clone(), left.clone()], "alt.contoso.com"), fs1.dn);
        let used = Account { spns: fs1.spns.clone(), ..left };
        fs1.spns.clear();
        assert_eq!(meant(ROOT, &[fs1, used.clone()], "alt.contoso.com"), used.dn);
    }

    #[test]
    fn misplaced_host_names_are_found_with_their_holders() {
        let new = computer(
            "NEW9",
            ROOT,
            "new9.contoso.com",
            &["HOST/new9", "HOST/new9.contoso.com", "HOST/old9", "host/OLD9.contoso.com"],
        );
        let old = computer("OLD9", ROOT, "old9.contoso.com", &[]);
        let seen = seen(ROOT, &[new.clone(), old.clone()]);
        assert_eq!(seen.misplaced_host(&new), []);
        let found = seen.misplaced_host(&old);
        let names: Vec<String> = found.iter().map(|one| one.spn.to_string()).collect();
        assert_eq!(names, ["HOST/old9", "HOST/old9.contoso.com"]);
        assert!(found.iter().all(|one| one.holders == [new.to_ref()]));
        // Nowhere.
        let seen = self::seen(ROOT, std::slice::from_ref(&old));
        assert!(seen.misplaced_host(&old).iter().all(|one| one.holders.is_empty()));
    }
}
