//! What a plan leaves behind: names that still lead wrong, and a way back that may be closed.

use super::{Change, Edit, Plan};
use crate::diagnose::{Verdict, diagnose};
use crate::ldap_code::LdapCode;
use crate::predict::{Dialect, Predicted, Proposal, Rehearsal, Rights};
use crate::snapshot::DirectorySnapshot;

/// Which names of the target do not lead to its computer account afterwards.
pub(super) fn still_broken(plan: &Plan, after: &DirectorySnapshot) -> Option<String> {
    let found = diagnose(after, &plan.target, &plan.client_after).ok()?;
    let mut broken = Vec::new();
    // That is another warning's.
    if !matches!(found.verdict, Verdict::Healthy { .. } | Verdict::HolderDisabled { .. }) {
        broken.push(format!("{}: {}", found.requested, found.verdict));
    }
    for other in found.other_names.iter().filter(|other| !other.works) {
        broken.push(match &other.ticket_for {
            Some(account) if account.dn == plan.computer.dn => continue,
            Some(account) => format!("{} leads to {}", other.spn, account.name),
            None => format!("there is no ticket for {}", other.spn),
        });
    }
    if broken.is_empty() {
        return None;
    }
    Some(format!("this plan does not mend everything; afterwards {}", broken.join("; ")))
}

/// The first edit that a domain controller would not take back even for an administrator.
pub(super) fn undo_refused(plan: &Plan, after: &DirectorySnapshot) -> Option<String> {
    [Dialect::Samba, Dialect::Windows].into_iter().find_map(|dialect| {
        let mut rehearsal = Rehearsal::of(after, dialect);
        let mut undo =
            plan.edits.iter().rev().map(|edit| (edit, play(&mut rehearsal, edit, back(edit))));
        undo.find_map(|(edit, said)| match said {
            // Of several spellings, which only Samba lets an account have.
            Predicted::Refused { code: LdapCode::ATTRIBUTE_OR_VALUE_EXISTS, .. }
            | Predicted::Accepted => None,
            Predicted::Refused { because, .. } => Some(format!(
                "it may be impossible to take this back: a domain controller ({}) would refuse to \
                 give {} to {} again: {because}",
                whose(dialect),
                edit.value,
                edit.account.name
            )),
        })
    })
}

/// The first edit that Samba's or Windows' domain controllers would refuse even to an
/// administrator, and what they would say.
pub(super) fn refused(plan: &Plan, seen: &DirectorySnapshot) -> Option<String> {
    [Dialect::Samba, Dialect::Windows].into_iter().find_map(|dialect| {
        let mut rehearsal = Rehearsal::of(seen, dialect);
        plan.edits.iter().find_map(|edit| match play(&mut rehearsal, edit, edit.change) {
            Predicted::Accepted => None,
            Predicted::Refused { because, .. } => {
                let instead = match edit.change {
                    Change::Add => "",
                    Change::Delete => {
                        "; there only `samba-tool spn delete` on the domain controller helps"
                    }
                };
                let whose = whose(dialect);
                Some(format!(
                    "a domain controller ({whose}) may refuse to {edit}: {because}{instead}"
                ))
            }
        })
    })
}

fn play(rehearsal: &mut Rehearsal, edit: &Edit, change: Change) -> Predicted {
    let value = edit.value.clone();
    let proposal = match change {
        Change::Add => Proposal::Add(value),
        Change::Delete => Proposal::Delete(value),
    };
    rehearsal.play(&Rights::Administrator, &edit.account.dn, &proposal)
}

fn back(edit: &Edit) -> Change {
    match edit.change {
        Change::Add => Change::Delete,
        Change::Delete => Change::Add,
    }
}

fn whose(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Samba => "Samba's",
        Dialect::Windows => "Windows'",
    }
}
