//! The command line, and the options that it means.

use clap::{Parser, ValueEnum};
use nix::sys::termios::{self, LocalFlags, SetArg};
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use winrm::client::{
    Authentication, Options, SettingsError, SpnSettings, TlsError, Trust, registry_spn_prefix,
};

/// A WinRM client: Kerberos only, messages always sealed or inside TLS.
#[derive(Debug, Parser)]
#[command(version)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Arguments {
    /// The target, as the user types it.
    pub(crate) host: String,
    /// Command to run; without it a shell is only opened and closed.
    #[arg(short, long, value_name = "TEXT")]
    command: Option<String>,
    /// Port of the endpoint [default: 5985, with --use-ssl 5986].
    #[arg(long)]
    port: Option<u16>,
    /// HTTPS, as -UseSSL; messages are protected by TLS, and the ticket is bound to it.
    #[arg(long, requires = "ca")]
    use_ssl: bool,
    /// PEM file of the CAs that may vouch for the endpoint.
    #[arg(long, value_name = "FILE", requires = "use_ssl")]
    ca: Option<PathBuf>,
    /// Do not bind the ticket to the TLS connection, like clients that know no channel bindings.
    #[arg(long, requires = "use_ssl")]
    no_channel_binding: bool,
    /// As -Authentication; there is no other, and none falls back to another
    /// [default: kerberos with a ticket cache, negotiate with a password].
    #[arg(long, value_name = "SCHEME")]
    authentication: Option<Scheme>,
    /// Ask for an SPN with the port in it.
    #[arg(long)]
    include_port_in_spn: bool,
    /// User; with a password the default is "trainer", without one the owner of the tickets.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Read the password from the first line of standard input.
    #[arg(long, group = "password")]
    password_stdin: bool,
    /// Read the password from the first line of a file.
    #[arg(long, value_name = "FILE", group = "password")]
    password_file: Option<PathBuf>,
    /// Ask for the password on the terminal.
    #[arg(long, group = "password")]
    password_prompt: bool,
    /// Pass (the rest of) standard input to the command.
    #[arg(long, requires = "command")]
    pub(crate) forward_stdin: bool,
    /// Ticket cache: written afresh with a password, otherwise used.
    #[arg(long, value_name = "PATH")]
    ccache: Option<String>,
    /// Service class instead of HTTP.
    #[arg(long, value_name = "CLASS")]
    spn_prefix: Option<String>,
    /// Do not look for a prefix in the registry.
    #[arg(long)]
    no_registry: bool,
    /// Hold a session: requests and events are lines of JSON (see the README).
    #[arg(long, conflicts_with_all = ["command", "forward_stdin", "json"])]
    pub(crate) interactive: bool,
    /// Print one JSON document with everything that was seen.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scheme {
    Kerberos,
    Negotiate,
}

/// Why there is nothing to run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    /// A setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The CAs are unusable.
    #[error(transparent)]
    Trust(#[from] TlsError),
    /// The password is unreadable.
    #[error("the password cannot be read: {0}")]
    Password(std::io::Error),
    /// There is no terminal to ask on.
    #[error("the password cannot be asked for: standard input is no terminal")]
    NoTerminal,
}

impl Arguments {
    /// Reads the password, and the settings from other places.
    pub(crate) async fn options(self) -> Result<Options, UsageError> {
        let password = self.password()?;
        let trust = self.ca.as_deref().map(Trust::from_file).transpose()?;
        let prefix = match self.spn_prefix {
            None if !self.no_registry => registry_spn_prefix().await,
            given => given,
        };
        Ok(Options {
            host: self.host,
            port: self.port.unwrap_or(if self.use_ssl { 5986 } else { 5985 }),
            trust,
            channel_binding: !self.no_channel_binding,
            spn: SpnSettings { prefix, include_port: self.include_port_in_spn },
            authentication: self.authentication.map(|scheme| match scheme {
                Scheme::Kerberos => Authentication::Kerberos,
                Scheme::Negotiate => Authentication::Negotiate,
            }),
            user: self.user,
            password,
            ccache: self.ccache,
            command: self.command,
        })
    }

    fn password(&self) -> Result<Option<String>, UsageError> {
        let line = if self.password_stdin {
            first_line(std::io::stdin().lock()).map_err(UsageError::Password)?
        } else if let Some(path) = &self.password_file {
            of_file(path).map_err(UsageError::Password)?
        } else if self.password_prompt {
            prompt(self.user.as_deref().unwrap_or("trainer"))?
        } else {
            return Ok(None);
        };
        Ok(Some(line))
    }
}

fn first_line(mut input: impl std::io::BufRead) -> std::io::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn of_file(path: &Path) -> std::io::Result<String> {
    first_line(std::io::BufReader::new(std::fs::File::open(path)?))
}

/// Asks on the terminal, without echo.
fn prompt(user: &str) -> Result<String, UsageError> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(UsageError::NoTerminal);
    }
    let failed = |error: nix::Error| UsageError::Password(error.into());
    let before = termios::tcgetattr(&stdin).map_err(failed)?;
    let mut silent = before.clone();
    silent.local_flags.remove(LocalFlags::ECHO);
    let mut err = std::io::stderr();
    let _ = write!(err, "Password for {user}: ").and_then(|()| err.flush());
    termios::tcsetattr(&stdin, SetArg::TCSAFLUSH, &silent).map_err(failed)?;
    let line = first_line(stdin.lock());
    termios::tcsetattr(&stdin, SetArg::TCSAFLUSH, &before).map_err(failed)?;
    let _ = writeln!(err);
    line.map_err(UsageError::Password)
}
