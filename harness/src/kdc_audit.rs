//! What a domain controller's KDC writes down of tickets that it was asked for: Samba's audit record, where it
//! writes one (4.22 does, 4.17 does not).

use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;

use crate::error::Result;
use crate::lab::Lab;
use crate::labels::Role;

/// The type of the records, and the name of their contents.
pub(crate) const KIND: &str = "KDC Authorization";

/// One record of a ticket that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KdcAudit {
    /// What became of it, such as `NT_STATUS_OK`.
    pub status: String,
    /// The account that asked; none, where Samba did not come so far.
    pub account: Option<String>,
    /// The name that was asked for, with its realm.
    service_description: String,
}

impl Lab {
    /// dc1's records of tickets for this SPN since then, the oldest first.
    ///
    /// # Errors
    /// Also that dc1 is not running.
    pub async fn kdc_audit(&self, since: SystemTime, spn: &str) -> Result<Vec<KdcAudit>> {
        Ok(records(&self.said_since(Role::Dc1, since).await?, spn))
    }
}

fn records(log: &str, spn: &str) -> Vec<KdcAudit> {
    let record = |line: &str| -> Option<KdcAudit> {
        let mut record: Value = serde_json::from_str(line).ok()?;
        let record: KdcAudit = serde_json::from_value(record.get_mut(KIND)?.take()).ok()?;
        let (name, _) = record.service_description.rsplit_once('@')?;
        name.eq_ignore_ascii_case(spn).then_some(record)
    };
    log.lines().filter_map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_those_of_the_name() {
        let of = |spn: &str, account: &str| {
            format!(
                r#"{{"type":"{KIND}","{KIND}":{{"status":"NT_STATUS_OK","account":{account},"serviceDescription":"{spn}@X"}}}}"#
            )
        };
        let log = [of("HTTP/a", "\"u\""), of("HTTP/b", "null"), "Kerberos: TGS-REQ".to_owned()];
        let [found] = &records(&log.join("\n"), "http/B")[..] else { panic!() };
        assert_eq!((found.status.as_str(), found.account.as_ref()), ("NT_STATUS_OK", None));
        assert_eq!(records(&log.join("\n"), "HTTP/a")[0].account.as_deref(), Some("u"));
    }
}
