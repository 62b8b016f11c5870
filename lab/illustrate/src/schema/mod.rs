//! The messages of Kerberos as a schema (RFC 4120 section 5): names, and a sentence for each.
//!
//! Uses: no other room.

mod numbers;

mod types;

mod messages;

mod sealed;

pub(crate) use messages::message;
pub(crate) use sealed::sealed_at;
pub(crate) use types::{Item, Type};
