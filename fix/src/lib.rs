//! The core fix library for WinRM error 0x80090322: SPNs, diagnosis, plans, undo.
//!
//! # The error
//!
//! A WinRM client asks the domain controller for a ticket to `HTTP/<host>`. The domain controller
//! encrypts the ticket with the key of the account that holds this service principal name (SPN).
//! Normally no account holds it. `http` is an alias of `host`, so the domain controller uses the
//! computer account's key. But a service account may hold `HTTP/<host>`, for example for a web site
//! on the same machine. Then the ticket is for that account and WinRM cannot decrypt it. The client
//! reports SEC_E_WRONG_PRINCIPAL (0x80090322): KB 4549715.
//!
//! # The verbs
//!
//! | Verb | Does | Writes |
//! |---|---|---|
//! | [`diagnose`], [`diagnose_in`] | says whose key encrypts the ticket, and why | nothing |
//! | [`diagnose_failure`] | says whether that explains what a client saw | nothing |
//! | [`recommend`] | ranks the remedies by their cost for others | nothing |
//! | [`plan`] | turns a [`Remedy`] into single-value edits and client settings | nothing |
//! | [`Plan::hand_off`] | writes the plan in the forms of other tools | nothing |
//! | [`apply`] | executes the plan, and notes each step | directory, client, journal |
//! | [`verify`], [`verify_all`] | reads back from one domain controller or several | nothing |
//! | [`rollback`] | undoes the plan, after a crash as well | directory, client, journal |
//! | [`setspn::run`] | is Windows' `setspn`, word for word | directory, for some switches |
//!
//! All of them work on any [`Directory`]. [`LdapDirectory`] (feature `ldap`, on by default) talks
//! to a domain controller: LDAPS, StartTLS, or sealed by Kerberos. [`InMemoryDirectory`] talks to
//! nobody. Without the feature, the crate has no network code and needs no async runtime.
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
//! - `spnfix` adds and deletes single values. It never replaces the whole attribute.
//! - It writes only after the journal has the step, and only if the account holds exactly the
//!   values that the plan was made for.
//! - Rollback never overwrites what another program has changed since.
//! - No error, no `Debug` output and no journal contains a password.
//!
//! # Not promised
//!
//! A diagnosis says what the directory says. Three other causes look the same to a client
//! (KRB_AP_ERR_MODIFIED, 41), and the directory does not show them:
//!
//! - a wrong password of the computer account,
//! - a DNS name that leads to another machine,
//! - a ticket from before the fix.
//!
//! `Healthy` names them as next steps.
//!
//! Another program can write between `spnfix`'s read and its write. If it changed the same value,
//! the domain controller refuses the write. If it changed another value, the read after the write
//! finds it.
//!
//! # Sources
//!
//! - KB 4549715: the error and its resolutions.
//! - MS-ADTS 2.2.21: what an SPN is; 3.1.1.5.1.3: uniqueness; 3.1.1.3.1.3.3: range retrieval.
//! - MS-DRSR 4.1.4.2.14 and 4.1.4.2.19: exact holders first, then the alias with its port.
//! - RFC 4511, 4513, 4515, 2696: LDAP, binds, filters, paged results.
//! - Samba's `samldb` module: what its domain controllers refuse ([`InMemoryDirectory`]).

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod regular_file;

mod text;

mod names;

mod client;

mod directory;

mod predict;

mod memory;

#[cfg(feature = "ldap")]
mod ldap;

pub mod connect;

mod diagnose;

mod plan;

mod recommend;

mod hand_off;

mod journal;

mod apply;

pub mod setspn;

mod error;

pub mod testing;

pub use apply::{
    Applied, ApplyError, Check, DcReadBack, Difference, HeldBy, ReadBack, RollbackError,
    RolledBack, StepError, Stopped, Verification, VerifiedEverywhere, VerifyError, apply, rollback,
    verify, verify_all,
};
pub use client::{
    ClientProfile, ClientSettings, InMemorySettings, NoClientSettings, RegistryValue, Remedy,
    SettingAnswer, SettingsError, WINRM_PORT,
};
pub use diagnose::{
    AliasFinding, Cause, Certainty, ClientStatus, DiagnoseError, Diagnosis, Elsewhere,
    FailureDiagnosis, Finding, Observed, OtherName, Rejected, Reporter, Saw, SawError, Stage,
    Suspect, Verdict, diagnose, diagnose_failure, diagnose_in,
};
pub use directory::{
    Account, AccountKind, AccountRef, Answer, Directory, DirectoryError, DirectorySnapshot, Domain,
    KerberosProblem, LdapCode, MisplacedHost, NotCovered, Rival, RivalKind, Scope, TlsProblem,
    Visit,
};
pub use error::Error;
pub use hand_off::{HandOff, HandOffError, HandedOff, NoSuchHandOff};
pub use journal::{
    InMemoryJournal, Journal, JournalError, JournalFile, JournalState, JournalStore, StepState,
};
#[cfg(feature = "ldap")]
pub use ldap::{Bind, Discovery, LdapAccess, LdapDirectory, Password, Protection, Timeouts, Trust};
pub use memory::InMemoryDirectory;
pub use names::{
    AccountName, AccountNameError, FormError, PatternError, ServiceClass, Spn, SpnError,
    SpnMappings, SpnPattern, Target, TargetError,
};
pub use plan::{
    Change, ClientEdit, Command, Edit, Impact, Place, Plan, PlanError, RegistryEdit, Warning,
    WarningKind, plan,
};
pub use predict::{Dialect, Predicted, Proposal, Rehearsal, Rights};
pub use recommend::{ClientCost, Recommendation, Way, recommend};
pub use text::{Pasted, PastedError, Shown, dashed, shown, shown_json};
