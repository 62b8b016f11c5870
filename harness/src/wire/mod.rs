//! What went over the wire: a packet capture decoded into Kerberos messages.
//!
//! [`decode`] reads a capture and returns a [`Trace`]:
//!
//! - the messages between clients and the KDC on port 88 (TCP and UDP);
//! - the messages inside the Negotiate and Kerberos schemes of HTTP on ports 80 and 5985, with the
//!   status of the last answer;
//! - the end of each connection to port 5986.
//!
//! It trusts nothing in the capture. Damaged input leads to an error, or to a message that says why
//! it is unreadable, never to a panic. It decrypts nothing.
//!
//! Uses: model.

mod captured;
pub(crate) mod ccache;
mod decode;
mod error;
mod frames;
mod gss;
mod hosts;
mod http;
mod kerberos;
mod line;
mod marker;
mod message;
mod packet;
mod sockets;
mod stages;
mod stream;
mod time;
mod trace;

pub use captured::Wire;
pub use ccache::KeptTicket;
pub use decode::{Spoken, decode, spoken};
pub use error::WireError;
pub use hosts::Hosts;
pub use message::{
    ApRequest, Body, Encrypted, Endpoint, KdcReply, KdcRequest, KrbError, Message, Ticket,
    Transport,
};

pub use time::Time;
pub use trace::Trace;

pub(crate) use marker::{MARKER, new_mark};
pub(crate) use sockets::{Sockets, own_packets};
pub(crate) use stages::{ApStage, ConnectionKey, KdcStage, Stages};
