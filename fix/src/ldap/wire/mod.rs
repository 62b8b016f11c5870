//! LDAP on the wire.
//!
//! One question is out at a time, so the protocol is a few structures written and read. The client
//! crates at hand are no choice for a server that must not be trusted: they panic on answers they do
//! not expect, nest without bound and take messages of any length.

pub(super) mod answer;
pub(super) mod ber;
pub(super) mod channel;
pub(super) mod request;
