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
mod command;
mod domains;
mod duplicates;
mod error;
mod event;
mod find;
mod misplaced;
mod outcome;
mod output;
mod owner;
mod query;
mod reach;
mod report;
mod request;
mod run;
mod shadowed;
mod sightings;
mod stale;
mod suspects;
mod sweep;
mod undo;
mod walk;

pub use arguments::{Arguments, Color, HELP, UsageError, VERSION};
pub use domains::{Domains, OneDomain, Reached, serving};
pub use error::SetspnError;
pub use event::{
    Duplicate, Edit, Event, Listener, Misplaced, NextStep, Shadowed, Stale, Staleness,
};
pub use outcome::Outcome;
pub use output::{JsonDocument, Label, Progress, WindowsText};
pub use query::{query, render_query};
pub use request::{Command, Request, Sort, Target, Who};
pub use run::run;
