//! What one scenario holds: its lab, the state that its steps share, its evidence, and the record
//! of its outcome.
//!
//! Uses: features, kill, pool, target, terminal.

mod evidence;
mod lab_world;
mod must;
mod record;
mod state;

pub(crate) use evidence::keep_evidence_in;
pub use lab_world::LabWorld;
pub(crate) use must::must;
pub use record::body_of;
pub(crate) use record::{Records, compare, set_records, unreferenced};
pub(crate) use state::{BeforePlan, OtherTraffic};
