//! The plan by hand, on Windows.

use super::{Change, ClientEdit, Command, Edit, Place, Plan, RegistryEdit};
use crate::client::connecting_to;
use crate::directory::{AccountRef, DirectorySnapshot};
use crate::text::cmd_word;

/// The commands of a plan in its order, and the commands after them.
pub(super) fn commands(plan: &Plan, seen: &DirectorySnapshot) -> Vec<Command> {
    let on = |place| move |text: String| Command { place, text };
    let setspn = |edit: &Edit| on(Place::Domain)(typed(edit, seen));
    let mut commands: Vec<Command> = plan.edits.iter().map(setspn).collect();
    let registry = plan.client.iter().filter_map(|edit| match edit {
        ClientEdit::Registry(edit) => Some(reg(edit)),
        ClientEdit::IncludePortInSpn { .. } => None,
    });
    commands.extend(registry.map(on(Place::Client)));
    if !plan.is_nothing_to_do() {
        commands.push(on(Place::Client)("klist purge".to_owned()));
    }
    if let Some(port) = plan.client_after.include_port {
        let host = cmd_word::word(plan.target.as_str());
        let host = host.unwrap_or_else(|| "<host>".to_owned());
        commands.push(on(Place::Client)(format!(
            "Enter-PSSession -ComputerName {host}{} -SessionOption (New-PSSessionOption \
             -IncludePortInSPN)",
            connecting_to(port)
        )));
    }
    commands
}

/// A setspn command that can mean no other account; `None` if no shell takes its words as they are.
pub(super) fn setspn(
    seen: &DirectorySnapshot,
    switch: &str,
    value: &str,
    account: &AccountRef,
) -> Option<String> {
    let (modifier, name) = seen.typed(account);
    let modifier = modifier.map(|modifier| format!("{modifier} ")).unwrap_or_default();
    cmd_word::setspn_line(&format!("{modifier}{switch}"), value, &name)
}

/// A name that cannot be typed safely becomes a remark.
fn typed(edit: &Edit, seen: &DirectorySnapshot) -> String {
    let switch = match edit.change {
        Change::Add => "-S",
        Change::Delete => "-D",
    };
    let line = setspn(seen, switch, &edit.value, &edit.account);
    line.unwrap_or_else(|| format!("rem {}", cmd_word::INSTEAD))
}

fn reg(edit: &RegistryEdit) -> String {
    let (key, name) = (&edit.value.key, &edit.value.name);
    match edit.after.as_deref().map(cmd_word::word) {
        Some(Some(text)) => {
            let text = text.trim_matches('"');
            format!("reg add {key} /v {name} /t REG_SZ /d \"{text}\" /f")
        }
        Some(None) => {
            "rem by the hand-off reg, as the text has characters that no command line takes safely"
                .to_owned()
        }
        None => format!("reg delete {key} /v {name} /f"),
    }
}
