//! The client: `winrm-client`.
//!
//! A run has four stages, which it reports separately: AS (initial credentials), TGS (the service
//! ticket), AP (the endpoint's answer to it), WinRM (the shell). The first stage that fails ends
//! the run. It decides what a Windows client would report ([`status`]).
//!
//! Uses: gss, kerberos, sealing, soap.

mod connection;
mod endpoint;
mod enter_pssession;
mod interactive;
mod options;
mod output;
mod registry;
mod report;
mod run;
mod settings;
mod shell_connection;
pub mod status;
mod tickets;
mod tls;
mod winrs;
mod working_directory;

pub use interactive::{Event, Events, Request, interact};
pub use options::Options;
pub use registry::registry_spn_prefix;
pub use report::Report;
pub use run::{Finished, run};
pub use settings::{Authentication, SettingsError, SpnSettings};
pub use tls::{TlsError, Trust};
