//! Requests of the harness to a resident process in a container, and the answers.
//!
//! The agent is the program of this crate ([`Request`] lists what it does). A domain controller has
//! two more residents, in Samba's Python. They know only [`Request::Run`]
//! (`lab/images/dc1/resident.py`).
//!
//! The library has the types of requests and answers, and their framing. The program (`main.rs`)
//! does the requests.

mod answer;
mod framing;
mod request;

pub use answer::{
    Attempted, CaptureEnd, CapturedFile, ClientReset, Contents, Ran, RanWithTickets, Visited,
};
pub use framing::{Message, Raw, codec, receive, send};
pub use request::{Attempt, Logon, Request, Run, RunWithTickets, Visit};

/// Folder of CLIENT's packet capture.
pub const CAPTURE_FOLDER: &str = "/var/lib/spnlab/wire";

/// The file of CLIENT's registry, Samba's own store.
pub const REGISTRY_STORE: &str = "/var/lib/spnlab/registry/registry.tdb";

/// Whether this output of `net registry` says that the value, or its key, does not exist:
/// ERROR_FILE_NOT_FOUND (2, [MS-ERREF] 2.2) by its two names.
pub fn says_not_found(words: &str) -> bool {
    words.contains("WERR_FILE_NOT_FOUND") || words.contains("WERR_BADFILE")
}

/// The agent's argument: the version of the protocol. An agent with another version refuses to
/// start.
pub const PROTOCOL: &str = "--protocol=1";
