//! A Kerberos message in a capture, with its clear parts.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::time::Time;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// When its last byte was seen.
    pub time: Time,
    /// Who sent it.
    pub from: Endpoint,
    /// Who received it.
    pub to: Endpoint,
    /// What carried it.
    pub transport: Transport,
    /// What it says.
    #[serde(flatten)]
    pub body: Body,
}

/// One end of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Address and port.
    pub address: SocketAddr,
    /// Name of the host, if it is known.
    pub host: Option<String>,
}

/// What carried a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// A datagram (RFC 4120 section 7.2.1).
    Udp,
    /// A TCP stream with length prefixes (RFC 4120 section 7.2.2).
    Tcp,
    /// A header field of HTTP (RFC 4559).
    Http,
}

/// The clear parts of a message (RFC 4120 section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Body {
    /// AS-REQ.
    AsReq(KdcRequest),
    /// AS-REP.
    AsRep(KdcReply),
    /// TGS-REQ.
    TgsReq(KdcRequest),
    /// TGS-REP.
    TgsRep(KdcReply),
    /// AP-REQ.
    ApReq(ApRequest),
    /// AP-REP.
    ApRep {
        /// The part that only the client can decrypt.
        encrypted: Encrypted,
    },
    /// KRB-ERROR.
    KrbError(KrbError),
    /// Bytes in the place of a Kerberos message that cannot be read as one.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// KDC-REQ-BODY (RFC 4120 section 5.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdcRequest {
    /// Client name; an AS-REQ has it.
    pub cname: Option<String>,
    /// Realm of the server, and of the client in an AS-REQ.
    pub realm: String,
    /// Server name: the requested SPN.
    pub sname: Option<String>,
    /// Encryption types that the client takes, in its order of preference.
    pub etypes: Vec<i32>,
}

/// KDC-REP (RFC 4120 section 5.4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdcReply {
    /// Client realm.
    pub crealm: String,
    /// Client name.
    pub cname: String,
    /// The ticket that was issued.
    pub ticket: Ticket,
    /// The part of the reply that the client decrypts.
    pub encrypted: Encrypted,
}

/// AP-REQ (RFC 4120 section 5.5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApRequest {
    /// The ticket that is presented.
    pub ticket: Ticket,
    /// The authenticator, encrypted in the session key.
    pub authenticator: Encrypted,
}

/// The clear part of a ticket (RFC 4120 section 5.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Realm that issued it.
    pub realm: String,
    /// Server name.
    pub sname: String,
    /// The part that only the server can decrypt.
    pub encrypted: Encrypted,
}

/// EncryptedData (RFC 4120 section 5.2.9). Only the end of the cipher is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encrypted {
    /// Encryption type.
    pub etype: i32,
    /// Version of the key, if it is given.
    pub kvno: Option<u32>,
    /// Length of the cipher in bytes.
    pub cipher_length: usize,
    /// Its last bytes, with the checksum (RFC 3962 section 6). No two ciphers have the same.
    #[serde(skip)]
    pub cipher_end: [u8; CIPHER_END],
}

/// How many bytes of a cipher's end are kept. A shorter cipher has zeros before it.
pub(crate) const CIPHER_END: usize = 32;

/// KRB-ERROR (RFC 4120 section 5.9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KrbError {
    /// The code (RFC 4120 section 7.5.9).
    pub code: i32,
    /// Its constant.
    pub name: String,
    /// Realm of the server.
    pub realm: String,
    /// Server name.
    pub sname: String,
    /// Text of the sender.
    pub e_text: Option<String>,
    /// The sender's clock, in UTC.
    pub server_time: String,
}
