//! The next steps, in words. No step takes a name off an account that should have it, and no
//! command can mean another account.

use super::facts::Facts;
use super::texts::ticket;
use super::{Diagnosis, Verdict};
use crate::client::{WINRM_PORT, WINRM_TLS_PORT, connecting_to};
use crate::directory::{Account, AccountKind, AccountRef, Rival, RivalKind, Scope, spns_of};
use crate::names::{ServiceClass, Spn, same};
use crate::text::cmd_word;

/// What to do now.
pub(super) fn next_steps(found: &Diagnosis, facts: &Facts<'_>) -> Vec<String> {
    let steps = Steps { found, facts };
    let mut lines = match &found.verdict {
        Verdict::Shadowed { holder, .. } => steps.shadowed(holder),
        Verdict::HolderDisabled { holder, owner } if holder.dn != owner.dn => {
            steps.shadowed(holder)
        }
        Verdict::HolderDisabled { holder, .. } => {
            vec![format!(
                "enable the computer account {}, or find out why it was disabled",
                holder.name
            )]
        }
        Verdict::Healthy { .. } => healthy(),
        Verdict::Duplicate { .. } => steps.duplicate(),
        Verdict::Missing { owner } | Verdict::PortVariantMissing { owner } => steps.missing(owner),
        Verdict::ClusterName { owner, .. } => vec![
            format!(
                "connect to a node's own name: the node that answers for {} has the key of its own \
                 account",
                owner.name
            ),
            "register no HTTP or WSMAN names for it: they cannot lead to the node's key".to_owned(),
        ],
        Verdict::TargetUnknown => steps.target_unknown(),
        Verdict::AmbiguousTarget { .. } => steps.ambiguous(),
    };
    lines.extend(steps.rivals());
    lines.extend(steps.elsewhere());
    if found.searched == Scope::Domain {
        lines.push(
            "only this domain was searched: ask a global catalog as well (setspn -F -Q), another \
             domain of the forest may hold the name"
                .to_owned(),
        );
    }
    let mut seen = std::collections::HashSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    lines
}

fn healthy() -> Vec<String> {
    vec![
        "if the client still fails: klist purge, its ticket may be older than the directory"
            .to_owned(),
        "if the target still cannot decrypt: compare the computer account's password with the \
         machine's (Test-ComputerSecureChannel), and check that DNS leads to that machine"
            .to_owned(),
    ]
}

struct Steps<'a> {
    found: &'a Diagnosis,
    facts: &'a Facts<'a>,
}

impl Steps<'_> {
    fn setspn(&self, switch: &str, value: &str, account: &AccountRef) -> String {
        let (modifier, name) = self.facts.seen.typed(account);
        match modifier {
            Some(modifier) => cmd_word::setspn(&format!("{modifier} {switch}"), value, &name),
            None => cmd_word::setspn(switch, value, &name),
        }
    }

    /// `setspn -R`, which registers both `HOST` names.
    fn reset(&self, owner: &AccountRef) -> String {
        let (_, name) = self.facts.seen.typed(owner);
        cmd_word::word(&name)
            .map_or_else(|| cmd_word::INSTEAD.to_owned(), |name| format!("setspn -R {name}"))
    }

    fn removal(&self, spn: &Spn, holder: &AccountRef) -> String {
        self.setspn("-D", &spn.to_string(), holder)
    }

    /// Whether the name that the KDC finds is this holder's by right.
    fn owns(&self, holder: &Account) -> bool {
        self.facts.seen.owns(holder, self.facts.found.spn.host())
    }

    fn shadowed(&self, holder: &AccountRef) -> Vec<String> {
        let spn = &self.facts.found.spn;
        if self.facts.found.ticket_for().is_some_and(|holder| self.owns(holder)) {
            return vec![format!(
                "leave {spn} where it is: {} goes by that name as well; connect to a name that only \
                 one computer has",
                holder.name
            )];
        }
        let mut lines = self.host_back().unwrap_or_else(|| self.options(holder));
        if let Some(other) = self.found.other_names.iter().find(|other| other.works) {
            lines.push(format!("until then: connect to {}, that name is not affected", other.host));
        }
        lines.push(
            "afterwards: klist purge, or the old ticket is used for up to 10 hours".to_owned(),
        );
        lines
    }

    fn options(&self, holder: &AccountRef) -> Vec<String> {
        let (gone, kept) = match &self.found.verdict {
            Verdict::HolderDisabled { .. } => (
                format!("as nothing runs as {} while it is disabled", holder.name),
                "if it is to be enabled again",
            ),
            _ => (format!("if {} does not need the name", holder.name), "if it does"),
        };
        let removal = self.removal(&self.facts.found.spn, holder);
        let mut lines = vec![format!("option 1, {gone}: {removal}")];
        lines.extend(self.option_2(kept));
        lines.push(
            "option 3: set spn_prefix to WSMAN on the client and register the WSMAN names"
                .to_owned(),
        );
        lines
    }

    /// `None`: the client cannot ask for a port.
    fn option_2(&self, kept: &str) -> Option<String> {
        let client = &self.found.client;
        if client.no_session_options {
            return None;
        }
        let in_place = |port: &u16| {
            self.facts.owner().is_some_and(|owner| {
                let right = |spn: &Spn| {
                    let holder = self.facts.seen.lookup(spn).ticket_for();
                    holder.is_some_and(|holder| holder.is(&owner.dn))
                };
                spns_of(owner, &client.class(), Some(*port)).iter().all(right)
            })
        };
        let ports = [WINRM_PORT, WINRM_TLS_PORT];
        Some(match ports.into_iter().find(in_place) {
            Some(port) if client.include_port.is_none() => format!(
                "option 2 is in place: connect with{} -IncludePortInSPN",
                connecting_to(port)
            ),
            _ => format!(
                "option 2, {kept}: register the names with the port on the computer account and \
                 connect with -IncludePortInSPN"
            ),
        })
    }

    /// If `HOST` itself is on wrong accounts: takes every such name off, and gives them back.
    fn host_back(&self) -> Option<Vec<String>> {
        let spn = &self.facts.found.spn;
        let owner = self.facts.owner()?;
        let misplaced = &self.found.misplaced_host;
        let asked = misplaced.iter().filter(|name| name.spn == *spn);
        let others = misplaced.iter().filter(|name| name.spn != *spn);
        let mut lines = Vec::new();
        for (name, spn) in asked.map(|name| (name, spn)).chain(others.map(|name| (name, &name.spn)))
        {
            lines.extend(name.holders.iter().map(|holder| {
                let command = self.removal(spn, holder);
                format!(
                    "{} is on {}, a wrong account; take it off: {command}",
                    name.spn, holder.name
                )
            }));
        }
        if !misplaced.iter().any(|name| name.spn == *spn) {
            return None;
        }
        let (owner_ref, by_reset) = (owner.to_ref(), self.may_reset(owner));
        if by_reset {
            lines.push(format!("then give it to the computer account: {}", self.reset(&owner_ref)));
        }
        let done = |host: &str| by_reset && reset_names(owner).any(|name| same(name, host));
        let left = misplaced.iter().map(|name| &name.spn);
        for spn in left.filter(|spn| !done(spn.host()) && !self.is_kept_by_another(spn, owner)) {
            let command = self.setspn("-S", &spn.to_string(), &owner_ref);
            lines.push(format!("then give it to the computer account: {command}"));
        }
        Some(lines)
    }

    /// Whether `setspn -R` gives the computer no name that another object of its domain keeps.
    fn may_reset(&self, owner: &Account) -> bool {
        let spn = |name: &str| format!("HOST/{name}").parse::<Spn>();
        reset_names(owner)
            .all(|name| spn(name).is_ok_and(|spn| !self.is_kept_by_another(&spn, owner)))
    }

    fn is_kept_by_another(&self, spn: &Spn, owner: &Account) -> bool {
        self.facts.seen.holders(spn).into_iter().any(|holder| {
            !holder.is(&owner.dn)
                && same(&holder.domain(), &owner.domain())
                && self.facts.seen.owns(holder, spn.host())
        })
    }

    fn missing(&self, owner: &AccountRef) -> Vec<String> {
        let requested = &self.found.requested;
        let host = self.found.alias.as_ref().map_or(requested, |alias| &alias.spn);
        let nowhere = |spn: &Spn| self.found.misplaced_host.iter().any(|name| name.spn == *spn);
        let cached = "clients remember a missing name for 15 minutes: klist purge".to_owned();
        let may_reset = self.facts.owner().is_some_and(|owner| self.may_reset(owner));
        if *host.class() == ServiceClass::HOST && nowhere(host) && may_reset {
            return vec![
                format!("register the names of the host again: {}", self.reset(owner)),
                cached,
            ];
        }
        vec![
            format!("register it: {}", self.setspn("-S", &requested.to_string(), owner)),
            "do the same for the other form of the name".to_owned(),
            cached,
        ]
    }

    /// Only accounts whose name it is not lose it.
    fn duplicate(&self) -> Vec<String> {
        let spn = &self.facts.found.spn;
        let holders = self.facts.found.holders.iter().copied();
        let (keep, others): (Vec<&Account>, Vec<&Account>) =
            holders.partition(|holder| self.owns(holder));
        let removals: Vec<String> =
            others.iter().map(|holder| self.removal(spn, &holder.to_ref())).collect();
        let names: Vec<&str> = keep.iter().map(|holder| holder.name.as_str()).collect();
        let keep = names.join(" and ");
        let mut lines = if names.is_empty() {
            self.host_back().unwrap_or_else(|| {
                let removals = removals.join(", or ");
                vec![format!("decide who needs it, and take it off the others: {removals}")]
            })
        } else if removals.is_empty() {
            vec![format!(
                "leave it on {keep}: each of them goes by this name; connect to a name that only one \
                 computer has"
            )]
        } else {
            let line = |command: &String| {
                format!("{keep} keeps it, as a name of its own; take it off the other: {command}")
            };
            removals.iter().map(line).collect()
        };
        let what = if *spn == self.found.requested {
            "such names".to_owned()
        } else {
            format!(
                "{}, the name that was asked for; what the accounts hold is {spn}, as {} is an alias \
                 of {}",
                self.found.requested,
                self.found.requested.class(),
                spn.class()
            )
        };
        lines.push(format!("the domain controller logs event 11 (KDC) for {what}"));
        lines
    }

    fn target_unknown(&self) -> Vec<String> {
        match &self.found.ticket_for {
            Some(holder) if is_user(holder) => vec![
                format!(
                    "connect to the own name of the computer that answers: no WinRM has the key of {}",
                    holder.name
                ),
                format!(
                    "leave {} where it is: it is the name of a service that runs as {} (a web site, a \
                     farm or a load balancer)",
                    self.facts.found.spn, holder.name
                ),
            ],
            _ => vec![
                "check the spelling; the name must be a computer's dNSHostName or account name"
                    .to_owned(),
                "if it is an alias in DNS, connect to the computer's own name".to_owned(),
            ],
        }
    }

    fn ambiguous(&self) -> Vec<String> {
        let mut lines = vec![if self.found.target.is_short() {
            "use the fully qualified name, or rename one of the computers".to_owned()
        } else {
            "correct the dNSHostName of the computers that are not meant".to_owned()
        }];
        if let Some(holder) = self.found.ticket_for.as_ref().filter(|holder| is_user(holder)) {
            lines.extend(self.options(holder));
        }
        lines
    }

    fn rivals(&self) -> Vec<String> {
        let line = |rival: &Rival| {
            let account = &rival.account;
            Some(match rival.why {
                RivalKind::Disabled => format!(
                    "delete {account}, or clear its dNSHostName, if nothing else needs it: it is \
                     stale"
                ),
                RivalKind::Conflict => {
                    format!("delete {account}, if nothing uses it: it lost a conflict and is stale")
                }
                RivalKind::SameHostName => format!(
                    "correct the dNSHostName of {account}, or delete it if that machine is gone"
                ),
                RivalKind::SameShortName => return None,
            })
        };
        self.found.rivals.iter().filter_map(line).collect()
    }

    /// Namesakes, and clients of other domains.
    fn elsewhere(&self) -> Vec<String> {
        let namesakes: Vec<&AccountRef> = self
            .found
            .rivals
            .iter()
            .filter(|rival| rival.why == RivalKind::SameShortName)
            .map(|rival| &rival.account)
            .collect();
        let mut lines = Vec::new();
        if !namesakes.is_empty() {
            lines.push(format!(
                "use full names: other computers have the short name {} too, and a domain \
                 controller finds that of its own domain first",
                self.found.target
            ));
        }
        let is_namesake =
            |account: &AccountRef| namesakes.iter().any(|known| known.dn == account.dn);
        let others = self.found.elsewhere.iter();
        let others = others.filter(|other| !other.ticket_for.as_ref().is_some_and(is_namesake));
        lines.extend(others.map(|other| {
            format!(
                "clients of {} get {}: diagnose it at a domain controller of that domain",
                other.domain,
                ticket(other)
            )
        }));
        lines
    }
}

/// Whether the key of the account is no computer's.
pub(super) fn is_user(account: &AccountRef) -> bool {
    account.kind != AccountKind::Computer
}

/// The host names for which `setspn -R` registers `HOST`.
fn reset_names(computer: &Account) -> impl Iterator<Item = &str> {
    std::iter::once(computer.setspn_name()).chain(computer.dns_host_name.as_deref())
}
