//! What a domain controller's KDC logs about requested tickets: Samba's audit record. Samba 4.22
//! writes one, 4.17 does not.

use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;

use crate::lab::Dc;
use crate::model::Result;

/// The type of the records, and the name of their contents.
pub(crate) const KIND: &str = "KDC Authorization";

/// One record of a requested ticket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KdcAudit {
    /// The result, such as `NT_STATUS_OK`.
    pub status: String,
    /// The account that asked; `None` if Samba did not get so far.
    pub account: Option<String>,
    /// The requested name, with its realm.
    service_description: String,
}

impl Dc<'_> {
    /// The KDC's records of tickets for this SPN since this time, oldest first.
    ///
    /// # Errors
    /// The log cannot be read, for example because the domain controller does not run.
    pub async fn kdc_audit(self, since: SystemTime, spn: &str) -> Result<Vec<KdcAudit>> {
        Ok(records(&self.lab.log_of(self.role).since(since).await?, spn))
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
