//! What went over the wire: a packet capture decoded into Kerberos messages.
//!
//! [`decode`] reads a capture and returns a [`Trace`]: the messages between clients and the KDC on
//! port 88 (TCP and UDP), and those inside the Negotiate and Kerberos schemes of HTTP on ports 80
//! and 5985, with the status of the last answer; of connections to port 5986 it knows when they end. It
//! trusts nothing that it reads: damaged input leads to an error, or to a message that says why it is
//! unreadable, never to a panic. Nothing is decrypted.

pub(crate) mod ccache;
mod confirm;
mod decode;
mod error;
mod frames;
mod gss;
mod hosts;
mod http;
mod kerberos;
mod line;
mod message;
mod observe;
mod packet;
mod stages;
mod stream;
mod time;
mod trace;

pub use decode::decode;
pub use error::WireError;
pub use hosts::Hosts;
pub use message::{
    ApRequest, Body, Encrypted, Endpoint, KdcReply, KdcRequest, KrbError, Message, Ticket,
    Transport,
};
pub use observe::{CaptureMark, Wire};
pub use time::Time;
pub use trace::Trace;

pub(crate) use decode::{KDC, TLS};
pub(crate) use observe::{Cut, Whole};
pub(crate) use stages::{ApStage, KdcStage, Question, Stages};
