//! Shows the result of a connection or a visit.
//!
//! Uses: console, exit_status, width.

pub(crate) mod accounts;
mod connection;
pub(crate) mod facts;
pub(crate) mod picture;
mod powershell;
pub(crate) mod sequence;

pub(crate) use connection::{Details, connection, events, next, refusal, wire};
pub(crate) use powershell::Cmdlet;
