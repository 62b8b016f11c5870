//! A WinRM endpoint (`winrmd`) and a WinRM client (`winrm-client`) on MIT Kerberos.
//!
//! Both speak WS-Management with the WinRS shell over HTTP, authenticate with Kerberos (raw or
//! inside SPNEGO), and seal messages as MS-WSMV 2.2.9.1 describes. Every ticket and every refusal
//! is MIT's own. The endpoint changes one number: the code of a KRB-ERROR for a ticket that does
//! not decrypt. It sends the code of a Windows endpoint instead (see
//! [`server::security::write_windows_error_code`]).

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
pub mod kerberos;

pub mod gss;

pub mod sealing;

pub mod soap;

pub mod server;

pub mod client;
