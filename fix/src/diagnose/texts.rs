//! Evidence and rejected alternatives, in words.

use super::facts::Facts;
use super::{Diagnosis, Elsewhere, Rejected, Verdict};
use crate::directory::{Account, Rival, RivalKind};
use crate::names::dns_domain;

/// The facts, in the order in which they lead to the verdict.
pub(super) fn evidence(found: &Diagnosis, facts: &Facts<'_>) -> Vec<String> {
    let mut lines = vec![why_this_name(found)];
    lines.extend(holder_lines(found, facts));
    lines.extend(alias_line(found, facts));
    lines.extend(farther_holders(found, facts));
    lines.extend(found.disabled_holders.iter().map(|holder| {
        format!(
            "{} is disabled, and that does not free the name: the directory still finds the account \
             by it",
            holder.name
        )
    }));
    lines.extend(owner_lines(found));
    lines.extend(found.rivals.iter().map(rival_line));
    lines.extend(host_lines(found));
    lines.extend(
        found
            .elsewhere
            .iter()
            .map(|other| format!("a client of the domain {} gets {}", other.domain, ticket(other))),
    );
    lines.extend(found.other_names.iter().map(|other| {
        let ticket = match &other.ticket_for {
            None => "no ticket".to_owned(),
            Some(account) if other.works => {
                format!("a ticket for {}, the right account", account.name)
            }
            Some(account) => format!("a ticket for {}, which WinRM cannot open", account.name),
        };
        format!(
            "under the name {} the same client asks for {} and gets {ticket}",
            other.host, other.spn
        )
    }));
    lines
}

fn why_this_name(found: &Diagnosis) -> String {
    let mut why = vec![match &found.client.spn_prefix {
        None => "HTTP is the default".to_owned(),
        Some(class) => format!("its registry value spn_prefix is {class}"),
    }];
    why.push("the host name is taken as typed".to_owned());
    if found.client.include_port.is_some() {
        why.push("the port is included on request".to_owned());
    }
    format!("the client asks for {} ({})", found.requested, why.join("; "))
}

/// The accounts that hold the name itself, as far as the KDC looks at them.
fn holder_lines(found: &Diagnosis, facts: &Facts<'_>) -> Vec<String> {
    let spn = &found.requested;
    if facts.found.spn != *spn || facts.found.holders.is_empty() {
        let place = if found.exact_holders.is_empty() {
            found.searched.to_string()
        } else {
            format!("domain {}", facts.seen.domain.dns_name())
        };
        return vec![format!("no account in the {place} holds {spn}")];
    }
    let line = |holder: &&Account| {
        let state = if holder.enabled { "" } else { ", which is disabled" };
        let kind = holder.kind.describe();
        format!("{spn} is registered on {}, {kind}{state}", holder.to_ref())
    };
    facts.found.holders.iter().map(line).collect()
}

fn alias_line(found: &Diagnosis, facts: &Facts<'_>) -> Option<String> {
    let counted = &facts.found.holders;
    if facts.found.spn == found.requested && !counted.is_empty() {
        let alias = found.alias.as_ref()?;
        return Some(format!(
            "its alias {} does not count: the domain controller looks at aliases only when nobody \
             holds the name itself",
            alias.spn
        ));
    }
    let class = found.requested.class();
    let Some(alias) = &found.alias else {
        return Some(format!("{class} is not in the directory's list of aliases (sPNMappings)"));
    };
    let holders: Vec<String> = counted.iter().map(|holder| holder.to_ref().to_string()).collect();
    let holders = match holders.as_slice() {
        [] => "nobody holds that either".to_owned(),
        holders => format!("held by {}", holders.join(" and ")),
    };
    Some(format!("{class} is an alias (sPNMappings), so {} counts: {holders}", alias.spn))
}

/// Holders in other domains, at which the KDC does not look.
fn farther_holders(found: &Diagnosis, facts: &Facts<'_>) -> Vec<String> {
    let names = [Some(&found.requested), found.alias.as_ref().map(|alias| &alias.spn)];
    let mut lines = Vec::new();
    for spn in names.into_iter().flatten() {
        for holder in facts.seen.holders(spn) {
            let counted = facts.found.holders.iter().any(|counted| counted.is(&holder.dn));
            if !counted && !facts.seen.is_served(&holder.dn) {
                lines.push(format!(
                    "{} in the domain {} holds {spn} too, and does not count: the domain controller \
                     looks in its own domain first",
                    holder.name,
                    holder.domain()
                ));
            }
        }
    }
    lines
}

fn owner_lines(found: &Diagnosis) -> Vec<String> {
    match found.owners.as_slice() {
        [] => vec![format!("no computer account goes by the name {}", found.target)],
        [owner] if matches!(found.verdict, Verdict::ClusterName { .. }) => vec![format!(
            "{owner} is the name of a cluster or of one of its roles: it holds names of the cluster \
             service (MSClusterVirtualServer, MSServerCluster or MSServerClusterMgmtAPI)"
        )],
        [owner] => vec![format!(
            "the computer account of {} is {owner}; by the directory, WinRM has its key",
            found.target
        )],
        owners => {
            let line =
                |owner| format!("the computer account {owner} goes by the name {}", found.target);
            owners.iter().map(line).collect()
        }
    }
}

fn rival_line(rival: &Rival) -> String {
    let why = match rival.why {
        RivalKind::Disabled => "has the same host name, but is disabled: it was left behind",
        RivalKind::Conflict => {
            "has the name too, but lost a conflict between two domain controllers (CNF)"
        }
        RivalKind::SameHostName => "has the same dNSHostName",
        RivalKind::SameShortName => "is another host with the same short name",
    };
    format!("{} {why}; it is not the one that is meant", rival.account)
}

/// `HOST` on a wrong account. That nobody holds it matters only if there is no ticket.
fn host_lines(found: &Diagnosis) -> Vec<String> {
    let [owner] = found.owners.as_slice() else { return Vec::new() };
    let tell_nobody = matches!(found.verdict, Verdict::Missing { .. });
    let line = |misplaced: &crate::directory::MisplacedHost| {
        let names: Vec<&str> =
            misplaced.holders.iter().map(|holder| holder.name.as_str()).collect();
        match names.as_slice() {
            [] if tell_nobody => {
                Some(format!("nobody holds {}, which should be on {}", misplaced.spn, owner.name))
            }
            [] => None,
            names => Some(format!(
                "{} is on {}, and should be on {}",
                misplaced.spn,
                names.join(" and "),
                owner.name
            )),
        }
    };
    found.misplaced_host.iter().filter_map(line).collect()
}

/// What a client of another domain gets.
pub(super) fn ticket(other: &Elsewhere) -> String {
    match &other.ticket_for {
        Some(account) if dns_domain(&account.dn) == other.domain => {
            format!("a ticket for {} of that domain", account.name)
        }
        Some(account) => format!("a ticket for {account}"),
        None => "no ticket, as several accounts hold the name".to_owned(),
    }
}

/// Explanations that would look alike, and why they are wrong.
pub(super) fn rejected(found: &Diagnosis, facts: &Facts<'_>) -> Vec<Rejected> {
    let mut rejected = Vec::new();
    let mut reject = |alternative: &str, because: String| {
        rejected.push(Rejected { alternative: alternative.to_owned(), because });
    };
    let spn = &found.requested;
    let holders = facts.found.holders.len();
    if holders <= 1 && !matches!(found.verdict, Verdict::TargetUnknown) {
        let many = if holders == 0 { "nobody holds it" } else { "exactly one account holds it" };
        let place = if farther_holders(found, facts).is_empty() {
            found.searched.to_string()
        } else {
            format!("domain {}", facts.seen.domain.dns_name())
        };
        reject("a duplicate SPN", format!("{many} in the {place}"));
    }
    if let Some(holder) = found.verdict.wrong_holder() {
        reject("a missing SPN", format!("the KDC finds {} for {spn}", holder.name));
        reject(
            "a wrong password of the computer account",
            "it does not come to that: the ticket is not for the computer account".to_owned(),
        );
        return rejected;
    }
    match &found.verdict {
        Verdict::Missing { owner } | Verdict::PortVariantMissing { owner } => {
            reject(
                "an SPN on the wrong account",
                format!("no account other than {} holds it either", owner.name),
            );
        }
        Verdict::Healthy { holder } | Verdict::HolderDisabled { holder, .. } => {
            reject(
                "an SPN on the wrong account",
                format!("the KDC finds {}, the right one", holder.name),
            );
        }
        Verdict::Duplicate { .. } => {
            reject(
                "one wrong holder (0x80090322)",
                "with several holders there is no ticket that could be refused".to_owned(),
            );
        }
        Verdict::Shadowed { .. }
        | Verdict::ClusterName { .. }
        | Verdict::TargetUnknown
        | Verdict::AmbiguousTarget { .. } => {}
    }
    rejected
}
