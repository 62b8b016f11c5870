//! The client: `winrm-client`.
//!
//! A run goes through four stages, reported apart: AS (initial credentials), TGS (the service
//! ticket), AP (the endpoint's answer to it), WinRM (the shell). The first stage that fails ends
//! the run and decides what a Windows client would report ([`status`]).

mod kerberos;
mod message;
mod report;
mod run;
mod settings;
pub mod status;
mod transport;
mod winrs;

pub use report::Report;
pub use run::{Finished, Input, Options, run};
pub use settings::{SettingsError, SpnSettings, registry_spn_prefix};
