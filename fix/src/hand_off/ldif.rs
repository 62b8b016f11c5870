//! LDIF change records (RFC 2849).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::action::{Action, comment, per_connection};
use crate::plan::{Change, Plan};

/// Longest line (RFC 2849, note 2: any length may be folded).
const WIDTH: usize = 76;

pub(super) fn write(plan: &Plan, title: &str, actions: &[Action<'_>]) -> String {
    let mut text = format!("version: 1\n{}", remark(title));
    let mut registry = false;
    for action in actions {
        match action {
            Action::Spn { change, value, account } => {
                let verb = if *change == Change::Add { "add" } else { "delete" };
                text.push('\n');
                text.push_str(&line("dn", &account.dn));
                text.push_str("changetype: modify\n");
                text.push_str(&line(verb, "servicePrincipalName"));
                text.push_str(&line("servicePrincipalName", value));
                text.push_str("-\n");
            }
            Action::Registry { .. } => registry = true,
        }
    }
    if actions.is_empty() {
        text.push_str(&remark("nothing to do"));
    }
    if registry {
        text.push('\n');
        text.push_str(&remark("not here: the registry of the client; take the form reg as well"));
    }
    if let Some(option) = per_connection(plan) {
        text.push('\n');
        text.push_str(&remark(&format!("not here: {option}")));
    }
    text
}

/// A comment, on as many lines as it needs. Not every reader unfolds them.
fn remark(text: &str) -> String {
    let text = comment(text);
    let mut lines = vec![String::from("#")];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        // Breaks a word anywhere that is too long for a line.
        for part in word.as_bytes().chunks(WIDTH - 2) {
            let part = String::from_utf8_lossy(part);
            match lines.last_mut() {
                Some(line) if line.len() + 1 + part.len() <= WIDTH => {
                    line.push(' ');
                    line.push_str(&part);
                }
                _ => lines.push(format!("# {part}")),
            }
        }
    }
    lines.join("\n") + "\n"
}

/// `name: value`, folded; in base64 if the value is no SAFE-STRING.
fn line(name: &str, value: &str) -> String {
    let safe = value.bytes().all(|b| b.is_ascii() && !matches!(b, 0 | b'\n' | b'\r'))
        && !value.starts_with([' ', ':', '<'])
        && !value.ends_with(' ');
    let whole = if safe {
        format!("{name}: {value}")
    } else {
        format!("{name}:: {}", STANDARD.encode(value))
    };
    folded(&whole)
}

/// The line is ASCII, so bytes are characters.
fn folded(line: &str) -> String {
    let mut text = String::new();
    for (at, c) in line.chars().enumerate() {
        if at > 0 && at % (WIDTH - 1) == 0 {
            text.push_str("\n ");
        }
        text.push(c);
    }
    text.push('\n');
    text
}
