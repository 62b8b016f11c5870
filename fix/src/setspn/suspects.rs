//! What one walk notes for `--shadowed`, to ask about it afterwards.
//!
//! An alias is a suspect if its account lacks the name behind it: `HTTP/mem1` without `HOST/mem1`.
//! The other name may come later in the walk, so the texts of all of them are kept, one behind the
//! other. A HOST name is a suspect if the DN does not say that it is the account's own name.

use std::collections::{BTreeSet, HashMap};

use super::owner::rdn;
use super::sightings::Sightings;
use crate::directory::is_conflict_dn;
use crate::names::{ServiceClass, SpnMappings, fold};

/// A folded SPN and what it is an alias of.
pub(super) type Alias = (String, String);

/// The suspects of all targets.
#[derive(Default)]
pub(super) struct Suspected {
    pub(super) aliases: Vec<Alias>,
    /// Folded HOST names.
    pub(super) hosts: BTreeSet<String>,
    /// Folded values of conflict objects.
    pub(super) of_conflicts: BTreeSet<String>,
}

/// The suspects of one target.
pub(super) struct Suspects {
    aliases: Aliases,
    lonely: Texts,
    hosts: BTreeSet<String>,
    of_conflicts: BTreeSet<String>,
}

impl Suspects {
    pub(super) fn new(mappings: SpnMappings) -> Self {
        Self {
            aliases: Aliases { mappings, known: HashMap::new() },
            lonely: Texts::default(),
            hosts: BTreeSet::new(),
            of_conflicts: BTreeSet::new(),
        }
    }

    /// Records the folded SPNs of one account.
    pub(super) fn note(&mut self, dn: &str, spns: &BTreeSet<String>) {
        let conflict = is_conflict_dn(dn);
        for spn in spns {
            if let Some(other) = self.aliases.other_name(spn)
                && !spns.contains(&other)
            {
                self.lonely.push(spn);
            }
            if host_of(spn).is_some_and(|host| !is_own(dn, host)) {
                self.hosts.insert(spn.clone());
            }
            if conflict {
                self.of_conflicts.insert(spn.clone());
            }
        }
    }

    /// Those that are left when all SPNs are known. HOST names on several accounts are suspects,
    /// too.
    pub(super) fn left(all: Vec<Self>, sightings: &Sightings, repeated: &[String]) -> Suspected {
        let (mut left, mut aliases) = (Suspected::default(), BTreeSet::new());
        if !all.is_empty() {
            let hosts = repeated.iter().filter(|spn| host_of(spn).is_some());
            left.hosts.extend(hosts.cloned());
        }
        for mut suspects in all {
            for spn in suspects.lonely.iter() {
                let other = suspects.aliases.other_name(spn);
                if let Some(other) = other.filter(|other| sightings.may_hold(other)) {
                    aliases.insert((spn.to_owned(), other));
                }
            }
            left.hosts.append(&mut suspects.hosts);
            left.of_conflicts.append(&mut suspects.of_conflicts);
        }
        left.aliases = aliases.into_iter().collect();
        left
    }
}

/// `mem1` of the folded `host/mem1`. Other forms are no names that a computer has by default.
pub(super) fn host_of(spn: &str) -> Option<&str> {
    let host = spn.strip_prefix("host/")?;
    (!host.is_empty() && !host.contains(['/', ':'])).then_some(host)
}

/// Whether the DN is that of a computer of this folded host name. A computer's RDN is its account
/// name, which is the first label of its host name, cut after 15 characters. The two usual folders
/// of other accounts hold no computers.
fn is_own(dn: &str, host: &str) -> bool {
    let (label, rdn) = (host.split('.').next().unwrap_or(host), fold(rdn(dn)));
    let folder = dn.split_once(',').map(|(_, above)| fold(above)).unwrap_or_default();
    let others = ["cn=users,", "cn=managed service accounts,"];
    let cut = rdn.chars().count() == 15 && label.starts_with(&rdn);
    (rdn == label || cut) && !others.iter().any(|other| folder.starts_with(other))
}

/// Many texts in one piece of memory.
#[derive(Default)]
struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.all[start..end])
    }
}

/// A directory has few service classes and many SPNs, so each class is looked up once.
struct Aliases {
    mappings: SpnMappings,
    known: HashMap<String, Option<String>>,
}

/// Most classes that are remembered: far more than a directory has.
const CLASSES: usize = 1000;

impl Aliases {
    /// `host/mem1` for `http/mem1`. It splits the text without the grammar, because values that are
    /// no SPNs can still be requested.
    fn other_name(&mut self, spn: &str) -> Option<String> {
        let (class, rest) = spn.split_once('/')?;
        let other = match self.known.get(class) {
            Some(known) => known.clone(),
            None => self.look_up(class),
        };
        other.map(|other| format!("{other}/{rest}")).filter(|other| other != spn)
    }

    fn look_up(&mut self, class: &str) -> Option<String> {
        let parsed = class.parse::<ServiceClass>().ok();
        let stands_for = parsed.and_then(|class| self.mappings.stands_for(&class).cloned());
        let other = stands_for.map(|class| fold(class.as_str()));
        if self.known.len() < CLASSES {
            self.known.insert(class.to_owned(), other.clone());
        }
        other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dn_says_whose_name_it_is() {
        let table = [
            ("CN=WEB7,CN=Computers,DC=x", "web7", true),
            ("CN=WEB7,OU=Web,DC=x", "web7.contoso.com", true),
            ("CN=VERYLONGSERVERN,OU=Web,DC=x", "verylongservername.contoso.com", true),
            ("CN=OLD7,CN=Computers,DC=x", "web7", false),
            ("CN=web7,CN=Users,DC=x", "web7", false),
            ("CN=web7,CN=Managed Service Accounts,DC=x", "web7", false),
            ("CN=WEB7\\0ACNF:1,CN=Computers,DC=x", "web7", false),
            ("", "web7", false),
        ];
        for (dn, host, expected) in table {
            assert_eq!(is_own(dn, host), expected, "{dn} {host}");
        }
    }

    #[test]
    fn the_other_name_may_come_before_or_after() {
        let account = |spns: &[&str]| spns.iter().map(ToString::to_string).collect();
        let (mut sightings, mut suspects) =
            (Sightings::new(), Suspects::new(SpnMappings::windows_default()));
        for (dn, spns) in [
            ("CN=a,OU=x", account(&["http/mem1", "http/mem2", "http/none"])),
            ("CN=MEM1,OU=x", account(&["host/mem1", "http/mem1:80"])),
            ("CN=MEM2,OU=x", account(&["host/mem2", "http/mem2"])),
            ("CN=b,OU=x", account(&["www/mem1", "host/mem1"])),
        ] {
            suspects.note(dn, &spns);
            sightings.note(&spns);
        }
        let repeated = sightings.take_repeated();
        let left = Suspects::left(vec![suspects], &sightings, &repeated);
        let pair = |spn: &str, other: &str| (spn.to_owned(), other.to_owned());
        assert_eq!(left.aliases, [pair("http/mem1", "host/mem1"), pair("http/mem2", "host/mem2")]);
        assert_eq!(left.hosts, BTreeSet::from(["host/mem1".to_owned()]));
    }
}
