//! From a program's options to a directory: server, trust, user and password.
//!
//! What `setspn` and `spnlab` have in common. A password is never an option: it comes from a file,
//! from standard input or from the terminal. The connection itself needs the feature `session`.

#[cfg(feature = "session")]
mod error;
#[cfg(feature = "session")]
mod open;
mod options;
#[cfg(feature = "session")]
mod password;

#[cfg(feature = "session")]
pub use error::SessionError;
#[cfg(feature = "session")]
pub use open::Session;
pub use options::{ConnectionOptions, PasswordSource, TlsMode, UserOptions};
