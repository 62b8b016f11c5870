//! The endpoint: `winrmd`.
//!
//! `transport` accepts a connection, `security` authenticates it, `transport` opens its messages
//! and passes them to `wsman`. There they become operations on the shells of `winrs`. The `spawner`
//! starts the shells' commands.
//!
//! Uses: gss, kerberos, sealing, soap.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod lock;

mod long_work;

mod peer_network;

mod config;

mod log;

mod registration;

pub mod security;

pub mod spawner;

mod winrs;

mod wsman;

mod transport;

mod start;

mod run;

pub use config::{CbtHardeningLevel, Config, Limits, Registration, Timeouts, TlsConfig};
pub use long_work::runtime;
pub use run::run;
pub use start::StartError;
pub use transport::TlsError;
