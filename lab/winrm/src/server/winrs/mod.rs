//! The Windows Remote Shell: shells, their commands, and the quotas of a user. It knows no envelope
//! and no connection.
//!
//! Uses: config, lock, log, security, spawner.

mod command_line;
mod quota;
mod running_command;
mod shell;
mod shells;

pub(crate) use command_line::CommandLine;
pub(crate) use shell::Shell;
pub(crate) use shells::Shells;
