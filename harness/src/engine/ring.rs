//! The ring of files that CLIENT's packet capture fills: its room, and an error about it.

use crate::model::Error;

/// The size in MiB of the folder that it is in: the ring takes up to 48 MB
/// (`lab/images/client/client-start`).
pub(crate) const ROOM: u32 = 64;

pub(crate) fn unreadable(detail: String) -> Error {
    Error::Unreadable { what: "the packet capture".to_owned(), detail }
}
