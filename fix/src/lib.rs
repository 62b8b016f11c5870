//! The core fix library for WinRM error 0x80090322: SPNs, diagnosis, plans, undo.

mod account;
mod account_name;
mod apply;
mod diagnose;
mod directory;
mod directory_error;
mod dn;
mod error;
mod fold;
mod host_names;
mod journal;
#[cfg(feature = "ldap")]
mod ldap;
mod ldap_code;
mod mappings;
mod memory;
mod pattern;
mod plan;
mod profile;
mod remedy;
mod service_class;
pub mod setspn;
mod settings;
mod snapshot;
mod spn;
mod target;
mod wrap;

pub use account::{Account, AccountKind, AccountRef};
pub use account_name::{AccountName, AccountNameError};
pub use apply::{
    Applied, ApplyError, Check, Difference, RollbackError, RolledBack, StepError, Stopped,
    Verification, VerifyError, apply, rollback, verify,
};
pub use diagnose::{AliasFinding, Diagnosis, OtherName, Rejected, Verdict, diagnose, diagnose_in};
pub use directory::{Answer, Directory, Domain, Scope};
pub use directory_error::DirectoryError;
pub use error::Error;
pub use journal::{InMemoryJournal, Journal, JournalError, JournalState, JournalStore, StepState};
#[cfg(feature = "ldap")]
pub use ldap::{Bind, LdapAccess, LdapDirectory, Password, Timeouts};
pub use ldap_code::LdapCode;
pub use mappings::SpnMappings;
pub use memory::InMemoryDirectory;
pub use pattern::{PatternError, SpnPattern};
pub use plan::{
    Change, ClientEdit, Command, Edit, Impact, Place, Plan, PlanError, RegistryEdit, Warning,
    WarningKind, plan,
};
pub use profile::ClientProfile;
pub use remedy::{Remedy, WINRM_PORT};
pub use service_class::ServiceClass;
pub use settings::{
    ClientSettings, InMemorySettings, NoClientSettings, RegistryValue, SettingAnswer, SettingsError,
};
pub use snapshot::{DirectorySnapshot, NotCovered};
pub use spn::{Spn, SpnError};
pub use target::{Target, TargetError};
