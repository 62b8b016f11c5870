//! The client: `winrm-client`.
//!
//! A run goes through four stages, reported apart: AS (initial credentials), TGS (the service
//! ticket), AP (the endpoint's answer to it), WinRM (the shell). The first stage that fails ends
//! the run and decides what a Windows client would report ([`status`]).

mod channel;
mod directory;
mod interactive;
mod kerberos;
mod message;
mod options;
mod output;
mod peer;
mod registry;
mod report;
mod run;
mod settings;
pub mod status;
mod tls;
mod transport;
mod winrs;

pub use interactive::{Event, Events, Request, interact};
pub use options::Options;
pub use registry::registry_spn_prefix;
pub use report::Report;
pub use run::{Finished, run};
pub use settings::{Authentication, SettingsError, SpnSettings};
pub use tls::{TlsError, Trust};
