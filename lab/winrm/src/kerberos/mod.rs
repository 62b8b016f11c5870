//! The clear parts of Kerberos messages: tokens, tickets, KRB-ERRORs, the logon information of a
//! PAC, and the names of their numbers. Bytes in, facts out: no key, no decryption.
//!
//! Uses: no other room.

pub mod der;
pub mod numbers;
pub mod pac;
pub mod sid;
pub mod token;

pub use numbers::ErrorCode;
pub use sid::Sid;
