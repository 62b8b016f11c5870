//! From a program's options to a directory: server, trust, user and password.
//!
//! `setspn` and `spnlab` share it. A password is never an option: it comes from a file, from
//! standard input or from the terminal. The connection itself needs the feature `connect`.
//!
//! Uses: directory, ldap.

mod error;
#[cfg(feature = "connect")]
mod open;
mod options;
#[cfg(feature = "connect")]
mod password;

pub use error::ConnectError;
#[cfg(feature = "connect")]
pub use open::Connector;
pub use options::{ConnectionOptions, PasswordSource, TlsMode, UserOptions};
