//! The judge of the lab: it starts a lab, breaks it, runs clients in it, and records what Kerberos
//! did.
//!
//! A [`Lab`] is one Docker network with three containers:
//!
//! - `dc1`: a real Samba AD DC;
//! - `mem1`: the WinRM endpoint as the computer account, and a web site as `svc_web`;
//! - `client`: the user's workstation.
//!
//! [`Lab::start`] starts one and waits for the facts of a ready lab. [`Lab::connect`] makes one
//! WinRM connection and returns the [`KerberosOutcome`], which a snapshot may hold:
//!
//! ```no_run
//! use spnlab_harness::{ConnectOptions, Fault, Lab};
//!
//! # async fn test() -> spnlab_harness::Result<()> {
//! let lab = Lab::start().await?;
//! lab.dc1().seed(&Fault::Article).await?;
//! let attempt = lab.connect(&ConnectOptions::new("mem1.contoso.com", "hostname")).await?;
//! insta::assert_yaml_snapshot!(attempt.outcome);
//! lab.shutdown().await
//! # }
//! ```
//!
//! Those who know testcontainers know the rest:
//!
//! | there | here |
//! |---|---|
//! | `image.start().await` | [`Lab::start`]; [`Lab::start_with`] takes a [`LabSpec`] |
//! | the guard removes the container when it is dropped | so does [`Lab`]; [`Lab::shutdown`] waits for it |
//! | `WaitFor` | a lab that has started is ready: facts, no seconds |
//! | `get_host_port_ipv4` | [`Dc::ldaps_port`], [`Mem1::winrm_port`], [`Mem1::web_port`] |
//! | `exec` | [`Lab::exec`] |
//!
//! The lab's programs (`winrmd` and others) must be built: they are looked for beside the test's
//! program and one folder up, or in `SPNLAB_PROGRAMS`.
//!
//! This crate knows no remedy. It seeds faults with the DC's own database tools ([`Fault`]). It
//! never imports the core fix library, so the judge is not built from the accused.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod env;

mod model;

mod evidence;

mod engine;

mod images;

pub mod wire;

mod ldap;

mod start;

mod lab;

mod dc;

mod mem1;

mod client;

mod judge;

mod reset;

pub use client::{Begun, Ended, Output, RegistryEntry, Session};
pub use dc::{AccountChange, AddedComputer, CrashSwitch, Fault, KdcAudit, SpnWrite};
pub use engine::{ExecOutput, LogPart, engine_variables};
pub use evidence::EvidenceDir;
pub use images::{FilledImages, ImageSet, bundle, ensure_images, fill_images, load};
pub use judge::{Attempt, CaptureMark, Watch, WebVisit, WindowsEvent, Wording, list_events};
pub use lab::{Client, Dc, Exposure, Lab, Mem1, NetworkExposure};
pub use model::{
    AcceptorCode, AcceptorRecord, Account, ApFact, Authentication, ChannelBinding, ClientFact,
    ClientReport, CommandResult, ConnectOptions, Error, Host, KerberosOutcome, KrbCode,
    LabIdentity, LabSpec, Lifetime, OwnParts, Progress, REALM, RemoteFact, Result, Role,
    SambaVersion, SettingsFact, SpnInventory, TgsFact, TicketFact, WinrmFact, WinrmRegistration,
    WinrmSettings, accounts, exit_status, hosts,
};
pub use start::{
    EngineFacts, LABEL_CREATED, LABEL_LAB, LABEL_ROLE, LABEL_SESSION, LabSummary, Survey,
    check_locks, compose, folder_of_programs, list_labs, most_memory, remove_labs, states_of,
};
