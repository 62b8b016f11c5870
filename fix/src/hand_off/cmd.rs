//! Commands for `cmd.exe`.

use super::action::{Action, per_connection};
use super::{HandOff, HandOffError};
use crate::account::{AccountKind, AccountRef};
use crate::command_line::{self, comment};
use crate::plan::{Change, Plan};

pub(super) fn write(
    plan: &Plan,
    title: &str,
    actions: &[Action<'_>],
) -> Result<String, HandOffError> {
    let mut lines = vec!["@echo off".to_owned(), format!("rem {}", comment(title))];
    for action in actions {
        lines.push(match action {
            Action::Spn { change, value, account } => {
                let switch = if *change == Change::Add { "-S" } else { "-D" };
                let (kind, name) = named(account);
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
        });
    }
    if actions.is_empty() {
        lines.push("rem nothing to do".to_owned());
    } else {
        lines.push("rem on every client, in the session that connects:".to_owned());
        lines.push("klist purge".to_owned());
    }
    lines.extend(per_connection(plan).map(|text| format!("rem {}", comment(text))));
    Ok(lines.join("\r\n") + "\r\n")
}

/// Which kind of account, so that no other of the same name is meant; a computer without its `$`.
fn named(account: &AccountRef) -> (&'static str, &str) {
    match account.kind {
        AccountKind::Computer => ("-C", account.name.trim_end_matches('$')),
        AccountKind::User | AccountKind::ManagedService => ("-U", &account.name),
    }
}

fn word(text: &str) -> Result<String, HandOffError> {
    let refused = || HandOffError { form: HandOff::Setspn, value: text.to_owned() };
    command_line::word(text).ok_or_else(refused)
}
