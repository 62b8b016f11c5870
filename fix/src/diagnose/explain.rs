//! A diagnosis for readers who have never heard of SPNs.

use std::fmt;

use super::steps::is_user;
use super::{Diagnosis, Verdict};
use crate::text::{line, paragraph, points, shown};

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Healthy { holder } => {
                write!(f, "the name leads to the right account, {}", shown(&holder.name))
            }
            Self::Shadowed { holder, owner } => {
                write!(
                    f,
                    "the name is registered on {}, and should lead to {}",
                    shown(&holder.name),
                    shown(&owner.name)
                )
            }
            Self::Duplicate { holders } => {
                let names: Vec<String> =
                    holders.iter().map(|holder| shown(&holder.name).to_string()).collect();
                write!(f, "the name is registered on several accounts: {}", names.join(", "))
            }
            Self::Missing { owner } => {
                write!(f, "the name is not registered, and should be on {}", shown(&owner.name))
            }
            Self::PortVariantMissing { owner } => {
                write!(
                    f,
                    "the name with the port is not registered, and should be on {}",
                    shown(&owner.name)
                )
            }
            Self::HolderDisabled { holder, owner } if holder.dn != owner.dn => {
                write!(
                    f,
                    "the name is registered on {}, which is disabled, and should lead to {}",
                    shown(&holder.name),
                    shown(&owner.name)
                )
            }
            Self::HolderDisabled { holder, .. } => {
                write!(
                    f,
                    "the name leads to the right account, {}, which is disabled",
                    shown(&holder.name)
                )
            }
            Self::ClusterName { owner, .. } => {
                write!(f, "{} is the name of a cluster, not of a computer", shown(&owner.name))
            }
            Self::TargetUnknown => f.write_str("the directory has no computer of this name"),
            Self::AmbiguousTarget { computers } => {
                write!(f, "the directory has {} computers of this name", computers.len())
            }
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = format!("{}: {} ({})", self.requested, self.verdict, self.verdict.name());
        line(f, "", "  ", &verdict)?;
        writeln!(f, "\nWhat happens")?;
        for sentence in story(self) {
            paragraph(f, "  ", "  ", &sentence)?;
        }
        points(f, "Evidence", &self.evidence)?;
        let rejected: Vec<String> = self
            .rejected
            .iter()
            .map(|no| format!("not {}: {}", no.alternative, no.because))
            .collect();
        points(f, "Ruled out", &rejected)?;
        points(f, "Next", &self.next_steps)
    }
}

/// What happens between client, domain controller and target.
fn story(found: &Diagnosis) -> Vec<String> {
    let spn = &found.requested;
    let mut story = vec![format!(
        "To log on to {}, the client asks the domain controller for a ticket to {spn}. Such a name \
         of a service is called service principal name (SPN). The domain controller looks up which \
         account holds it, and locks the ticket with that account's key. WinRM on {} can open \
         tickets with one key only: that of its computer account.",
        found.target, found.target
    )];
    story.push(match &found.verdict {
        Verdict::Healthy { holder } => format!(
            "The name leads to {}, the computer account: by the directory, WinRM can open the \
             ticket. Whether the machine has this key, and lets the user in, only the machine knows.",
            holder.name
        ),
        Verdict::Shadowed { holder, owner } => format!(
            "The name leads to {}, which is not the computer account {}. The ticket is locked with \
             a key that WinRM does not have. It answers KRB_AP_ERR_MODIFIED (41), and Windows shows \
             SEC_E_WRONG_PRINCIPAL (0x80090322).",
            holder.name, owner.name
        ),
        Verdict::Duplicate { holders } => format!(
            "{} accounts hold the name, so the domain controller cannot know which is meant and \
             issues no ticket: KDC_ERR_S_PRINCIPAL_UNKNOWN (7), on some versions \
             KDC_ERR_PRINCIPAL_NOT_UNIQUE (8).",
            holders.len()
        ),
        Verdict::Missing { .. } => "Nobody holds the name, so the domain controller issues no \
             ticket: KDC_ERR_S_PRINCIPAL_UNKNOWN (7)."
            .to_owned(),
        Verdict::PortVariantMissing { .. } => "The port is part of the name, and nobody holds the \
             name with this port; the name without port does not count. The domain controller \
             issues no ticket: KDC_ERR_S_PRINCIPAL_UNKNOWN (7)."
            .to_owned(),
        Verdict::HolderDisabled { holder, owner } if holder.dn != owner.dn => format!(
            "The name leads to {}, which is not the computer account {} and is disabled besides. \
             Nothing can log on as it, but the name stays taken: the domain controller does not look \
             further and, unless it refuses, locks the ticket with a key that WinRM does not have. \
             WinRM answers KRB_AP_ERR_MODIFIED (41), and Windows shows SEC_E_WRONG_PRINCIPAL \
             (0x80090322).",
            holder.name, owner.name
        ),
        Verdict::HolderDisabled { holder, .. } => format!(
            "The name leads to {}, the computer account, but that is disabled: the machine itself \
             cannot log on to the domain, and domain controllers may refuse tickets for it.",
            holder.name
        ),
        Verdict::ClusterName { holder, owner } => {
            let ticket = match holder {
                Some(holder) => format!("The ticket is locked with the key of {}", holder.name),
                None => "There is no ticket: KDC_ERR_S_PRINCIPAL_UNKNOWN (7)".to_owned(),
            };
            format!(
                "The name is that of a cluster or of one of its roles, with the account {}. {ticket}. \
                 WinRM runs on the nodes, and the node that answers has the key of its own computer \
                 account.",
                owner.name
            )
        }
        Verdict::TargetUnknown => target_unknown(found),
        Verdict::AmbiguousTarget { .. } => "Several computer accounts go by this name, so it cannot \
             be told which one's key WinRM has."
            .to_owned(),
    });
    story
}

fn target_unknown(found: &Diagnosis) -> String {
    match &found.ticket_for {
        Some(holder) if is_user(holder) => format!(
            "No computer account goes by this name: it is the name of a web site, a farm or a load \
             balancer. The ticket is locked with the key of {}, {}. No WinRM has that key: it answers \
             KRB_AP_ERR_MODIFIED (41), and Windows shows SEC_E_WRONG_PRINCIPAL (0x80090322).",
            holder.name,
            holder.kind.describe()
        ),
        Some(holder) => format!(
            "No computer account goes by this name, so it is not known whose key WinRM there has. \
             The ticket would be for {}.",
            holder.name
        ),
        None => "No account holds the name and no computer goes by it: \
                 KDC_ERR_S_PRINCIPAL_UNKNOWN (7)."
            .to_owned(),
    }
}
