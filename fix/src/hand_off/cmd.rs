//! Commands for `cmd.exe`.

use super::action::{Action, comment, per_connection};
use super::{HandOff, HandOffError};
use crate::directory::{AccountKind, AccountRef};
use crate::plan::{Change, Plan};
use crate::text::cmd_word;

/// Ends the script if its command fails. The later commands rely on the earlier ones.
const OR_STOP: &str = " || exit /b 1";

pub(super) fn write(
    plan: &Plan,
    title: &str,
    actions: &[Action<'_>],
) -> Result<String, HandOffError> {
    let mut lines = vec!["@echo off".to_owned(), format!("rem {}", comment(title))];
    if !actions.is_empty() {
        lines.push("rem stops at the first command whose exit status is not 0".to_owned());
    }
    for action in actions {
        lines.push(command(action)? + OR_STOP);
    }
    if actions.is_empty() {
        lines.push("rem nothing to do".to_owned());
    } else {
        lines.push("rem on every client, in the session that connects:".to_owned());
        lines.push("klist purge".to_owned());
    }
    lines.extend(per_connection(plan).map(|text| format!("rem {}", comment(&text))));
    Ok(lines.join("\r\n") + "\r\n")
}

fn command(action: &Action<'_>) -> Result<String, HandOffError> {
    let word = |text: &str| {
        cmd_word::word(text).ok_or_else(|| HandOffError {
            form: HandOff::Setspn,
            place: action.place(),
            value: text.to_owned(),
        })
    };
    Ok(match action {
        Action::Spn { change, value, account } => {
            let switch = if *change == Change::Add { "-S" } else { "-D" };
            let (kind, name) = (kind(account), account.setspn_name());
            format!("setspn {kind} {switch} {} {}", word(value)?, word(name)?)
        }
        Action::Registry { value, text: Some(text) } => format!(
            "reg add {} /v {} /t REG_SZ /d {} /f",
            word(&value.key)?,
            word(&value.name)?,
            word(text)?
        ),
        Action::Registry { value, text: None } => {
            format!("reg delete {} /v {} /f", word(&value.key)?, word(&value.name)?)
        }
    })
}

/// The kind of account, so that the command finds no other account of the same name.
fn kind(account: &AccountRef) -> &'static str {
    match account.kind {
        AccountKind::Computer => "-C",
        AccountKind::User | AccountKind::ManagedService => "-U",
    }
}
