//! The feature files as text: which scenarios there are, which Samba versions each is about, and
//! which names its title gives to records and evidence.
//!
//! Uses: no other room.

mod names;
mod read;
mod samba;

pub(crate) use names::evidence_folder;
pub use names::{snapshot_name, title_of_one};
pub use read::features_at;
#[cfg(test)]
pub(crate) use read::scenarios_of;
pub(crate) use read::{file_of, read};
pub(crate) use samba::{keep_those_about, records_about};
