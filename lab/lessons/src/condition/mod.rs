//! The conditions: what each is, what it shows, how to bring it about, how to see that it is there.
//!
//! Uses: error.

mod bring;
mod names;
mod table;
mod there;

pub(crate) use table::pick;
pub use table::{Condition, Kind};

pub(crate) use names::{FULL, HOSTS, same};
pub(crate) use there::{Kept, has_bad_ticket};
