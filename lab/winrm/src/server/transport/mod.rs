//! Ports and connections: TCP, TLS and HTTP, their time-outs and quotas, and the context that seals
//! a connection's messages.
//!
//! Uses: config, lock, log, long_work, peer_network, security, wsman.

mod connection;
mod deadline;
mod http_head;
mod http_reply;
mod listener;
mod quota;
mod tls;

pub(crate) use connection::Endpoint;
pub(crate) use listener::{AllConnections, ListeningPort};
pub(crate) use quota::ConnectionQuota;
pub(crate) use tls::Tls;
pub use tls::TlsError;
