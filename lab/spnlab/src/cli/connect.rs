//! `spnlab connect`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::lab_name::LabName;

/// The authentication schemes that carry Kerberos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheme {
    /// Windows' choice for the user who is logged on
    Kerberos,
    /// Windows' choice for explicit credentials; here always with Kerberos inside
    Negotiate,
}

/// `spnlab connect`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that is typed or not")]
pub(crate) struct Connect {
    /// Host name: the client asks for the SPN of exactly this name
    #[arg(default_value = "mem1.contoso.com")]
    pub(crate) host: String,
    /// Command to run on the host; without it, a terminal opens a session (exit or Ctrl-D leaves
    /// it), and a script runs "hostname; whoami"
    #[arg(short, long, value_name = "COMMAND", allow_hyphen_values = true)]
    pub(crate) command: Option<String>,
    /// Connect to port 5986, as -UseSSL does
    #[arg(long)]
    pub(crate) use_ssl: bool,
    /// With --use-ssl: do not bind the ticket to the TLS connection, like a client that cannot
    #[arg(long, requires = "use_ssl")]
    pub(crate) no_channel_binding: bool,
    /// What -Authentication says; neither scheme falls back to another
    #[arg(long, value_name = "SCHEME", default_value = "kerberos")]
    pub(crate) authentication: Scheme,
    /// Ask for HTTP/HOST:5985, as New-PSSessionOption -IncludePortInSPN does
    #[arg(long)]
    pub(crate) include_port_in_spn: bool,
    /// The account that connects
    #[arg(long, default_value = "trainer")]
    pub(crate) user: String,
    /// Use and keep tickets as a Windows logon session does: a ticket stays until spnlab klist
    /// purge; runs one command, no session
    #[arg(long, conflicts_with = "ask_dc2")]
    pub(crate) keep_tickets: bool,
    /// Ask dc2 for tickets, in a lab that was started with --two-dcs; runs one command, no session
    #[arg(long)]
    pub(crate) ask_dc2: bool,
    /// Show the messages on the wire, too
    #[arg(long)]
    pub(crate) wire: bool,
    /// Show all of Windows' message, also on a terminal
    #[arg(long)]
    pub(crate) message: bool,
    /// Show what Windows would write into its event logs, too
    #[arg(long)]
    pub(crate) events: bool,
    /// Draw whose key sealed the ticket, and which door it was carried to, too
    #[arg(long)]
    pub(crate) picture: bool,
    /// Keep what was seen in this folder, and not among the newest 50 runs (SPNLAB_EVIDENCE)
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) lab: LabName,
}
