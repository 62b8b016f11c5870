//! One page about one lab, for a browser on this machine.
//!
//! The page shows the last attempt, who holds which SPN, and what was done. Each of its buttons
//! runs the line of `spnlab` that stands beside it, in a process of its own. So the page and a
//! terminal do the same, and the page needs no rights that a terminal does not have.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod log;

mod action;

mod changes;

mod story;

mod seen;

mod desk;

mod watch;

mod guard;

mod page;

mod terminal;

mod server;

pub use log::{Done, typed};
pub use server::{Open, Place};
