//! Windows' `setspn`.
//!
//! [`Arguments::parse`] reads its arguments, and [`run`] executes them on any
//! [`Directory`](crate::Directory). A [`Listener`] receives the events: [`WindowsText`] prints them
//! word for word as setspn.exe does, [`JsonDocument`] collects them.
//!
//! For some output no transcript of setspn.exe exists. `docs/setspn.md` says what we chose there.
//!
//! Uses: connect, directory, names, text.

mod arguments;
mod ask;
mod change;
mod domains;
mod duplicates;
mod error;
mod event;
mod find;
mod outcome;
mod output;
mod query;
mod reach;
mod request;
mod run;
mod shadowed;
mod sightings;
mod undo;
mod walk;

pub use arguments::{Arguments, HELP, UsageError};
pub use domains::{Domains, OneDomain, Reached, serving};
pub use error::SetspnError;
pub use event::{Duplicate, Edit, Event, Listener, Shadowed};
pub use outcome::Outcome;
pub use output::{JsonDocument, Progress, WindowsText};
pub use query::{query, render_query};
pub use request::{Command, Request, Sort, Target, Who};
pub use run::run;
