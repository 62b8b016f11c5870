//! A folder that keeps what was seen, for people to read afterwards.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::directory::SpnInventory;
use crate::env;
use crate::error::{Error, Result};
use crate::events::list_events;
use crate::lab::Lab;
use crate::labels::Role;
use crate::logs;
use crate::parts::download;
use crate::winrm::WinrmRegistration;
use crate::wire;

/// The capture of everything that CLIENT sent and received on ports 88, 80, 5985
/// and 5986.
pub(crate) const CAPTURE: &str = "/var/lib/spnlab/wire/client.pcap";

/// A folder of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceDir(PathBuf);

impl EvidenceDir {
    /// Makes `<root>/<title>`; the root is `SPNLAB_EVIDENCE` or `target/evidence`.
    pub fn create(title: &str) -> Result<Self> {
        Self::at(env::evidence().join(title))
    }

    /// Makes this folder.
    pub fn at(path: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&path)
            .map_err(|source| Error::Io { action: format!("create {}", path.display()), source })?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes one file.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> Result<()> {
        let path = self.0.join(name);
        std::fs::write(&path, contents)
            .map_err(|source| Error::Io { action: format!("write {}", path.display()), source })
    }
}

/// Whether a record of dc1 is the KDC's: of an AS exchange, or of a ticket asked for. The judge's own
/// logons to LDAP are none.
fn is_of_the_kdc(record: &Value) -> bool {
    match record["type"].as_str() {
        Some("KDC Authorization") => true,
        Some("Authentication") => {
            record["Authentication"]["serviceDescription"].as_str() == Some("Kerberos KDC")
        }
        _ => false,
    }
}

/// The JSON lines of a log with a time not before this one. Both servers write UTC, and so the first
/// characters of two times compare like the times.
fn records(log: &str, since: SystemTime, wanted: impl Fn(&Value) -> bool) -> String {
    let since = humantime::format_rfc3339_millis(since).to_string();
    let since = since.trim_end_matches('Z');
    let is_wanted = |line: &&str| {
        let Ok(record) = serde_json::from_str::<Value>(line) else { return false };
        let at = record["time"].as_str().or_else(|| record["timestamp"].as_str());
        at.is_some_and(|at| at >= since) && wanted(&record)
    };
    log.lines().filter(is_wanted).flat_map(|line| [line, "\n"]).collect()
}

impl EvidenceDir {
    /// Writes who holds which SPN.
    pub fn write_spns(&self, name: &str, spns: &SpnInventory) -> Result<()> {
        let text = serde_json::to_string_pretty(spns)
            .map_err(|e| Error::Unreadable { what: "the SPNs".into(), detail: e.to_string() })?;
        self.write(name, text)
    }
}

impl Lab {
    /// Writes what the two servers say of what has happened since then: `acceptor.jsonl` with the
    /// endpoint's records of authentications, `kdc-audit.jsonl` (and `kdc-audit-dc2.jsonl`) with Samba's audit of the KDC; and
    /// `winrm-events.txt` with what Windows would log of registrations of WinRM's SPNs that failed.
    pub async fn collect_records(&self, folder: &EvidenceDir, since: SystemTime) -> Result<()> {
        let second = since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let second = i32::try_from(second).unwrap_or_default();
        let (mem1, dc1) = (&self.part(Role::Mem1).id, &self.part(Role::Dc1).id);
        let acceptor = logs::stdout_since(self.docker(), mem1, second).await?;
        let of_winrmd = |record: &Value| record["event"].as_str() == Some("authentication");
        folder.write("acceptor.jsonl", records(&acceptor, since, of_winrmd))?;
        let registrations = if self.winrm_settings().register_spns {
            self.winrm_registrations().await?
        } else {
            Vec::new()
        };
        let failed: Vec<_> =
            registrations.iter().filter_map(WinrmRegistration::windows_event).collect();
        if !failed.is_empty() {
            folder.write("winrm-events.txt", list_events(&failed))?;
        }
        let kdc = logs::stdout_since(self.docker(), dc1, second).await?;
        folder.write("kdc-audit.jsonl", records(&kdc, since, is_of_the_kdc))?;
        if !self.has_second_dc() {
            return Ok(());
        }
        let kdc = logs::stdout_since(self.docker(), &self.part(Role::Dc2).id, second).await?;
        folder.write("kdc-audit-dc2.jsonl", records(&kdc, since, is_of_the_kdc))
    }

    /// Writes the logs of every part, the inventory of SPNs, the packet capture and its Kerberos messages.
    pub async fn collect_evidence(&self, folder: &EvidenceDir) -> Result<()> {
        let dc2 = self.has_second_dc().then_some(Role::Dc2);
        for role in [Role::Dc1, Role::Mem1, Role::Client].into_iter().chain(dc2) {
            folder.write(&format!("{role}.log"), self.log(role).await?)?;
        }
        folder.write_spns("spns.json", &self.spns().await?)?;
        let capture = download(self.docker(), self.part(Role::Client), CAPTURE).await?;
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
    fn only_records_of_the_kdc_and_none_from_before() {
        let kdc = |time: &str, service: &str| {
            format!(
                r#"{{"timestamp":"{time}+0000","type":"Authentication","Authentication":{{"serviceDescription":"{service}"}}}}"#
            )
        };
        let late = kdc("2026-01-02T03:04:05.600000", "Kerberos KDC");
        let log = [
            kdc("2026-01-02T03:04:05.400000", "Kerberos KDC"),
            kdc("2026-01-02T03:04:05.700000", "LDAP"),
            "Kerberos: AS-REQ trainer@CONTOSO.COM".to_owned(),
            late.clone(),
        ];
        let since = UNIX_EPOCH + std::time::Duration::from_millis(1_767_323_045_500);
        assert_eq!(records(&log.join("\n"), since, is_of_the_kdc), format!("{late}\n"));
    }
}
