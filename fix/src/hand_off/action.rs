//! The writes to hand over, in any form.

use crate::client::{RegistryValue, connecting_to};
use crate::directory::AccountRef;
use crate::plan::{Change, ClientEdit, Place, Plan, RegistryEdit};

/// One write.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action<'a> {
    /// One value of `servicePrincipalName`.
    Spn { change: Change, value: &'a str, account: &'a AccountRef },
    /// A registry value of the client. Without text it is deleted.
    Registry { value: &'a RegistryValue, text: Option<&'a str> },
}

impl Action<'_> {
    /// Where the write happens.
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Spn { .. } => Place::Domain,
            Self::Registry { .. } => Place::Client,
        }
    }
}

/// The plan's writes, in its order.
pub(super) fn actions(plan: &Plan) -> Vec<Action<'_>> {
    let spns = plan.edits.iter().map(|edit| Action::Spn {
        change: edit.change,
        value: &edit.value,
        account: &edit.account,
    });
    let registry = registry(plan)
        .map(|edit| Action::Registry { value: &edit.value, text: edit.after.as_deref() });
    spns.chain(registry).collect()
}

/// The opposite writes, in reverse order.
pub(super) fn undone(plan: &Plan) -> Vec<Action<'_>> {
    let registry = registry(plan)
        .rev()
        .map(|edit| Action::Registry { value: &edit.value, text: edit.before.as_deref() });
    let spns = plan.edits.iter().rev().map(|edit| Action::Spn {
        change: edit.change.opposite(),
        value: &edit.value,
        account: &edit.account,
    });
    registry.chain(spns).collect()
}

/// The registry edits, including those that the user makes by hand.
fn registry(plan: &Plan) -> impl DoubleEndedIterator<Item = &RegistryEdit> {
    let planned = plan.client.iter().filter_map(|edit| match edit {
        ClientEdit::Registry(edit) => Some(edit),
        ClientEdit::IncludePortInSpn { .. } => None,
    });
    planned.chain(&plan.by_hand)
}

/// The option that each connection needs, if any.
pub(super) fn per_connection(plan: &Plan) -> Option<String> {
    let port = plan.client.iter().find_map(|edit| match edit {
        ClientEdit::IncludePortInSpn { port } => Some(*port),
        ClientEdit::Registry(_) => None,
    })?;
    let connect = connecting_to(port);
    Some(format!(
        "with each connection:{connect} -SessionOption (New-PSSessionOption -IncludePortInSPN)"
    ))
}

/// Text for a comment: one line of ASCII that no form can read as more than a comment.
pub(super) fn comment(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,:;/$=-_()".contains(c);
    text.chars().map(|c| if plain(c) { c } else { '?' }).collect()
}
