//! The same by hand, on Windows.

use super::{Change, ClientEdit, Command, Place, Plan, RegistryEdit};
use crate::account::{AccountKind, AccountRef};

/// The commands of a plan, in its order, and what must follow them.
pub(super) fn commands(plan: &Plan) -> Vec<Command> {
    let on = |place| move |text: String| Command { place, text };
    let mut commands: Vec<Command> = plan
        .edits
        .iter()
        .map(|edit| {
            let switch = match edit.change {
                Change::Add => "-S",
                Change::Delete => "-D",
            };
            format!("setspn {switch} {} {}", edit.value, account(&edit.account))
        })
        .map(on(Place::Domain))
        .collect();
    let registry = plan.client.iter().filter_map(|edit| match edit {
        ClientEdit::Registry(edit) => Some(reg(edit)),
        ClientEdit::IncludePortInSpn { .. } => None,
    });
    commands.extend(registry.map(on(Place::Client)));
    if !plan.is_nothing_to_do() {
        commands.push(on(Place::Client)("klist purge".to_owned()));
    }
    if plan.client_after.include_port.is_some() {
        commands.push(on(Place::Client)(format!(
            "Enter-PSSession -ComputerName {} -SessionOption (New-PSSessionOption -IncludePortInSPN)",
            plan.target
        )));
    }
    commands
}

/// `setspn` takes a computer's name without `$`.
fn account(account: &AccountRef) -> &str {
    match account.kind {
        AccountKind::Computer => account.name.trim_end_matches('$'),
        AccountKind::User | AccountKind::ManagedService => &account.name,
    }
}

fn reg(edit: &RegistryEdit) -> String {
    let (key, name) = (&edit.value.key, &edit.value.name);
    match &edit.after {
        Some(text) => format!("reg add {key} /v {name} /t REG_SZ /d \"{text}\" /f"),
        None => format!("reg delete {key} /v {name} /f"),
    }
}
