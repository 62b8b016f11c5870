//! A file for regedit.

use super::action::{Action, per_connection};
use super::{HandOff, HandOffError};
use crate::command_line::comment;
use crate::plan::Plan;

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
                lines.push(format!(
                    "[{}]",
                    plain(&value.key.replacen("HKLM", "HKEY_LOCAL_MACHINE", 1))?
                ));
                let text = text.map_or_else(|| Ok("-".to_owned()), quoted)?;
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
    lines.extend(per_connection(plan).map(|text| format!("; not here: {}", comment(text))));
    Ok(lines.join("\r\n") + "\r\n")
}

fn quoted(text: &str) -> Result<String, HandOffError> {
    Ok(format!("\"{}\"", plain(text)?.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn plain(text: &str) -> Result<&str, HandOffError> {
    if text.chars().any(|c| c.is_control() || c == ']') {
        return Err(HandOffError { form: HandOff::Reg, value: text.to_owned() });
    }
    Ok(text)
}
