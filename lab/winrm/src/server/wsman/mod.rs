//! WS-Management: from the envelope of a request to the envelope of its answer. It knows no HTTP.
//!
//! Uses: config, lock, log, security, spawner, winrs.

mod enumerations;
mod listing;
mod service;
mod shell_operations;

pub(crate) use enumerations::Enumerations;
pub(crate) use service::Service;
