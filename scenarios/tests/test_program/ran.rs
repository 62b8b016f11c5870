//! One run of `spnlab-test` in an empty folder.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder with nothing of the checkout.
pub(crate) struct Desk(TempDir);

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spnlab-test"));
        command.args(words).current_dir(self.path()).stdin(Stdio::null());
        command.env_remove("SPNLAB_EVIDENCE").env("XDG_STATE_HOME", self.path().join("state"));
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        ran(&mut self.command(words))
    }
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let ran = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { status: ran.status.code(), stdout: text(ran.stdout), stderr: text(ran.stderr) }
}
