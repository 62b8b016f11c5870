//! The same by hand, on Windows.

use super::{ClientEdit, Command, Place, Plan, RegistryEdit};
use crate::command_line::{self, comment};

/// The commands of a plan, in its order, and what must follow them.
pub(super) fn commands(plan: &Plan) -> Vec<Command> {
    let on = |place| move |text: String| Command { place, text };
    let mut commands: Vec<Command> = plan
        .edits
        .iter()
        .map(|edit| {
            let line = command_line::setspn(edit.change, &edit.value, &edit.account);
            line.unwrap_or_else(|| {
                format!(
                    "rem not safe to type, take --hand-off ldif: {}",
                    comment(&edit.to_string())
                )
            })
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
        let host = command_line::word(plan.target.as_str());
        let host = host.unwrap_or_else(|| "<host>".to_owned());
        commands.push(on(Place::Client)(format!(
            "Enter-PSSession -ComputerName {host} -SessionOption (New-PSSessionOption \
             -IncludePortInSPN)"
        )));
    }
    commands
}

fn reg(edit: &RegistryEdit) -> String {
    let (key, name) = (&edit.value.key, &edit.value.name);
    match &edit.after {
        Some(text) => match command_line::word(text) {
            Some(_) => format!("reg add {key} /v {name} /t REG_SZ /d \"{text}\" /f"),
            None => format!("rem not safe to type, take --hand-off reg: {}", comment(text)),
        },
        None => format!("reg delete {key} /v {name} /f"),
    }
}
