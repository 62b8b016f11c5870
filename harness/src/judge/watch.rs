//! What the caller of an attempt wants besides its outcome.

use std::net::SocketAddr;
use std::time::Duration;

use spnlab_agent::{Contents, Request};

use crate::engine::ADMIN;
use crate::evidence::EvidenceDir;
use crate::lab::Lab;
use crate::model::{Error, Progress, Result, Role};
use crate::wire::Sockets;

/// After this time, an attempt says what it waits for.
const PATIENCE: Duration = Duration::from_secs(2);

/// The file that says why an attempt could not be judged.
const WHY: &str = "error.txt";

/// Where an attempt is kept, and where it says what it waits for.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The judge writes here what it saw, also of an attempt that it cannot judge.
    pub evidence: Option<EvidenceDir>,
    /// Gets one message if the attempt takes longer than two seconds.
    pub progress: Progress,
}

impl Default for Watch {
    /// Keeps nothing and says nothing.
    fn default() -> Self {
        Self { evidence: None, progress: Progress::silent() }
    }
}

impl Watch {
    /// The error for an attempt that cannot be judged, with the folder of its evidence if it was
    /// kept.
    pub(super) fn not_judged(
        &self,
        error: Error,
        keep: impl FnOnce(&EvidenceDir) -> Result<()>,
    ) -> Error {
        match &self.evidence {
            Some(folder)
                if keep(folder).is_ok() && folder.write(WHY, error.to_string()).is_ok() =>
            {
                Error::NotJudged { error: Box::new(error), evidence: folder.path().to_owned() }
            }
            _ => error,
        }
    }
}

impl Lab {
    /// Does the work of the attempt with this folder. If the work takes long, says what it waits
    /// for.
    pub(super) async fn say_when_slow<T>(
        &self,
        folder: &str,
        watch: &Watch,
        work: impl Future<Output = T>,
    ) -> T {
        tokio::pin!(work);
        let tell = async {
            tokio::time::sleep(PATIENCE).await;
            if let Some(other) = self.waits_for(folder).await {
                watch.progress.say(&other);
            }
        };
        tokio::select! {
            done = &mut work => done,
            () = tell => work.await,
        }
    }

    /// The host to which the attempt connected last, and whether its container is paused.
    async fn waits_for(&self, folder: &str) -> Option<String> {
        let read = Request::ReadFile { path: format!("{folder}/sockets") };
        let record: Contents = self.ask(Role::Client, ADMIN, read).await.ok()?;
        let record = String::from_utf8_lossy(&record.bytes.0);
        let other: SocketAddr = Sockets::read(&record).ok()?.last()?;
        let hosts = self.wire_hosts().await.ok()?;
        let name = hosts.name(other.ip()).map_or_else(|| other.ip().to_string(), str::to_owned);
        let label = name.split('.').next().unwrap_or_default().to_lowercase();
        let paused = match self.hosts().find(|role| role.to_string() == label) {
            Some(role) if self.is_paused(role).await => ", whose container is paused",
            _ => "",
        };
        Some(format!("waiting for {name} port {}{paused}", other.port()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_evidence_that_was_kept_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let evidence = EvidenceDir::at(folder.path().to_owned()).unwrap();
        let disagreement = || Error::Disagreement { detail: "x".into() };
        let watch = Watch { evidence: Some(evidence), ..Watch::default() };
        let error = watch.not_judged(disagreement(), |folder| folder.write("connect.pcap", "x"));
        assert!(matches!(error, Error::NotJudged { .. }), "{error:?}");
        let kept = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!((kept("connect.pcap"), kept(WHY)), ("x".into(), disagreement().to_string()));
        // A file has no files below it, so nothing can be written there.
        let error = watch.not_judged(disagreement(), |folder| folder.write("connect.pcap/x", "x"));
        assert!(matches!(error, Error::Disagreement { .. }), "{error:?}");
        let error = Watch::default().not_judged(disagreement(), |_| Ok(()));
        assert!(matches!(error, Error::Disagreement { .. }), "{error:?}");
    }
}
