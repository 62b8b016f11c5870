//! The lab's programs of the host: where they are, and which part gets which.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::recipe::{hex, short_hash};
use crate::env;
use crate::model::{Error, OwnParts, Result, Role};

/// A file beside the programs that names them: the images that have exactly these programs in them
/// carry this name.
const NAMED_BY: &str = "programs.id";

/// A program of the host, after its name in the containers.
pub(crate) type Program = (&'static str, PathBuf);

/// The programs of the lab on the host.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// Runs in every part.
    pub(crate) agent: PathBuf,
    winrmd: PathBuf,
    winrm_client: PathBuf,
    /// The library that CLIENT's programs preload.
    sockets: PathBuf,
    setspn: PathBuf,
}

impl Programs {
    /// Looks in `SPNLAB_PROGRAMS` if it is set, otherwise beside the running program and one folder
    /// up (where `cargo test` puts programs that a test in `deps/` uses).
    pub(crate) fn find() -> Result<Self> {
        let folders = folders();
        let find = |program: &'static str| {
            let found = folders.iter().map(|folder| folder.join(program));
            let looked_in: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
            found
                .into_iter()
                .find(|path| path.is_file())
                .ok_or_else(|| Error::ProgramMissing { program, looked_in: looked_in.join(", ") })
        };
        Ok(Self {
            agent: find("spnlab-agent")?,
            winrmd: find("winrmd")?,
            winrm_client: find("winrm-client")?,
            sockets: find("libspnlab_sockets.so")?,
            setspn: find("setspn")?,
        })
    }

    /// The programs with somebody's own client.
    pub(crate) fn with(self, own: &OwnParts) -> Self {
        let winrm_client = own.client_program.clone().unwrap_or(self.winrm_client);
        Self { winrm_client, ..self }
    }

    /// The programs that run in a part.
    pub(crate) fn of(&self, role: Role) -> Vec<Program> {
        let agent = ("spnlab-agent", self.agent.clone());
        match role {
            Role::Dc1 | Role::Dc2 => vec![agent],
            Role::Mem1 => vec![("winrmd", self.winrmd.clone()), agent],
            Role::Client => vec![
                ("winrm-client", self.winrm_client.clone()),
                ("setspn", self.setspn.clone()),
                ("libspnlab_sockets.so", self.sockets.clone()),
                agent,
            ],
            Role::Network => Vec::new(),
        }
    }

    /// The name that the folder of the programs gives them. A folder of cargo's gives none.
    pub(super) fn name(&self) -> Option<String> {
        let file = self.agent.parent()?.join(NAMED_BY);
        Some(std::fs::read_to_string(file).ok()?.trim().to_owned())
    }

    /// The name that their contents give them.
    pub(super) fn name_by_contents(&self) -> io::Result<String> {
        let mut inputs = Vec::new();
        for (_, path) in self.of(Role::Mem1).into_iter().chain(self.of(Role::Client)) {
            inputs.push(hex(&Sha256::digest(std::fs::read(path)?)));
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        Ok(short_hash(&inputs))
    }
}

/// Packs programs into a tar archive, in this folder.
pub(crate) fn pack(programs: &[Program], folder: &str) -> io::Result<tar::Builder<Vec<u8>>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, path) in programs {
        let contents = std::fs::read(path)
            .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
        let mut header = tar::Header::new_gnu();
        header.set_size(contents.len() as u64);
        header.set_mode(0o755);
        archive.append_data(&mut header, Path::new(folder).join(name), contents.as_slice())?;
    }
    Ok(archive)
}

fn folders() -> Vec<PathBuf> {
    if let Some(folder) = env::programs() {
        return vec![folder];
    }
    let Ok(me) = std::env::current_exe() else { return Vec::new() };
    me.ancestors().skip(1).take(2).map(PathBuf::from).collect()
}
