//! What the lab consists of and what observers say about it: types without I/O.
//!
//! The types are: names of the domain, the identity of a lab, its settings, each observer's report
//! of a connection, the outcome, and every error.
//!
//! Uses: no other room.

mod acceptor;
mod connect_options;
mod error;
pub mod exit_status;
mod identity;
mod inventory;
mod logon;
mod outcome;
pub(crate) mod ports;
mod progress;
pub(crate) mod report;
mod role;
mod samba;
mod spec;
mod topology;
mod winrm;
mod words;

pub use acceptor::{AcceptorCode, AcceptorRecord};
pub use connect_options::{Authentication, ConnectOptions};
pub use error::{Error, Result};
pub use identity::LabIdentity;
pub use inventory::SpnInventory;
pub use outcome::{
    ApFact, ClientFact, KerberosOutcome, KrbCode, RemoteFact, SettingsFact, TgsFact, TicketFact,
    WinrmFact,
};
pub use progress::Progress;
pub use report::{ClientReport, CommandResult};
pub use role::Role;
pub use samba::SambaVersion;
pub use spec::{LabSpec, Lifetime, OwnParts};
pub use topology::{Account, Host, REALM, accounts, hosts};
pub use winrm::{ChannelBinding, WinrmRegistration, WinrmSettings};

pub(crate) use error::no_difference;
pub(crate) use identity::STARTING;
pub(crate) use report::Tgs;
pub(crate) use topology::BASE_DN;
