//! The core fix library for WinRM error 0x80090322: SPNs, diagnosis, plans, undo.
//!
//! # The error
//!
//! A WinRM client asks the domain controller for a ticket to `HTTP/<host>`. The domain controller
//! encrypts it with the key of whichever account holds that service principal name (SPN). Normally
//! nobody does, and `http` being an alias of `host`, the computer account answers for it. But when a
//! service account holds `HTTP/<host>`, for a web site on the same machine say, the ticket is for
//! that account, WinRM cannot decrypt it, and the client reports SEC_E_WRONG_PRINCIPAL (0x80090322):
//! KB 4549715.
//!
//! # The verbs
//!
//! | Verb | Does | Writes |
//! |---|---|---|
//! | [`diagnose`], [`diagnose_in`] | says whose key the ticket would be for, and why | nothing |
//! | [`diagnose_failure`] | says whether that explains what a client saw, and what else does | nothing |
//! | [`recommend`] | ranks the ways out by what they cost others | nothing |
//! | [`plan`] | turns a [`Remedy`] into single-value edits and client settings | nothing |
//! | [`Plan::hand_off`] | writes the plan down for another team: setspn, PowerShell, LDIF, reg | nothing |
//! | [`apply`] | carries the plan out, noting each step before and after | directory, client, journal |
//! | [`verify`], [`verify_all`] | reads back, in one domain controller or in several | nothing |
//! | [`rollback`] | takes it back, after a crash as well | directory, client, journal |
//! | [`setspn::run`] | is Windows' `setspn`, word for word | directory, for its `-S`, `-A`, `-D`, `-R` |
//!
//! All of them work on any [`Directory`]: [`LdapDirectory`] (feature `ldap`, on by default) talks to a
//! domain controller (LDAPS, StartTLS, or sealed by Kerberos), [`InMemoryDirectory`] to nobody. Without the feature the crate has
//! no network code and needs no async runtime of its own.
//!
//! # The whole way
//!
//! ```
//! use spnfix::*;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
//!     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
//!     .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
//! let mut registry = InMemorySettings::default();
//! let target: Target = "mem1.contoso.com".parse()?;
//! let client = ClientProfile::default();
//!
//! // Why does it fail?
//! let diagnosis = diagnose_in(&mut dir, &target, &client).await?;
//! assert_eq!(diagnosis.verdict.name(), "shadowed");
//!
//! // What would be done? Nothing is written yet.
//! let remedy = Remedy::PortSpns { port: WINRM_PORT };
//! let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await?;
//! let plan = plan(&seen, &target, &remedy, &client)?;
//! println!("{plan}");
//!
//! // Do it, look, and take it back.
//! let folder = tempfile::tempdir()?;
//! let mut journal = Journal::create(&folder.path().join("fix.json"), &plan)?;
//! apply(&mut dir, &mut registry, &mut journal).await?;
//! assert!(verify(&mut dir, &mut registry, &plan).await?.ok());
//! rollback(&mut dir, &mut registry, &mut journal).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```
//!
//! # Promises
//!
//! - Values are added and deleted one by one; the attribute is never replaced as a whole.
//! - Nothing is written before the journal says so, and nothing where the account does not hold
//!   exactly the values the plan was made for.
//! - Rollback never writes over what somebody else has changed since.
//! - Passwords are in no error, no `Debug` output and no journal.
//!
//! # Not promised
//!
//! A diagnosis says what the directory says. A wrong password of the computer account, a DNS name
//! that leads to another machine and a ticket from before the fix look the same to a client
//! (KRB_AP_ERR_MODIFIED, 41) and are not to be seen in the directory; `Healthy` names them as next
//! steps. Between reading an account and writing to it somebody else can write too; for the value at
//! hand the domain controller refuses that, for other values the reading after the write sees it.
//!
//! # Sources
//!
//! - KB 4549715: the error and its resolutions.
//! - MS-ADTS 2.2.21: what an SPN is; 3.1.1.5.1.3: uniqueness; 3.1.1.3.1.3.3: range retrieval.
//! - MS-DRSR 4.1.4.2.14 and 4.1.4.2.19: exact holders first, then the alias, port and all.
//! - RFC 4511, 4513, 4515, 2696: LDAP, binds, filters, paged results.
//! - Samba's `samldb` module: what its domain controllers refuse ([`InMemoryDirectory`]).

mod account;
mod account_name;
mod apply;
mod cmd_word;
mod diagnose;
mod directory;
mod directory_error;
mod dn;
mod error;
mod fold;
mod hand_off;
mod host_names;
mod journal;
#[cfg(feature = "ldap")]
mod ldap;
mod ldap_code;
mod mappings;
mod memory;
mod pattern;
mod plan;
mod predict;
mod profile;
mod recommend;
mod remedy;
mod service_class;
pub mod session;
pub mod setspn;
mod settings;
mod shown;
mod snapshot;
mod spn;
mod target;
mod wrap;

pub use account::{Account, AccountKind, AccountRef};
pub use account_name::{AccountName, AccountNameError};
pub use apply::{
    Applied, ApplyError, Check, Difference, HeldBy, RollbackError, RolledBack, StepError, Stopped,
    Testimony, Verification, VerifiedEverywhere, VerifyError, Witness, apply, rollback, verify,
    verify_all,
};
pub use diagnose::{
    AliasFinding, Cause, Diagnosis, FailureDiagnosis, Finding, Observed, OtherName, Rejected,
    Reporter, Stage, Suspect, Verdict, diagnose, diagnose_failure, diagnose_in,
};
pub use directory::{Answer, Directory, Domain, Scope, Visit};
pub use directory_error::{DirectoryError, KerberosProblem, TlsProblem};
pub use error::Error;
pub use hand_off::{HandOff, HandOffError, HandedOff, NoSuchHandOff};
pub use journal::{
    InMemoryJournal, Journal, JournalError, JournalFile, JournalState, JournalStore, StepState,
};
#[cfg(feature = "ldap")]
pub use ldap::{Bind, Discovery, LdapAccess, LdapDirectory, Password, Protection, Timeouts, Trust};
pub use ldap_code::LdapCode;
pub use mappings::SpnMappings;
pub use memory::InMemoryDirectory;
pub use pattern::{PatternError, SpnPattern};
pub use plan::{
    Change, ClientEdit, Command, Edit, Impact, Place, Plan, PlanError, RegistryEdit, Warning,
    WarningKind, plan,
};
pub use predict::{Dialect, Predicted, Proposal, Rehearsal, Rights};
pub use profile::ClientProfile;
pub use recommend::{ClientCost, Recommendation, Way, recommend};
pub use remedy::{Remedy, WINRM_PORT};
pub use service_class::ServiceClass;
pub use settings::{
    ClientSettings, InMemorySettings, NoClientSettings, RegistryValue, SettingAnswer, SettingsError,
};
pub use shown::{Shown, shown};
pub use snapshot::{DirectorySnapshot, NotCovered};
pub use spn::{Spn, SpnError};
pub use target::{Target, TargetError};
