//! A PowerShell script.

use super::action::{Action, per_connection};
use super::{HandOff, HandOffError};
use crate::account::AccountKind;
use crate::command_line::comment;
use crate::plan::{Change, Plan};

pub(super) fn write(
    plan: &Plan,
    title: &str,
    actions: &[Action<'_>],
) -> Result<String, HandOffError> {
    let mut lines = vec![format!("# {}", comment(title))];
    if actions.iter().any(|action| matches!(action, Action::Spn { .. })) {
        lines.push("# on a machine of the domain with the ActiveDirectory module".to_owned());
    }
    // In the order given: on the way back the registry comes first.
    for action in actions {
        if let Action::Registry { .. } = action {
            lines.push("# on the client, as administrator".to_owned());
        }
        lines.extend(commands(action)?);
    }
    if actions.is_empty() {
        lines.push("# nothing to do".to_owned());
    } else {
        lines.push("# on every client, in the session that connects".to_owned());
        lines.push("klist purge".to_owned());
    }
    lines.extend(per_connection(plan).map(|text| format!("# {}", comment(text))));
    Ok(lines.join("\r\n") + "\r\n")
}

fn commands(action: &Action<'_>) -> Result<Vec<String>, HandOffError> {
    Ok(match action {
        Action::Spn { change, value, account } => {
            let cmdlet = match account.kind {
                AccountKind::Computer => "Set-ADComputer",
                AccountKind::User => "Set-ADUser",
                AccountKind::ManagedService => "Set-ADServiceAccount",
            };
            let verb = if *change == Change::Add { "Add" } else { "Remove" };
            let (dn, value) = (quoted(&account.dn)?, quoted(value)?);
            vec![format!("{cmdlet} -Identity {dn} -ServicePrincipalNames @{{{verb}={value}}}")]
        }
        Action::Registry { value, text } => {
            let key = quoted(&value.key.replacen("HKLM", "HKLM:", 1))?;
            let name = quoted(&value.name)?;
            match text {
                Some(text) => vec![
                    // New-Item on a key that is there would empty it.
                    format!(
                        "if (-not (Test-Path -LiteralPath {key})) {{ New-Item -Path {key} -Force | \
                         Out-Null }}"
                    ),
                    format!(
                        "New-ItemProperty -LiteralPath {key} -Name {name} -PropertyType String \
                         -Value {} -Force | Out-Null",
                        quoted(text)?
                    ),
                ],
                None => vec![format!("Remove-ItemProperty -LiteralPath {key} -Name {name}")],
            }
        }
    })
}

/// A verbatim string. PowerShell takes typographic quotes for quotes too
/// (about_Quoting_Rules), so they are doubled as well.
fn quoted(text: &str) -> Result<String, HandOffError> {
    if text.chars().any(char::is_control) {
        return Err(HandOffError { form: HandOff::PowerShell, value: text.to_owned() });
    }
    let mut quoted = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    Ok(quoted)
}
