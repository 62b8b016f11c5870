//! Windows' `setspn`.
//!
//! [`Arguments::parse`] reads its arguments, [`run`] does what they ask on any
//! [`Directory`](crate::Directory), and a [`Listener`] hears what happens: [`WindowsText`] prints it
//! word for word as setspn.exe does, [`JsonDocument`] collects it.
//!
//! Where no transcript of setspn.exe shows what it prints, `docs/setspn.md` says what was chosen.

mod arguments;
mod ask;
mod change;
mod domains;
mod duplicates;
mod error;
mod event;
mod find;
mod grammar;
mod help;
mod json;
mod long;
mod options;
mod outcome;
mod query;
mod reach;
mod request;
mod run;
mod shadowed;
mod sightings;
mod text;
mod undo;
mod usage;
mod walk;
mod win32;

pub use domains::{Domains, OneDomain, Reached, serving};
pub use error::SetspnError;
pub use event::{Duplicate, Edit, Event, Listener, Shadowed};
pub use help::HELP;
pub use json::JsonDocument;
pub use options::Arguments;
pub use outcome::Outcome;
pub use query::{query, render_query};
pub use request::{Command, Request, Sort, Target, Who};
pub use run::run;
pub use text::{Progress, WindowsText};
pub use usage::UsageError;
