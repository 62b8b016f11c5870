//! Shows the result of a connection or a visit.
//!
//! Uses: console, exit_status.

mod connection;
pub(crate) mod facts;
mod powershell;

pub(crate) use connection::{Details, connection, next, refusal};
pub(crate) use powershell::Cmdlet;
