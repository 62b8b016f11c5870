//! Directories that misbehave: always a clear error or a right answer, in time, and no wrong edit.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod answers;
mod before_tls;
mod certificate;
mod connection;
mod large;
#[cfg(feature = "setspn")]
mod program;
#[cfg(all(feature = "kerberos", feature = "setspn"))]
mod reach;
mod referral;
mod results;
mod root_dse;
#[cfg(all(feature = "kerberos", feature = "setspn"))]
mod sasl;
mod server;
mod srv;
#[cfg(feature = "setspn")]
mod terminal;
mod trickle;
mod walk;
