//! A folder that keeps what was seen, for people to read afterwards.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;
use serde_json::Value;

use crate::env;
use crate::error::{Error, Result};
use crate::events::list_events;
use crate::kdc_audit;
use crate::lab::Lab;
use crate::labels::Role;
use crate::winrm::WinrmRegistration;
use crate::wire;

/// The capture of everything that CLIENT sent and received on ports 88, 80, 5985
/// and 5986.
pub(crate) const CAPTURE: &str = "/var/lib/spnlab/wire/client.pcap";
/// The folder it is in.
pub(crate) const WIRE: &str = "/var/lib/spnlab/wire";

/// A folder of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceDir(PathBuf);

impl EvidenceDir {
    /// Makes `<root>/<title>`; the root is `SPNLAB_EVIDENCE` or `target/evidence`.
    pub fn create(title: &str) -> Result<Self> {
        Self::at(env::evidence().join(title))
    }

    /// As [`EvidenceDir::create`], without the files of an earlier run. What is no file of ours, such as
    /// a link or a folder in it, is left alone.
    pub fn anew(title: &str) -> Result<Self> {
        let folder = Self::create(title)?;
        let failed =
            |source| Error::Io { action: format!("empty {}", folder.path().display()), source };
        for entry in std::fs::read_dir(folder.path()).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_type().map_err(failed)?.is_file() {
                std::fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(folder)
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
        Some(kdc_audit::KIND) => true,
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

impl EvidenceDir {
    /// Writes something as JSON.
    pub fn write_json(&self, name: &str, contents: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(contents)
            .map_err(|e| Error::Unreadable { what: name.to_owned(), detail: e.to_string() })?;
        self.write(name, text)
    }
}

impl Lab {
    /// Writes what the two servers say of what has happened since then: `acceptor.jsonl` with the
    /// endpoint's records of authentications, `kdc-audit.jsonl` (and `kdc-audit-dc2.jsonl`) with Samba's audit of the KDC; and
    /// `winrm-events.txt` with what Windows would log of registrations of WinRM's SPNs that failed.
    pub async fn collect_records(&self, folder: &EvidenceDir, since: SystemTime) -> Result<()> {
        let acceptor = self.said_since(Role::Mem1, since).await?;
        let of_winrmd = |record: &Value| record["event"].as_str() == Some("authentication");
        folder.write("acceptor.jsonl", records(&acceptor, of_winrmd))?;
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
        let kdc = self.said_since(Role::Dc1, since).await?;
        folder.write("kdc-audit.jsonl", records(&kdc, is_of_the_kdc))?;
        if !self.has_second_dc() {
            return Ok(());
        }
        let kdc = self.said_since(Role::Dc2, since).await?;
        folder.write("kdc-audit-dc2.jsonl", records(&kdc, is_of_the_kdc))
    }

    /// Writes the logs of every part, the inventory of SPNs, the packet capture and its Kerberos messages.
    pub async fn collect_evidence(&self, folder: &EvidenceDir) -> Result<()> {
        for role in self.hosts() {
            folder.write(&format!("{role}.log"), self.log(role).await?)?;
        }
        folder.write_json("spns.json", &self.spns().await?)?;
        // The engine's own way of copying does not find what is kept in memory.
        let capture = self.exec_raw(Role::Client, Some("admin"), &["cat", CAPTURE], &[]).await?;
        let capture = capture.success(Role::Client, "cat")?;
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
    fn a_folder_made_anew_keeps_no_file_and_no_link_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let (old, kept) = (root.path().join("old"), root.path().join("kept"));
        std::fs::create_dir(&old).unwrap();
        for file in [old.join("attempt.pcap"), kept.clone()] {
            std::fs::write(file, "x").unwrap();
        }
        std::os::unix::fs::symlink(&kept, old.join("link")).unwrap();
        // An absolute title is its own root.
        let folder = EvidenceDir::anew(old.to_str().unwrap()).unwrap();
        assert!(!folder.path().join("attempt.pcap").exists());
        assert!(kept.exists() && folder.path().join("link").exists());
        let blocked = EvidenceDir::anew(kept.join("x").to_str().unwrap()).unwrap_err();
        assert_eq!(blocked.code(), "SPNLAB-IO");
    }

    #[test]
    fn only_records_of_the_kdc() {
        let kdc = |service: &str| {
            format!(
                r#"{{"type":"Authentication","Authentication":{{"serviceDescription":"{service}"}}}}"#
            )
        };
        let kept = kdc("Kerberos KDC");
        let log = [kdc("LDAP"), "Kerberos: AS-REQ trainer@CONTOSO.COM".to_owned(), kept.clone()];
        assert_eq!(records(&log.join("\n"), is_of_the_kdc), format!("{kept}\n"));
    }
}
