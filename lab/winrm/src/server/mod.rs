//! The endpoint: `winrmd`.

pub mod account;
mod authentication;
mod command;
mod connection;
mod listener;
mod log;
pub mod refusal;
mod service;
mod shell;

pub use listener::{Config, StartError, run};
