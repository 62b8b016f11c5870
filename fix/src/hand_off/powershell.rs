//! A PowerShell script.

use super::action::{Action, comment, per_connection};
use super::{HandOff, HandOffError};
use crate::directory::AccountKind;
use crate::plan::{Change, Place, Plan};
use crate::text::is_plain;

pub(super) fn write(
    plan: &Plan,
    title: &str,
    actions: &[Action<'_>],
) -> Result<String, HandOffError> {
    let mut lines = vec![format!("# {}", comment(title))];
    if actions.iter().any(|action| action.place() == Place::Domain) {
        lines.push("# on a machine of the domain with the ActiveDirectory module".to_owned());
        lines.push("#Requires -Modules ActiveDirectory".to_owned());
    }
    if actions.is_empty() {
        lines.push("# nothing to do".to_owned());
    } else {
        // Without it, a failing cmdlet prints its error, and the next one runs.
        lines.push("$ErrorActionPreference = 'Stop'".to_owned());
    }
    // In the given order: undoing starts with the registry.
    for action in actions {
        if action.place() == Place::Client {
            lines.push("# on the client, as administrator".to_owned());
        }
        lines.extend(commands(action)?);
    }
    if !actions.is_empty() {
        lines.push("# on every client, in the session that connects".to_owned());
        lines.push("klist purge".to_owned());
    }
    lines.extend(per_connection(plan).map(|text| format!("# {}", comment(&text))));
    Ok(lines.join("\r\n") + "\r\n")
}

fn commands(action: &Action<'_>) -> Result<Vec<String>, HandOffError> {
    let refused = |text: &str| HandOffError {
        form: HandOff::PowerShell,
        place: action.place(),
        value: text.to_owned(),
    };
    let quoted = |text: &str| quoted(text).ok_or_else(|| refused(text));
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
            let path = value.key.strip_prefix(r"HKLM\").ok_or_else(|| refused(&value.key))?;
            let key = quoted(&format!(r"HKLM:\{path}"))?;
            let name = quoted(&value.name)?;
            match text {
                Some(text) => vec![
                    // New-Item on an existing key would empty it.
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

/// A verbatim string; `None` if a reader would see another text. PowerShell takes typographic
/// quotes for quotes too (about_Quoting_Rules), so they are doubled as well.
fn quoted(text: &str) -> Option<String> {
    if !text.chars().all(is_plain) {
        return None;
    }
    let mut quoted = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    Some(quoted)
}
