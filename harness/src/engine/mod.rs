//! The Docker engine: the connection to it, containers, programs inside them, and their logs; also
//! locks between programs of this machine.
//!
//! Uses: env, model.

mod address;
mod docker;
mod exec;
mod follow;
pub(crate) mod inside;
pub(crate) mod locks;
pub(crate) mod logs;
mod part;
mod part_log;
mod reach;
mod refusal;
mod resident;
mod residents;
mod ring;
mod wait;

pub use address::engine_variables;
pub(crate) use docker::connect;
pub use exec::ExecOutput;
pub(crate) use exec::{Attached, Input, Output, attach};
pub(crate) use follow::Follower;
pub(crate) use part::{Container, Part, attach_part, find_part, part_of, read_ca};
pub use part_log::LogPart;
pub(crate) use part_log::{LogPosition, PartLog};
pub(crate) use refusal::{chain, is_going, is_gone, refused, says};
pub(crate) use residents::{ADMIN, Residents};
pub(crate) use ring::{ROOM, unreadable};
pub(crate) use wait::{Look, READY_WITHIN, wait_for};
