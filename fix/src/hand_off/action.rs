//! What there is to hand over, whatever the form.

use crate::account::AccountRef;
use crate::plan::{Change, ClientEdit, Plan};
use crate::settings::RegistryValue;

/// One write.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action<'a> {
    /// One value of `servicePrincipalName`.
    Spn { change: Change, value: &'a str, account: &'a AccountRef },
    /// A registry value of the client; without text it is deleted.
    Registry { value: &'a RegistryValue, text: Option<&'a str> },
}

/// The plan, in its order.
pub(super) fn actions(plan: &Plan) -> Vec<Action<'_>> {
    let spns = plan.edits.iter().map(|edit| Action::Spn {
        change: edit.change,
        value: &edit.value,
        account: &edit.account,
    });
    let registry = plan.client.iter().filter_map(|edit| match edit {
        ClientEdit::Registry(edit) => {
            Some(Action::Registry { value: &edit.value, text: edit.after.as_deref() })
        }
        ClientEdit::IncludePortInSpn { .. } => None,
    });
    spns.chain(registry).collect()
}

/// Its opposite, backwards.
pub(super) fn undone(plan: &Plan) -> Vec<Action<'_>> {
    let registry = plan.client.iter().rev().filter_map(|edit| match edit {
        ClientEdit::Registry(edit) => {
            Some(Action::Registry { value: &edit.value, text: edit.before.as_deref() })
        }
        ClientEdit::IncludePortInSpn { .. } => None,
    });
    let spns = plan.edits.iter().rev().map(|edit| Action::Spn {
        change: match edit.change {
            Change::Add => Change::Delete,
            Change::Delete => Change::Add,
        },
        value: &edit.value,
        account: &edit.account,
    });
    registry.chain(spns).collect()
}

/// What must be given with each connection, if anything.
pub(super) fn per_connection(plan: &Plan) -> Option<&'static str> {
    let port = plan.client.iter().any(|edit| matches!(edit, ClientEdit::IncludePortInSpn { .. }));
    port.then_some("with each connection: -SessionOption (New-PSSessionOption -IncludePortInSPN)")
}
