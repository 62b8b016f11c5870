//! `setspn` on directories in memory, and the program itself.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

mod deletions;
mod failures;
mod golden;
mod huge;
mod json;
mod oracle;
mod program;
mod shell;
mod stage;
mod sweep;
mod sweep_siblings;
mod targets;
