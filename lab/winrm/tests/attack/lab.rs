//! A lab of the attacks, driven through `spnlab` and `docker` as anybody would.

use crate::support::sealed::{Client, Ticket};
use crate::support::with_input;
use serde_json::Value;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Documented in the README.
pub(crate) const TRAINER: (&str, &str) = ("trainer", "Training-Trainer-1");
pub(crate) const VISITOR: (&str, &str) = ("visitor", "Training-Visitor-1");
pub(crate) const ADMINISTRATOR: (&str, &str) = ("administrator", "Training-Admin-1");
/// The service of MEM1.
pub(crate) const WINRM: &str = "HTTP/mem1.contoso.com";
/// Who is nobody in particular may have no name in a part.
pub(crate) const ROOT: &str = "0";
pub(crate) const NOBODY: &str = "65534";
/// The parts, by their labels.
pub(crate) const PARTS: [&str; 3] = ["dc1", "mem1", "client"];

pub(crate) struct Lab {
    pub(crate) name: String,
    /// Of WinRM, on the host's loopback.
    pub(crate) port: u16,
    /// Ticket caches, and what `spnlab` keeps.
    pub(crate) folder: TempDir,
}

/// Beside winrmd: `cargo build --workspace --bins` makes both.
pub(crate) fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_winrmd")).with_file_name(name)
}

/// A program that is ended after so many seconds: then its status is 124.
pub(crate) fn bounded(seconds: usize, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("timeout");
    // In the attacks' own process group, so that an interrupt reaches it.
    command.args(["--foreground", "--kill-after=20", &seconds.to_string()]).arg(program);
    command
}

pub(crate) fn docker(arguments: &[&str], input: &str) -> Output {
    with_input(bounded(60, "docker").args(arguments), input)
}

/// What a program printed on both streams.
pub(crate) fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

/// Starts a command, whatever characters it has; returns its id.
pub(crate) fn start(client: &mut Client, shell: &str, line: &str) -> String {
    client.start(shell, &winrm::soap::escape(line))
}

impl Lab {
    pub(crate) fn up(letter: &str) -> Self {
        let name = format!("attack-{}-{letter}", std::process::id());
        let mut lab = Self { name, port: 0, folder: tempfile::tempdir().unwrap() };
        let up = lab.spnlab(200, &["up"]);
        assert!(up.status.success(), "spnlab up: {}", said(&up));
        lab.port = lab.status()["ports"]["winrm"].as_u64().unwrap().try_into().unwrap();
        lab
    }

    /// `spnlab VERB --name THIS …`, which must end within so many seconds.
    pub(crate) fn spnlab(&self, seconds: usize, words: &[&str]) -> Output {
        let mut command = bounded(seconds, program("spnlab"));
        command
            .env("XDG_STATE_HOME", self.folder.path())
            .args([words[0], "--name", &self.name])
            .args(&words[1..]);
        with_input(&mut command, "")
    }

    pub(crate) fn status(&self) -> Value {
        let status = self.spnlab(60, &["status", "--json"]);
        serde_json::from_slice::<Value>(&status.stdout).unwrap()["data"].clone()
    }

    /// `spnlab connect -c COMMAND`: how it ended, and how long it took.
    pub(crate) fn connect(&self, command: &str) -> (Output, Duration) {
        let start = Instant::now();
        let output = self.spnlab(60, &["connect", "--json", "-c", command]);
        (output, start.elapsed())
    }

    /// How long a connect takes: the median of several, which must succeed.
    pub(crate) fn connects(&self, count: usize) -> Duration {
        let connect = |_| {
            let (output, took) = self.connect("true");
            assert!(output.status.success(), "spnlab connect: {}", said(&output));
            took
        };
        crate::room::median((0..count).map(connect).collect())
    }

    /// The container of a part.
    pub(crate) fn part(&self, role: &str) -> String {
        let [lab, role] = [("lab", &*self.name), ("role", role)]
            .map(|(label, value)| format!("label=org.spnlab.{label}={value}"));
        let output = docker(&["ps", "--quiet", "--filter", &lab, "--filter", &role], "");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs a script in a part.
    pub(crate) fn exec(&self, role: &str, user: &str, script: &str, input: &str) -> Output {
        let part = self.part(role);
        docker(&["exec", "--interactive", "--user", user, &part, "bash", "-c", script], input)
    }

    /// Processes of a part: as the engine shows them to the host.
    pub(crate) fn processes(&self, role: &str) -> String {
        said(&docker(&["top", &self.part(role), "-eo", "pid,uid,args"], ""))
    }

    /// The ticket for WinRM of a user, as it types its name.
    pub(crate) fn ticket(&self, user: &str, password: &str) -> Ticket {
        Ticket::cached(&self.cache(user, password), WINRM)
    }

    /// A cache on the host that holds the ticket.
    pub(crate) fn cache(&self, user: &str, password: &str) -> String {
        let script = format!(
            "export KRB5CCNAME=FILE:/tmp/attack.$$ && kinit {user}@CONTOSO.COM >&2 && \
             kvno HTTP/mem1.contoso.com >&2 && base64 -w0 /tmp/attack.$$ && kdestroy"
        );
        let output = self.exec("client", "admin", &script, &format!("{password}\n"));
        assert!(output.status.success(), "{}", said(&output));
        let path = self.folder.path().join(format!("{user}.ccache"));
        std::fs::write(&path, crate::tickets::decoded(&output.stdout)).unwrap();
        format!("FILE:{}", path.display())
    }

    /// A session with MEM1 from the host.
    pub(crate) fn client(&self, ticket: &Ticket) -> Client {
        Client::over(TcpStream::connect(("127.0.0.1", self.port)).unwrap(), ticket)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.spnlab(60, &["down"]);
    }
}
