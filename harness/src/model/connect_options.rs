//! How CLIENT connects. Most options are those of `Enter-PSSession`.

use super::{Account, Role, accounts};

/// The lab CA's certificate in CLIENT.
const CA_IN_CLIENT: &str = "/etc/spnlab/ca.pem";

/// How to connect.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the client that is typed or not"
)]
pub struct ConnectOptions {
    /// Host name as typed.
    pub host: String,
    /// Command to run. Without one, the client opens a shell and closes it.
    pub command: Option<String>,
    /// `-IncludePortInSPN`.
    pub include_port_in_spn: bool,
    /// `-UseSSL`.
    pub use_ssl: bool,
    /// With `-UseSSL`: the client binds the ticket to the TLS connection, as Windows does.
    pub channel_binding: bool,
    /// `-Authentication`.
    pub authentication: Authentication,
    /// Who connects.
    pub user: Account,
    /// Whether to use and keep the tickets of earlier connections with this option. A Windows logon
    /// session does so until `klist purge`. The first connection's user is the user of all of them.
    pub keep_tickets: bool,
    /// The domain controller that the client asks for tickets.
    pub domain_controller: Role,
    /// How many seconds the client's clock is ahead of the others; negative if it is behind.
    pub clock_ahead: i32,
}

/// `-Authentication`: the schemes that carry Kerberos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Authentication {
    /// Windows' choice for the user who is logged on.
    #[default]
    Kerberos,
    /// Windows' choice for explicit credentials.
    Negotiate,
}

impl ConnectOptions {
    /// `trainer` connects to `host` and runs `command`.
    pub fn new(host: &str, command: &str) -> Self {
        Self {
            host: host.to_owned(),
            command: Some(command.to_owned()),
            include_port_in_spn: false,
            use_ssl: false,
            channel_binding: true,
            authentication: Authentication::default(),
            user: accounts::TRAINER,
            keep_tickets: false,
            domain_controller: Role::Dc1,
            clock_ahead: 0,
        }
    }

    /// The options of `winrm-client` besides the host and the command.
    pub(crate) fn arguments(&self) -> Vec<&'static str> {
        let authentication = match self.authentication {
            Authentication::Kerberos => "kerberos",
            Authentication::Negotiate => "negotiate",
        };
        let mut words = vec!["--user", self.user.name, "--authentication", authentication];
        if self.include_port_in_spn {
            words.push("--include-port-in-spn");
        }
        if self.use_ssl {
            words.extend(["--use-ssl", "--ca", CA_IN_CLIENT]);
            if !self.channel_binding {
                words.push("--no-channel-binding");
            }
        }
        words
    }

    /// With the tickets of the logon session.
    #[must_use]
    pub fn keep_tickets(mut self, yes: bool) -> Self {
        self.keep_tickets = yes;
        self
    }

    /// With `-IncludePortInSPN`.
    #[must_use]
    pub fn include_port_in_spn(mut self, yes: bool) -> Self {
        self.include_port_in_spn = yes;
        self
    }
}
