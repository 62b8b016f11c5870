//! Collects the evidence of a lab: records of the two servers, logs, the inventory, and the whole
//! capture.

use std::time::SystemTime;

use serde_json::Value;
use spnlab_agent::CaptureEnd;

use super::events::list_events;
use crate::dc::AUDIT_KIND;
use crate::evidence::EvidenceDir;
use crate::lab::Lab;
use crate::model::{Result, Role, WinrmRegistration};
use crate::wire;

/// Whether a record of dc1 comes from the KDC: an AS exchange, or a requested ticket. The judge's
/// own logons to LDAP do not count.
fn is_of_the_kdc(record: &Value) -> bool {
    match record["type"].as_str() {
        Some(AUDIT_KIND) => true,
        Some("Authentication") => {
            record["Authentication"]["serviceDescription"].as_str() == Some("Kerberos KDC")
        }
        _ => false,
    }
}

/// The wanted JSON lines of a log.
fn records(log: &str, wanted: impl Fn(&Value) -> bool) -> String {
    let is_wanted = |line: &&str| serde_json::from_str(line).is_ok_and(|record| wanted(&record));
    log.lines().filter(is_wanted).flat_map(|line| [line, "\n"]).collect()
}

impl Lab {
    /// Writes the records since this time:
    ///
    /// - `acceptor.jsonl`: the endpoint's records of authentications;
    /// - `kdc-audit.jsonl` and `kdc-audit-dc2.jsonl`: Samba's audit of the KDC;
    /// - `winrm-events.txt`: what Windows would log about failed registrations of WinRM's SPNs.
    pub async fn collect_records(&self, folder: &EvidenceDir, since: SystemTime) -> Result<()> {
        let acceptor = self.log_of(Role::Mem1).since(since).await?;
        let of_winrmd = |record: &Value| record["event"].as_str() == Some("authentication");
        folder.write("acceptor.jsonl", records(&acceptor, of_winrmd))?;
        let registrations = if self.mem1().winrm_settings().await?.register_spns {
            self.mem1().winrm_registrations().await?
        } else {
            Vec::new()
        };
        let failed: Vec<_> =
            registrations.iter().filter_map(WinrmRegistration::windows_event).collect();
        if !failed.is_empty() {
            folder.write("winrm-events.txt", list_events(&failed))?;
        }
        let kdc = self.log_of(Role::Dc1).since(since).await?;
        folder.write("kdc-audit.jsonl", records(&kdc, is_of_the_kdc))?;
        if !self.has_second_dc() {
            return Ok(());
        }
        let kdc = self.log_of(Role::Dc2).since(since).await?;
        folder.write("kdc-audit-dc2.jsonl", records(&kdc, is_of_the_kdc))
    }

    /// Writes the log of every part, the inventory of SPNs, the packet capture and its Kerberos
    /// messages.
    pub async fn collect_evidence(&self, folder: &EvidenceDir) -> Result<()> {
        for role in self.hosts() {
            folder.write(&format!("{role}.log"), self.log(role).await?)?;
        }
        folder.write_json("spns.json", &self.dc1().spns().await?)?;
        // The engine's own copying does not find files in memory.
        let capture = self.client().captured_since(&CaptureEnd::default()).await?;
        let trace = match wire::decode(&capture) {
            Ok(trace) => trace.named(&self.wire_hosts().await?).to_string(),
            Err(error) => format!("{error} ({}); {}\n", error.code(), error.hint()),
        };
        folder.write("client.pcap", capture)?;
        folder.write("client.trace.txt", trace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_records_of_the_kdc() {
        let kdc = |service: &str| {
            format!(
                r#"{{"type":"Authentication","Authentication":{{"serviceDescription":"{service}"}}}}"#
            )
        };
        let logon = kdc("Kerberos KDC");
        let ticket = format!(r#"{{"type":"{AUDIT_KIND}"}}"#);
        let text = "Kerberos: AS-REQ trainer@CONTOSO.COM".to_owned();
        let log = [kdc("LDAP"), text, logon.clone(), ticket.clone()];
        assert_eq!(records(&log.join("\n"), is_of_the_kdc), format!("{logon}\n{ticket}\n"));
    }
}
