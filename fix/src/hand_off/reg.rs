//! A file for regedit.

use super::action::{Action, comment, per_connection};
use super::{HandOff, HandOffError};
use crate::plan::{Place, Plan};
use crate::text::is_plain;

pub(super) fn write(
    plan: &Plan,
    title: &str,
    actions: &[Action<'_>],
) -> Result<String, HandOffError> {
    let mut lines = vec![
        "Windows Registry Editor Version 5.00".to_owned(),
        String::new(),
        format!("; {}", comment(title)),
    ];
    let mut directory = false;
    for action in actions {
        match action {
            Action::Registry { value, text } => {
                lines.push(String::new());
                lines.push(format!("[{}]", key(&value.key)?));
                let text = text.as_deref().map_or_else(|| Ok("-".to_owned()), quoted)?;
                lines.push(format!("{}={text}", quoted(&value.name)?));
            }
            Action::Spn { .. } => directory = true,
        }
    }
    if actions.is_empty() {
        lines.push("; nothing to do".to_owned());
    }
    if directory {
        lines.push("; not here: SPNs in the directory; take another form as well".to_owned());
    }
    lines.extend(per_connection(plan).map(|text| format!("; not here: {}", comment(&text))));
    Ok(lines.join("\r\n") + "\r\n")
}

/// The key with the root's long name. A dash in front would delete the key.
fn key(text: &str) -> Result<String, HandOffError> {
    let path = text.strip_prefix(r"HKLM\").ok_or_else(|| refused(text))?;
    if path.contains(['[', ']']) {
        return Err(refused(text));
    }
    Ok(format!(r"HKEY_LOCAL_MACHINE\{}", plain(path)?))
}

fn quoted(text: &str) -> Result<String, HandOffError> {
    Ok(format!("\"{}\"", plain(text)?.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn plain(text: &str) -> Result<&str, HandOffError> {
    if text.chars().all(is_plain) { Ok(text) } else { Err(refused(text)) }
}

fn refused(text: &str) -> HandOffError {
    HandOffError { form: HandOff::Reg, place: Place::Client, value: text.to_owned() }
}
