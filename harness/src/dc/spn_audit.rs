//! Who wrote SPNs over LDAP: Samba's audit record of changes.
//!
//! A program that writes into the database itself, such as `samba-tool` inside the domain
//! controller or the judge's faults, prints its record on its own terminal. The domain controller's
//! log has none.

use std::collections::BTreeMap;
use std::time::SystemTime;

use ldap3::SearchEntry;
use serde::Deserialize;
use serde_json::Value;

use crate::lab::Dc;
use crate::model::Result;

/// One change of an account's SPNs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpnWrite {
    /// The account that made it.
    pub by: String,
    /// One line for each value, as [`SpnInventory::difference`](crate::SpnInventory::difference)
    /// says it.
    pub lines: Vec<String>,
}

/// What the records name by numbers and DNs.
#[derive(Debug, Default)]
struct Accounts {
    by_sid: BTreeMap<String, String>,
    by_dn: BTreeMap<String, String>,
}

impl Dc<'_> {
    /// The changes of SPNs over LDAP since this time, oldest first.
    ///
    /// # Errors
    /// The log cannot be read, for example because the domain controller does not run.
    pub async fn spn_writes(self, since: SystemTime) -> Result<Vec<SpnWrite>> {
        let log = self.lab.log_of(self.role).since(since).await?;
        let records: Vec<Record> = log.lines().filter_map(record).collect();
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.search("(objectClass=user)", &["sAMAccountName", "objectSid"]).await?;
        let accounts = Accounts::of(found);
        Ok(records.into_iter().filter_map(|record| record.write(&accounts)).collect())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    status_code: i64,
    user_sid: String,
    dn: String,
    attributes: BTreeMap<String, Changes>,
}

#[derive(Debug, Deserialize)]
struct Changes {
    actions: Vec<Action>,
}

#[derive(Debug, Deserialize)]
struct Action {
    action: String,
    #[serde(default)]
    values: Vec<Written>,
}

#[derive(Debug, Deserialize)]
struct Written {
    #[serde(default)]
    value: String,
}

/// The record of a change in this line, if it changed SPNs.
fn record(line: &str) -> Option<Record> {
    if !line.contains("servicePrincipalName") {
        return None;
    }
    let mut record: Value = serde_json::from_str(line).ok()?;
    let record: Record = serde_json::from_value(record.get_mut("dsdbChange")?.take()).ok()?;
    (record.status_code == 0).then_some(record)
}

impl Record {
    fn write(mut self, accounts: &Accounts) -> Option<SpnWrite> {
        let account = accounts.by_dn.get(&self.dn.to_lowercase())?;
        let changes = self.attributes.remove("servicePrincipalName")?;
        let lines = changes.actions.iter().flat_map(|Action { action, values }| {
            let sign = if action == "delete" { '-' } else { '+' };
            let line =
                move |one: &Written| format!("{sign} {account} {}", one.value.to_ascii_lowercase());
            values.iter().map(line)
        });
        let by = accounts.by_sid.get(&self.user_sid).unwrap_or(&self.user_sid).clone();
        Some(SpnWrite { by, lines: lines.collect() })
    }
}

impl Accounts {
    fn of(found: Vec<SearchEntry>) -> Self {
        let mut accounts = Self::default();
        for SearchEntry { dn, mut attrs, mut bin_attrs } in found {
            let Some(name) = attrs.remove("sAMAccountName").and_then(|mut names| names.pop())
            else {
                continue;
            };
            // An id may look like a text.
            let text = attrs.remove("objectSid").and_then(|mut ids| ids.pop());
            let bytes = bin_attrs.remove("objectSid").and_then(|mut ids| ids.pop());
            if let Some(sid) = bytes.or(text.map(String::into_bytes)).as_deref().and_then(sid) {
                accounts.by_sid.insert(sid, name.clone());
            }
            accounts.by_dn.insert(dn.to_lowercase(), name);
        }
        accounts
    }
}

/// The text of a SID (MS-DTYP 2.4.2.2).
fn sid(bytes: &[u8]) -> Option<String> {
    let (head, parts) = bytes.split_at_checked(8)?;
    let authority = head[2..].iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let parts = parts.chunks_exact(4).map(|part| {
        let number = part.iter().rev().fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        format!("-{number}")
    });
    Some(format!("S-{}-{authority}{}", head[0], parts.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_names_its_writer_and_each_value() {
        let bytes = [1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0x51, 4, 0, 0];
        let entry = |dn: &str, name: &str, id: &[u8]| SearchEntry {
            dn: dn.to_owned(),
            attrs: [("sAMAccountName".to_owned(), vec![name.to_owned()])].into(),
            bin_attrs: [("objectSid".to_owned(), vec![id.to_vec()])].into(),
        };
        let accounts = Accounts::of(vec![
            entry("CN=svc_web,DC=x", "svc_web", &[]),
            entry("CN=op,DC=x", "spn_operator", &bytes),
        ]);
        let line = |status: u8, attribute: &str| {
            format!(
                r#"{{"type":"dsdbChange","dsdbChange":{{"statusCode":{status},"userSid":"S-1-5-21-1105","dn":"cn=SVC_web,DC=x","attributes":{{"{attribute}":{{"actions":[{{"action":"add","values":[{{"value":"HTTP/a"}}]}},{{"action":"delete","values":[{{"value":"HTTP/b"}}]}}]}}}}}}}}"#
            )
        };
        let spns = "servicePrincipalName";
        let write = record(&line(0, spns)).and_then(|record| record.write(&accounts)).unwrap();
        assert_eq!(write.by, "spn_operator");
        assert_eq!(write.lines, ["+ svc_web http/a", "- svc_web http/b"]);
        assert!(record(&line(50, spns)).is_none(), "it was refused");
        assert!(record(&line(0, "description")).is_none());
    }
}
