//! What there is to hand over, whatever the form.

use crate::account::AccountRef;
use crate::plan::{Change, ClientEdit, Place, Plan, RegistryEdit};
use crate::service_class::ServiceClass;
use crate::settings::RegistryValue;

/// One write.
#[derive(Clone, Debug)]
pub(super) enum Action<'a> {
    /// One value of `servicePrincipalName`.
    Spn { change: Change, value: &'a str, account: &'a AccountRef },
    /// A registry value of the client; without text it is deleted.
    Registry { value: RegistryValue, text: Option<String> },
}

impl Action<'_> {
    /// Where it is done.
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Spn { .. } => Place::Domain,
            Self::Registry { .. } => Place::Client,
        }
    }
}

/// The plan, in its order.
pub(super) fn actions(plan: &Plan) -> Vec<Action<'_>> {
    let spns = plan.edits.iter().map(|edit| Action::Spn {
        change: edit.change,
        value: &edit.value,
        account: &edit.account,
    });
    let registry = registry(plan)
        .into_iter()
        .map(|edit| Action::Registry { value: edit.value, text: edit.after });
    spns.chain(registry).collect()
}

/// Its opposite, backwards.
pub(super) fn undone(plan: &Plan) -> Vec<Action<'_>> {
    let registry = registry(plan)
        .into_iter()
        .rev()
        .map(|edit| Action::Registry { value: edit.value, text: edit.before });
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

/// The registry edits: those of the plan, and the one that a plan leaves to somebody who is at the
/// client (`Plan::with_client_by_hand`), which only the profiles tell of.
fn registry(plan: &Plan) -> Vec<RegistryEdit> {
    let of_the_plan = |edit: &ClientEdit| match edit {
        ClientEdit::Registry(edit) => Some(edit.clone()),
        ClientEdit::IncludePortInSpn { .. } => None,
    };
    let planned: Vec<RegistryEdit> = plan.client.iter().filter_map(of_the_plan).collect();
    let (before, after) = (&plan.client_before.spn_prefix, &plan.client_after.spn_prefix);
    if !planned.is_empty() || before == after {
        return planned;
    }
    let text = |class: &Option<ServiceClass>| class.clone().map(String::from);
    let value = RegistryValue::spn_prefix();
    vec![RegistryEdit { value, before: text(before), after: text(after) }]
}

/// What must be given with each connection, if anything.
pub(super) fn per_connection(plan: &Plan) -> Option<&'static str> {
    let port = plan.client.iter().any(|edit| matches!(edit, ClientEdit::IncludePortInSpn { .. }));
    port.then_some("with each connection: -SessionOption (New-PSSessionOption -IncludePortInSPN)")
}

/// Text for a comment: one line of ASCII, and nothing in it that any of the forms could take for
/// more.
pub(super) fn comment(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,:;/$=-_()".contains(c);
    text.chars().map(|c| if plain(c) { c } else { '?' }).collect()
}
