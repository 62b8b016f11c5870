//! Where the directory is, and who the user is.

use std::path::PathBuf;
use std::time::Duration;

/// How to reach the directory. Without a server, discovery finds one. Without a user, the ticket
/// cache has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionOptions {
    /// `--server`: name of the domain controller, as in its certificate and its principal.
    pub server: Option<String>,
    /// `--address`: `host:port` to connect to, if it is not the server's own.
    pub address: Option<String>,
    /// `--gc`: `host:port` of the global catalog.
    pub gc: Option<String>,
    /// `--dns`: address of the DNS server to ask for domain controllers.
    pub dns: Option<String>,
    /// `--ca`: PEM file of the certificate authority to trust.
    pub ca: Option<PathBuf>,
    /// `--tls`
    pub tls: Option<TlsMode>,
    /// `--user` and its password; without it Kerberos with the ticket cache.
    pub user: Option<UserOptions>,
    /// `--timeout`: for the connection, and for each question.
    pub timeout: Option<Duration>,
}

/// How TLS starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// From the first byte (port 636).
    Ldaps,
    /// By an extended operation on port 389 (RFC 4511 section 4.14).
    StartTls,
}

/// A user who binds with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserOptions {
    /// `name@domain` or `DOMAIN\name`.
    pub name: String,
    /// Where the password comes from; never from an argument.
    pub password: PasswordSource,
}

/// Where a password comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// Asked for on the terminal, without echo.
    Prompt,
    /// `--password-stdin`: the first line of standard input.
    Stdin,
    /// `--password-file`: the first line of this file.
    File(PathBuf),
}
