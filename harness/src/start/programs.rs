//! Finds the host's programs that the harness copies into the lab.

use std::path::PathBuf;

use crate::env;
use crate::model::{Error, OwnParts, Result};

/// The programs of the lab on the host.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// Runs in every part.
    pub(crate) agent: PathBuf,
    pub(crate) winrmd: PathBuf,
    pub(crate) winrm_client: PathBuf,
    /// The library that CLIENT's programs preload.
    pub(crate) sockets: PathBuf,
    pub(crate) setspn: PathBuf,
}

impl Programs {
    /// Looks in `SPNLAB_PROGRAMS` if it is set, otherwise beside the running program and one folder
    /// up (where `cargo test` puts programs that a test in `deps/` uses).
    pub(crate) fn find() -> Result<Self> {
        let folders = folders();
        let find = |program: &'static str| {
            folders
                .iter()
                .map(|folder| folder.join(program))
                .find(|path| path.is_file())
                .ok_or_else(|| Error::ProgramMissing {
                    program,
                    looked_in: folders
                        .iter()
                        .map(|f| f.display().to_string())
                        .collect::<Vec<_>>()
                        .join(", "),
                })
        };
        Ok(Self {
            agent: find("spnlab-agent")?,
            winrmd: find("winrmd")?,
            winrm_client: find("winrm-client")?,
            sockets: find("libspnlab_sockets.so")?,
            setspn: find("setspn")?,
        })
    }
}

impl Programs {
    /// The programs with somebody's own client.
    pub(crate) fn with(self, own: &OwnParts) -> Self {
        match &own.client_program {
            Some(client) => Self { winrm_client: client.clone(), ..self },
            None => self,
        }
    }
}

fn folders() -> Vec<PathBuf> {
    if let Some(folder) = env::programs() {
        return vec![folder];
    }
    let Ok(me) = std::env::current_exe() else { return Vec::new() };
    me.ancestors().skip(1).take(2).map(PathBuf::from).collect()
}
