//! Shows the result of a connection or a visit.
//!
//! Uses: console, exit_status.

mod connection;
pub(crate) mod facts;

pub(crate) use connection::{Details, connection, next, refusal};
