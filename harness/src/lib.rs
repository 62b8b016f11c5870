//! The judge of the lab: starts it, breaks it, runs clients in it, and records what Kerberos did.
//!
//! A [`Lab`] is one Docker network with three containers: `dc1` (a real Samba AD DC), `mem1` (the
//! WinRM endpoint as the computer account, and a web site as `svc_web`) and `client` (the
//! administrator's workstation). [`Lab::start`] brings one up and waits on facts; [`Lab::connect`]
//! makes one WinRM connection and returns the [`KerberosOutcome`] that a snapshot may hold.
//!
//! What this crate does not do: it knows no remedy. Faults are seeded with the database tools of
//! the DC ([`Fault`]), and the core fix library is never imported, so that the judge is not built
//! from the accused.

mod account_state;
mod attempt;
mod combine;
mod connect_options;
mod containers;
mod directory;
mod dns;
mod docker;
mod env;
mod error;
mod events;
mod evidence;
mod exec;
mod exposure;
mod fault;
mod follow;
mod guard;
mod http_probe;
mod images;
mod kdc_audit;
mod lab;
mod labels;
mod locks;
mod logs;
mod mem1_state;
mod outcome;
mod owner;
mod parts;
mod programs;
mod progress;
mod ready;
mod registry;
mod report;
mod reset;
mod restore;
mod samba;
mod script_parts;
mod second_dc;
mod session;
mod session_tickets;
mod setspn;
mod shell;
mod spec;
mod start;
mod sweep;
mod topology;
mod web;
mod winrm;
pub mod wire;

pub use account_state::AccountChange;
pub use attempt::Attempt;
pub use connect_options::{Authentication, ConnectOptions};
pub use directory::SpnInventory;
pub use error::{Error, Result};
pub use events::{WindowsEvent, Wording, list_events};
pub use evidence::EvidenceDir;
pub use exec::ExecOutput;
pub use exposure::Exposure;
pub use fault::Fault;
pub use images::{ImageSet, ensure_images};
pub use kdc_audit::KdcAudit;
pub use lab::Lab;
pub use labels::{LABEL_CREATED, LABEL_LAB, LABEL_ROLE, LABEL_SESSION, LabIdentity, Role};
pub use outcome::{
    ApFact, ClientFact, KerberosOutcome, KrbCode, RemoteFact, SettingsFact, TgsFact, TicketFact,
    WinrmFact,
};
pub use progress::Progress;
pub use report::ClientReport;
pub use restore::CrashSwitch;
pub use samba::SambaVersion;
pub use session::{Begun, Ended, Output, Session};
pub use spec::{LabSpec, Lifetime};
pub use sweep::{LabSummary, list_labs, remove_labs};
pub use topology::{Account, Host, REALM, accounts, hosts};
pub use web::WebVisit;
pub use winrm::{ChannelBinding, WinrmRegistration, WinrmSettings};
