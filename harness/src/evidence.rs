//! A folder that keeps what was seen, for people to read afterwards.

use std::path::{Path, PathBuf};

use crate::env;
use crate::error::{Error, Result};
use crate::lab::{Lab, download};
use crate::labels::Role;
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

impl Lab {
    /// Writes the logs of every part, the inventory of SPNs, the packet capture and its Kerberos messages.
    pub async fn collect_evidence(&self, folder: &EvidenceDir) -> Result<()> {
        for role in [Role::Dc1, Role::Mem1, Role::Client] {
            folder.write(&format!("{role}.log"), self.log(role).await?)?;
        }
        let spns = serde_json::to_string_pretty(&self.spns().await?)
            .map_err(|e| Error::Unreadable { what: "the SPNs".into(), detail: e.to_string() })?;
        folder.write("spns.json", spns)?;
        let capture = download(self.docker(), self.part(Role::Client), CAPTURE).await?;
        let trace = match wire::decode(&capture) {
            Ok(trace) => trace.named(&self.wire_hosts().await?).to_string(),
            Err(error) => format!("{error} ({}); {}\n", error.code(), error.hint()),
        };
        folder.write("client.pcap", capture)?;
        folder.write("client.trace.txt", trace)
    }
}
