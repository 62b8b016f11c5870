//! The feature files as text: which scenarios there are, which Samba versions each is about, and
//! which names its title gives to records and evidence.
//!
//! Uses: no other room.

mod keep;
mod names;
mod read;
mod samba;

pub(crate) use keep::{is_tagged, keep};
pub(crate) use names::{evidence_folder, round_tag};
pub use names::{snapshot_name, title_of_one};
pub use read::features_at;
pub(crate) use read::{all_scenarios, file_of, scenarios_of, shipped};
pub(crate) use samba::{is_about, records_about};
