//! Evidence, rejected alternatives and next steps, in words.

use super::{Diagnosis, Rejected, Verdict};
use crate::directory::{Account, AccountRef, Scope};
use crate::text::cmd_word;

/// The facts, in the order in which they lead to the verdict.
pub(super) fn evidence(found: &Diagnosis, exact: &[&Account]) -> Vec<String> {
    let mut lines = vec![why_this_name(found)];
    match exact {
        [] => lines.push(format!("no account in the {} holds {}", found.searched, found.requested)),
        holders => lines.extend(holders.iter().map(|holder| {
            let state = if holder.enabled { "" } else { ", which is disabled" };
            let kind = holder.kind.describe();
            format!("{} is registered on {}, {kind}{state}", found.requested, holder.to_ref())
        })),
    }
    lines.extend(alias_line(found));
    lines.extend(found.disabled_holders.iter().map(|holder| {
        format!(
            "{} is disabled, and that does not free the name: the directory still finds the account \
             by it",
            holder.name
        )
    }));
    match found.owners.as_slice() {
        [] => lines.push(format!("no computer account goes by the name {}", found.target)),
        [owner] => lines.push(format!(
            "the computer account of {} is {owner}; WinRM has its key",
            found.target
        )),
        owners => lines.extend(owners.iter().map(|owner| {
            format!("the computer account {owner} goes by the name {}", found.target)
        })),
    }
    lines.extend(found.other_names.iter().map(|other| {
        let ticket = other.ticket_for.as_ref().map_or_else(
            || "no ticket".to_owned(),
            |account| format!("a ticket for {}", account.name),
        );
        let works = if other.works { "works" } else { "fails" };
        format!(
            "under the name {} the same client asks for {} and gets {ticket}: {works}",
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

fn alias_line(found: &Diagnosis) -> Option<String> {
    if !found.exact_holders.is_empty() {
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
    let holders = match alias.holders.as_slice() {
        [] => "nobody holds that either".to_owned(),
        holders => format!("held by {}", listed(holders)),
    };
    Some(format!("{class} is an alias (sPNMappings), so {} counts: {holders}", alias.spn))
}

fn listed(accounts: &[AccountRef]) -> String {
    let names: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    names.join(" and ")
}

/// Explanations that would look alike, and why they are wrong.
pub(super) fn rejected(found: &Diagnosis) -> Vec<Rejected> {
    let mut rejected = Vec::new();
    let mut reject = |alternative: &str, because: String| {
        rejected.push(Rejected { alternative: alternative.to_owned(), because });
    };
    let spn = &found.requested;
    let holders = match (&found.alias, found.exact_holders.len()) {
        (Some(alias), 0) => alias.holders.len(),
        (_, count) => count,
    };
    if holders <= 1 && !matches!(found.verdict, Verdict::TargetUnknown) {
        let many = if holders == 0 { "nobody holds it" } else { "exactly one account holds it" };
        reject("a duplicate SPN", format!("{many} in the {}", found.searched));
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
        Verdict::Shadowed { .. } | Verdict::TargetUnknown | Verdict::AmbiguousTarget { .. } => {}
    }
    rejected
}

/// What to do now.
pub(super) fn next_steps(found: &Diagnosis) -> Vec<String> {
    let mut steps = match &found.verdict {
        Verdict::Shadowed { holder, .. } => shadowed(found, holder),
        Verdict::Healthy { .. } => healthy(),
        Verdict::Duplicate { holders } => {
            let mut steps = vec![format!(
                "decide who needs it, and take it off the others: {}",
                holders
                    .iter()
                    .map(|holder| removal(found, holder))
                    .collect::<Vec<_>>()
                    .join(", or ")
            )];
            steps.push("the domain controller logs event 11 (KDC) for such names".to_owned());
            steps
        }
        Verdict::Missing { owner } | Verdict::PortVariantMissing { owner } => missing(found, owner),
        Verdict::HolderDisabled { holder, owner } if holder.dn != owner.dn => {
            shadowed(found, holder)
        }
        Verdict::HolderDisabled { holder, .. } => {
            vec![format!(
                "enable the computer account {}, or find out why it was disabled",
                holder.name
            )]
        }
        Verdict::TargetUnknown => vec![
            "check the spelling; the name must be a computer's dNSHostName or account name"
                .to_owned(),
            "if it is an alias in DNS, connect to the computer's own name".to_owned(),
        ],
        Verdict::AmbiguousTarget { .. } if found.target.is_short() => {
            vec!["use the fully qualified name, or rename one of the computers".to_owned()]
        }
        Verdict::AmbiguousTarget { .. } => {
            vec!["correct the dNSHostName of the computers that are not meant".to_owned()]
        }
    };
    if found.searched == Scope::Domain {
        steps.push(
            "only this domain was searched: ask a global catalog as well (setspn -F -Q), another \
             domain of the forest may hold the name"
                .to_owned(),
        );
    }
    steps
}

fn shadowed(found: &Diagnosis, holder: &AccountRef) -> Vec<String> {
    let (gone, kept) = match &found.verdict {
        Verdict::HolderDisabled { .. } => (
            format!("as nothing runs as {} while it is disabled", holder.name),
            "if it is to be enabled again",
        ),
        _ => (format!("if {} does not need the name", holder.name), "if it does"),
    };
    let mut steps = vec![
        format!("option 1, {gone}: {}", removal(found, holder)),
        format!(
            "option 2, {kept}: register the names with the port on the computer account and connect \
             with -IncludePortInSPN"
        ),
        "option 3: set spn_prefix to WSMAN on the client and register the WSMAN names".to_owned(),
    ];
    if let Some(other) = found.other_names.iter().find(|other| other.works) {
        steps.push(format!("until then: connect to {}, that name is not affected", other.host));
    }
    steps.push("afterwards: klist purge, or the old ticket is used for up to 10 hours".to_owned());
    steps
}

fn missing(found: &Diagnosis, owner: &AccountRef) -> Vec<String> {
    let account = owner.name.trim_end_matches('$');
    vec![
        format!("register it: {}", cmd_word::setspn("-S", &found.requested.to_string(), account)),
        "do the same for the other form of the name".to_owned(),
        "clients remember a missing name for 15 minutes: klist purge".to_owned(),
    ]
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

fn removal(found: &Diagnosis, holder: &AccountRef) -> String {
    let value = match &found.alias {
        Some(alias) if found.exact_holders.is_empty() => &alias.spn,
        _ => &found.requested,
    };
    cmd_word::setspn("-D", &value.to_string(), holder.name.trim_end_matches('$'))
}
