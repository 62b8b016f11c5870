//! What a domain controller does for the judge: it shows its directory, takes faults, replicates
//! and crashes.
//!
//! Uses: engine, lab, ldap, model, start.

pub(crate) mod account_state;
mod audit;
mod computers;
mod crash;
mod dns;
mod fault;
mod hold;
mod inventory;
mod keys;
mod replication;
mod samba;
mod spn_audit;

pub use account_state::AccountChange;
pub(crate) use audit::KIND as AUDIT_KIND;
pub use audit::KdcAudit;
pub use computers::AddedComputer;
pub(crate) use computers::deletion;
pub use crash::CrashSwitch;
pub use fault::Fault;
pub(crate) use inventory::{HOLDER, Holder, holders};
pub(crate) use samba::change;
pub use spn_audit::SpnWrite;
