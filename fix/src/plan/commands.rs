//! The plan by hand, on Windows.

use super::{Change, ClientEdit, Command, Edit, Place, Plan, RegistryEdit};
use crate::text::cmd_word;

/// The commands of a plan in its order, and the commands after them.
pub(super) fn commands(plan: &Plan) -> Vec<Command> {
    let on = |place| move |text: String| Command { place, text };
    let mut commands: Vec<Command> = plan.edits.iter().map(setspn).map(on(Place::Domain)).collect();
    let registry = plan.client.iter().filter_map(|edit| match edit {
        ClientEdit::Registry(edit) => Some(reg(edit)),
        ClientEdit::IncludePortInSpn { .. } => None,
    });
    commands.extend(registry.map(on(Place::Client)));
    if !plan.is_nothing_to_do() {
        commands.push(on(Place::Client)("klist purge".to_owned()));
    }
    if plan.client_after.include_port.is_some() {
        let host = cmd_word::word(plan.target.as_str());
        let host = host.unwrap_or_else(|| "<host>".to_owned());
        commands.push(on(Place::Client)(format!(
            "Enter-PSSession -ComputerName {host} -SessionOption (New-PSSessionOption \
             -IncludePortInSPN)"
        )));
    }
    commands
}

/// A name that cannot be typed safely becomes a remark.
fn setspn(edit: &Edit) -> String {
    let switch = match edit.change {
        Change::Add => "-S",
        Change::Delete => "-D",
    };
    let line = cmd_word::setspn_line(switch, &edit.value, edit.account.setspn_name());
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
