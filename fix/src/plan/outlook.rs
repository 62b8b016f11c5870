//! The state after a plan: names that still lead to the wrong account, and edits that cannot be
//! undone.

use super::{Change, Edit, Plan};
use crate::diagnose::{Diagnosis, Elsewhere, Verdict, diagnose};
use crate::directory::{DirectorySnapshot, LdapCode};
use crate::predict::{Dialect, Predicted, Proposal, Rehearsal, Rights};

/// Which names of the target do not lead to its computer account after the plan.
pub(super) fn still_broken(plan: &Plan, after: &DirectorySnapshot) -> Option<String> {
    let found = diagnose(after, &plan.target, &plan.client_after).ok()?;
    let mut broken = Vec::new();
    // Other warnings cover those.
    let right = matches!(
        found.verdict,
        Verdict::Healthy { .. } | Verdict::HolderDisabled { .. } | Verdict::ClusterName { .. }
    );
    if !right || found.verdict.wrong_holder().is_some() {
        broken.push(format!("{}: {}", found.requested, found.verdict));
    }
    for other in found.other_names.iter().filter(|other| !other.works) {
        broken.push(match &other.ticket_for {
            Some(account) if account.dn == plan.computer.dn => continue,
            Some(account) => format!("{} leads to {}", other.spn, account.name),
            None => format!("there is no ticket for {}", other.spn),
        });
    }
    broken.extend(found.elsewhere.iter().filter_map(|other| elsewhere(&found, other, after)));
    if broken.is_empty() {
        return None;
    }
    Some(format!("this plan does not mend everything; afterwards {}", broken.join("; ")))
}

/// What clients of another domain get, if it is no computer of that name.
fn elsewhere(found: &Diagnosis, other: &Elsewhere, after: &DirectorySnapshot) -> Option<String> {
    let holder = other.ticket_for.as_ref()?;
    let account = after.accounts().iter().find(|account| account.is(&holder.dn))?;
    let right = after.owns(account, found.requested.host());
    (!right).then(|| format!("in {}, {} leads to {}", other.domain, found.requested, holder.name))
}

/// The first edit that a domain controller would not undo, even for an administrator.
pub(super) fn undo_refused(plan: &Plan, after: &DirectorySnapshot) -> Option<String> {
    let undo: Vec<_> = plan.edits.iter().rev().map(|edit| (edit, edit.change.opposite())).collect();
    let found = refusals(after, &undo).into_iter().find(|refusal| {
        // Only Samba lets an account have several spellings.
        refusal.code != LdapCode::ATTRIBUTE_OR_VALUE_EXISTS
    })?;
    let Refusal { whose, edit, because, .. } = found;
    Some(format!(
        "it may be impossible to take this back: a domain controller ({whose}) would refuse to give \
         {} to {} again: {because}",
        edit.value, edit.account.name
    ))
}

/// The first edit that a domain controller of Samba or Windows would refuse even to an
/// administrator, and its answer.
pub(super) fn refused(plan: &Plan, seen: &DirectorySnapshot) -> Option<String> {
    let edits: Vec<_> = plan.edits.iter().map(|edit| (edit, edit.change)).collect();
    let Refusal { whose, edit, because, .. } = refusals(seen, &edits).into_iter().next()?;
    let instead = match edit.change {
        Change::Add => "",
        Change::Delete => "; there only `samba-tool spn delete` on the domain controller helps",
    };
    Some(format!("a domain controller ({whose}) may refuse to {edit}: {because}{instead}"))
}

/// A change that a domain controller would refuse.
struct Refusal<'a> {
    whose: &'static str,
    edit: &'a Edit,
    code: LdapCode,
    because: String,
}

/// Rehearses changes by Samba's rules and by Windows'.
fn refusals<'a>(seen: &DirectorySnapshot, changes: &[(&'a Edit, Change)]) -> Vec<Refusal<'a>> {
    let mut refusals = Vec::new();
    for (dialect, whose) in [(Dialect::Samba, "Samba's"), (Dialect::Windows, "Windows'")] {
        let mut rehearsal = Rehearsal::of(seen, dialect);
        for &(edit, change) in changes {
            let value = edit.value.clone();
            let proposal = match change {
                Change::Add => Proposal::Add(value),
                Change::Delete => Proposal::Delete(value),
            };
            let said = rehearsal.play(&Rights::Administrator, &edit.account.dn, &proposal);
            if let Predicted::Refused { code, because } = said {
                refusals.push(Refusal { whose, edit, code, because });
            }
        }
    }
    refusals
}
