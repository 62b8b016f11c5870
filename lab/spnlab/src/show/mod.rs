//! Shows the result of a connection or a visit.
//!
//! Uses: console, exit_status.

pub(crate) mod accounts;
mod connection;
pub(crate) mod facts;
pub(crate) mod picture;
mod powershell;

pub(crate) use connection::{Details, connection, next, refusal};
pub(crate) use powershell::Cmdlet;
