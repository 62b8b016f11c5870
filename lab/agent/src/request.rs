//! The types of the harness's requests.

use serde::{Deserialize, Serialize};

use crate::answer::CaptureEnd;
use crate::framing::{Message, Raw};

/// One request. Each names the type of its answer. The answer to a failed request is a text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Runs a program to its end: [`Ran`](crate::Ran).
    Run(Run),
    /// In CLIENT: runs a program with tickets of a user:
    /// [`RanWithTickets`](crate::RanWithTickets).
    RunWithTickets(RunWithTickets),
    /// Reads a file: [`Contents`](crate::Contents).
    ReadFile {
        /// Its path.
        path: String,
    },
    /// Writes a line to the standard output of the container's first process.
    WriteToLog {
        /// The line without its end.
        line: String,
    },
    /// Where CLIENT's packet capture ends now: `Option<CaptureEnd>`, `None` without a capture.
    EndOfCapture,
    /// The capture after this place, with a file header: [`Contents`](crate::Contents).
    CaptureSince(CaptureEnd),
    /// Begins the capture anew, and waits until it captures. Needs root.
    RenewCapture,
    /// Connects to a port over TCP, and sends nothing.
    Knock {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// Sends a datagram to a port of the same host.
    SendDatagram {
        /// A port on which nobody listens.
        port: u16,
        /// Content of the datagram.
        text: String,
    },
    /// Makes one WinRM connection: `Option<Attempted>`, `None` without a usable packet capture.
    Connect(Attempt),
    /// Visits a web site once: `Option<Visited>`, `None` without a usable packet capture.
    Visit(Visit),
    /// Does what `net registry` does to CLIENT's registry: [`Ran`](crate::Ran).
    NetRegistry {
        /// Its arguments.
        words: Vec<String>,
    },
    /// Resets CLIENT to its image: [`ClientReset`](crate::ClientReset).
    ResetClient,
    /// Makes MEM1's winrmd end all shells, with every process in them. Needs root.
    EndShells,
    /// Lists the processes of MEM1's users, one line each: `Vec<String>`.
    UserProcesses,
    /// Kills every process of Samba at once; returns when `dc1-start` waits for its restart.
    CrashSamba,
}

/// A program and its input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// The program and its arguments. Everybody in the container can see them, so no password.
    pub command: Vec<String>,
    /// Its standard input.
    #[serde(skip)]
    pub input: Raw,
}

/// A user who gets fresh tickets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Logon {
    /// The principal.
    pub user: String,
    /// The password as one line: the input of `kinit`.
    #[serde(skip)]
    pub password: Raw,
    /// The KDC to ask. `None`: the KDC in `/etc/krb5.conf`.
    pub kdc: Option<String>,
    /// A folder for this request alone. The agent removes it at the end.
    pub folder: String,
}

/// A program that runs with the tickets of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunWithTickets {
    /// The user who gets the tickets.
    pub logon: Logon,
    /// The program and its arguments. Empty: nothing runs.
    pub command: Vec<String>,
}

/// One run of `winrm-client`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// The user who gets fresh tickets, unless there are some in `tickets`.
    pub logon: Logon,
    /// A folder that keeps tickets between attempts. `None`: a fresh cache.
    pub tickets: Option<String>,
    /// The client's clock in libfaketime's form, such as `+600`. `None`: the clock that CLIENT
    /// keeps.
    pub clock: Option<String>,
    /// The client's arguments.
    pub arguments: Vec<String>,
}

/// One visit to `http://HOST/` with Kerberos.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Visit {
    /// The user who visits the site.
    pub logon: Logon,
    /// Host name of the web site.
    pub host: String,
}

impl Request {
    /// A short name of the request, for an error.
    pub fn what(&self) -> &str {
        match self {
            Self::Run(Run { command, .. })
            | Self::RunWithTickets(RunWithTickets { command, .. }) => {
                command.first().map_or("kinit", String::as_str)
            }
            Self::ReadFile { path } => path,
            Self::WriteToLog { .. } => "a mark in the log",
            Self::EndOfCapture => "the end of the packet capture",
            Self::CaptureSince(_) => "the packet capture",
            Self::RenewCapture => "a new packet capture",
            Self::Knock { host, .. } => host,
            Self::SendDatagram { .. } => "a mark in the packet capture",
            Self::Connect(_) => "winrm-client",
            Self::Visit(_) => "curl",
            Self::NetRegistry { .. } => "net registry",
            Self::ResetClient => "the reset of the client",
            Self::EndShells => "the end of the shells",
            Self::UserProcesses => "the processes of the users",
            Self::CrashSamba => "the crash of Samba",
        }
    }
}

impl Message for Request {
    fn raw(&mut self) -> Vec<&mut Raw> {
        match self {
            Self::Run(run) => vec![&mut run.input],
            Self::RunWithTickets(RunWithTickets { logon, .. })
            | Self::Connect(Attempt { logon, .. })
            | Self::Visit(Visit { logon, .. }) => vec![&mut logon.password],
            _ => Vec::new(),
        }
    }
}
