//! LDAP on the wire.
//!
//! Only one question is open at a time, so a few structures are enough. ARCHITECTURE.md says which
//! crates we tried, and why a hostile server rules them out.

pub(super) mod answer;
pub(super) mod ber;
pub(super) mod channel;
pub(super) mod request;
