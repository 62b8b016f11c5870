//! The endpoint: `winrmd`.

pub mod account;
mod authentication;
mod command;
mod config;
mod connection;
mod deadline;
mod enumerating;
mod http_reply;
mod listener;
mod log;
mod operations;
mod privilege;
pub mod refusal;
mod registration;
pub mod scheme;
mod service;
mod shell;
mod shells;
mod start;
mod tls;
mod views;

pub use config::{ChannelBinding, Config, Limits, Timeouts, TlsConfig};
pub use listener::run;
pub use registration::Registration;
pub use start::StartError;
pub use tls::TlsError;
