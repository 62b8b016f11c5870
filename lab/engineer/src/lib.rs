//! The engineer: works on a lab with the core fix library.
//!
//! Here the judge (`spnlab-harness`) and the accused (`spnfix`) meet. Neither knows the other. The
//! program `spnlab` and the scenarios share this crate.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod article;

mod registry;

mod journal_folder;

mod lab_journals;

mod observed;

mod engineer;

pub use article::{ArticleOption, NoSuchOption};
pub use engineer::{Engineer, access};
pub use journal_folder::JournalFolder;
pub use lab_journals::LabJournals;
pub use observed::observed;
pub use registry::LabRegistry;
