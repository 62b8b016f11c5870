//! `spnlab logs`.

use std::collections::BTreeMap;

use serde_json::Value;
use spnlab_harness::{Error, Lab, Role};

use crate::cli::Part;
use crate::console::{Console, escaped};
use crate::failure::Failure;

pub(super) async fn logs(
    name: &str,
    part: Option<Part>,
    raw: bool,
    console: &Console,
) -> Result<u8, Failure> {
    let logs = Lab::logs_of(name).await?;
    let roles = match part {
        None => vec![Role::Dc1, Role::Dc2, Role::Mem1, Role::Client],
        Some(Part::Dc1) => vec![Role::Dc1],
        Some(Part::Dc2) => vec![Role::Dc2],
        Some(Part::Mem1) => vec![Role::Mem1],
        Some(Part::Client) => vec![Role::Client],
    };
    if let (Some(_), [only]) = (part, roles.as_slice())
        && !logs.iter().any(|(role, _)| role == only)
    {
        let (name, part) = (name.to_owned(), *only);
        return Err(Error::LabIncomplete { name, part }.into());
    }
    let mut all = serde_json::Map::new();
    for (role, log) in logs.into_iter().filter(|(role, _)| roles.contains(role)) {
        let role = role.to_string();
        if raw {
            log.lines().for_each(|line| console.pass_on(&format!("{role:<7}| {line}")));
        } else {
            let lines = log.lines().filter_map(readable);
            lines.for_each(|line| console.pass_on(&escaped(&format!("{role:<7}| {line}"))));
        }
        all.insert(role, log.into());
    }
    console.document("logs", &all);
    Ok(0)
}

/// What a person reads of a Samba record. The rest is numbers and ids of its own.
const OF_USE: [&str; 14] = [
    "status",
    "operation",
    "action",
    "dn",
    "value",
    "account",
    "clientAccount",
    "serviceDescription",
    "authDescription",
    "localAddress",
    "remoteAddress",
    "reason",
    "error",
    "text",
];

/// A line for a person. `None`: a mark of the harness, or a record without an event.
fn readable(line: &str) -> Option<String> {
    if line.starts_with("spnlab: read until here") || line.trim().is_empty() {
        return None;
    }
    // Samba writes the kind of a record in front of it.
    let json = line.find('{').map(|at| &line[at..]);
    // By name: a map of serde_json keeps its order only if some crate of the build asks for that.
    let read = |text| serde_json::from_str::<BTreeMap<String, Value>>(text).ok();
    let Some(mut record) = json.and_then(read) else {
        return Some(line.trim().to_owned());
    };
    let of_samba = record.contains_key("timestamp");
    let time = record.remove("time").or_else(|| record.remove("timestamp"));
    let time = time.as_ref().and_then(Value::as_str).and_then(clock).unwrap_or_default();
    let kind = record.remove("event").or_else(|| record.remove("type"));
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("event").to_owned();
    // The attempt of a line of CLIENT is long, and has a verb of its own.
    record.remove("seen");
    record.remove("began");
    let mut facts = Vec::new();
    // Samba's facts are below the kind's own name.
    for (name, value) in &record {
        let below = if *name == kind { "" } else { name };
        flatten(below, value, &mut facts);
    }
    let facts = facts.iter().filter(|(name, _)| !of_samba || OF_USE.contains(name));
    let facts: Vec<String> = facts.map(|(name, text)| format!("{name} {text}")).collect();
    Some(format!("{time} {kind}  {}", facts.join(", ")))
}

/// 08:41:02 of 2026-01-01T08:41:02.000Z.
fn clock(time: &str) -> Option<String> {
    time.split_once('T').and_then(|(_, time)| time.get(..8)).map(str::to_owned)
}

/// The facts of a value, each with its name.
fn flatten<'a>(name: &'a str, value: &'a Value, facts: &mut Vec<(&'a str, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => facts.push((name, text.trim().to_owned())),
        Value::Object(inner) => {
            let inner: BTreeMap<_, _> = inner.iter().collect();
            for (name, value) in inner {
                flatten(name, value, facts);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| flatten(name, value, facts)),
        other => facts.push((name, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_a_line_of_facts() {
        let winrmd = r#"{"time":"2026-11-30T08:41:02.123Z","event":"authentication","peer":"10.213.0.5:1","kvno":null,"acceptor":{"code":35,"text":"Wrong principal"}}"#;
        assert_eq!(
            readable(winrmd).unwrap(),
            "08:41:02 authentication  code 35, text Wrong principal, peer 10.213.0.5:1"
        );
        let done = r#"{"time":"2026-11-30T08:41:02.123456Z","began":"2026-11-30T08:41:01Z","event":"spnlab connect","who":"ann","status":10,"seen":{"visit":{}}}"#;
        let expected = "08:41:02 spnlab connect  status 10, who ann";
        assert_eq!(readable(done).unwrap(), expected);
        let samba = r#"  {"timestamp": "2026-11-30T08:41:02.123456+0000", "type": "KDC Authorization", "KDC Authorization": {"version": {"major": 1}, "eventId": 1, "status": "NT_STATUS_OK", "account": "trainer", "logonId": "8f"}}"#;
        let expected = "08:41:02 KDC Authorization  account trainer, status NT_STATUS_OK";
        assert_eq!(readable(samba).unwrap(), expected);
    }

    #[test]
    fn other_lines_stay_and_marks_go() {
        assert_eq!(readable(" samba: started ").unwrap(), "samba: started");
        assert_eq!(readable("{no json").unwrap(), "{no json");
        assert_eq!(readable("spnlab: read until here 0"), None);
        assert_eq!(readable(""), None);
    }
}
