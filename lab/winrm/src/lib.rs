//! A WinRM endpoint (`winrmd`) and a WinRM client (`winrm-client`) on MIT Kerberos.
//!
//! Both speak WS-Management with the WinRS shell over HTTP, authenticate with Kerberos (raw or
//! inside SPNEGO), and seal messages as MS-WSMV 2.2.9.1 describes. Every ticket and every refusal
//! is MIT's own; what the endpoint changes is one number: the code of a KRB-ERROR for a ticket
//! that does not decrypt, so that it reads as a Windows endpoint's (see [`server::refusal`]).
//!
//! Layers, lowest first: [`der`], [`token`], [`krb5`] (numbers and names), [`sid`], [`pac`] · [`gss`]
//! (nearly all the unsafe code) · [`multipart`], [`seal`], [`channel`] · [`soap`] · [`server`],
//! [`client`].

pub mod channel;
pub mod client;
pub mod der;
pub mod gss;
pub mod krb5;
pub mod multipart;
pub mod pac;
pub mod seal;
pub mod server;
pub mod sid;
pub mod soap;
pub mod token;
