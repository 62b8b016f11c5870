//! The types of the agent's answers.

use serde::{Deserialize, Serialize};

use crate::framing::{Message, Raw};

/// The exit status and the output of a program.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The exit status as a shell gives it:
    ///
    /// - 128 and the number of the signal that killed the program;
    /// - 127 if there is no such program;
    /// - 126 if the program cannot be run.
    pub status: i64,
    /// Standard output.
    #[serde(skip)]
    pub stdout: Raw,
    /// Standard error.
    #[serde(skip)]
    pub stderr: Raw,
}

/// How a program with tickets of a user ended, if it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RanWithTickets {
    /// `kinit` failed, so the program did not run.
    NoTicket {
        /// Exit status of `kinit`.
        status: i64,
        /// Output of `kinit`.
        said: String,
    },
    /// The program ran.
    Ran(Ran),
}

/// Bytes of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// All bytes.
    #[serde(skip)]
    pub bytes: Raw,
}

/// Where the packet capture ended at one moment. The default is its beginning.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureEnd {
    /// The files of the ring.
    pub files: Vec<CapturedFile>,
}

/// One file of the ring at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapturedFile {
    /// Its name in the folder.
    pub name: String,
    /// Its length.
    pub length: u64,
    /// The header of its first record in hexadecimal, as far as tcpdump had written it. It tells
    /// this file from a later one with the same name.
    pub first: String,
}

/// What the agent collected of one run of `winrm-client`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    /// Where the packet capture ended before.
    pub began: CaptureEnd,
    /// Standard error of the client.
    pub stderr: String,
    /// `klist` of the cache before; empty without a cache.
    pub klist_before: String,
    /// `klist -e` of the cache afterwards.
    pub klist: String,
    /// The sockets that the client connected (`lab/sockets`).
    pub sockets: String,
    /// The client's report.
    #[serde(skip)]
    pub report: Raw,
    /// The credential cache.
    #[serde(skip)]
    pub ccache: Raw,
    /// What was captured meanwhile.
    #[serde(skip)]
    pub capture: Raw,
}

/// What the agent collected of one visit.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visited {
    /// Where the packet capture ended before.
    pub began: CaptureEnd,
    /// HTTP status; 0 without an answer.
    pub status: u16,
    /// Address and port of the client.
    pub address: String,
    /// Why there was no answer.
    pub error: String,
    /// The page.
    pub page: String,
    /// `klist` of the cache.
    pub klist: String,
    /// The sockets that kinit and curl connected.
    pub sockets: String,
    /// The credential cache.
    #[serde(skip)]
    pub ccache: Raw,
    /// What was captured meanwhile.
    #[serde(skip)]
    pub capture: Raw,
}

/// What a reset of CLIENT found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientReset {
    /// Whether the packet capture can go on.
    pub captures: bool,
    /// What still differs from the image.
    pub left: Vec<String>,
}

impl Message for Ran {
    fn raw(&mut self) -> Vec<&mut Raw> {
        vec![&mut self.stdout, &mut self.stderr]
    }
}

impl Message for RanWithTickets {
    fn raw(&mut self) -> Vec<&mut Raw> {
        match self {
            Self::NoTicket { .. } => Vec::new(),
            Self::Ran(ran) => ran.raw(),
        }
    }
}

impl Message for Contents {
    fn raw(&mut self) -> Vec<&mut Raw> {
        vec![&mut self.bytes]
    }
}

impl Message for CaptureEnd {}

impl Message for Attempted {
    fn raw(&mut self) -> Vec<&mut Raw> {
        vec![&mut self.report, &mut self.ccache, &mut self.capture]
    }
}

impl Message for Visited {
    fn raw(&mut self) -> Vec<&mut Raw> {
        vec![&mut self.ccache, &mut self.capture]
    }
}

impl Message for ClientReset {}
