//! The acceptor's record: one authentication in the endpoint's log.

use serde::{Deserialize, Serialize};

/// One authentication in the endpoint's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptorRecord {
    /// Address and port of the client.
    pub peer: String,
    /// Server name in the ticket.
    pub sname: Option<String>,
    /// Encryption type of the ticket.
    pub etype: Option<i64>,
    /// Key version number of the ticket.
    pub kvno: Option<i64>,
    /// `accepted` or `refused`.
    pub result: String,
    /// Client principal, once the ticket is decrypted.
    pub client: Option<String>,
    /// What the acceptor's library said.
    pub acceptor: Option<AcceptorCode>,
    /// The code that the endpoint sent.
    pub sent: Option<AcceptorCode>,
}

/// A code in the endpoint's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptorCode {
    /// Number. The endpoint's own refusals have none.
    pub code: Option<i64>,
    /// Name.
    pub name: Option<String>,
    /// Text of the library.
    #[serde(default)]
    pub text: Option<String>,
}
