//! How to name an external directory: one that is not a lab's.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use spnfix::connect::{ConnectionOptions, PasswordSource, TlsMode, UserOptions};
use spnfix::{ClientProfile, ServiceClass};

/// Another domain controller of the same domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlsoDc {
    /// Its name, as in its certificate and its principal.
    pub(crate) server: String,
    /// Where to connect to, if not to its own address.
    pub(crate) address: Option<String>,
}

impl FromStr for AlsoDc {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (server, address) = match text.split_once('=') {
            Some((server, address)) => (server, Some(address)),
            None => (text, None),
        };
        let port = address.map(|address| address.rsplit_once(':').map(|(_, port)| port));
        let is_port = |port: &str| matches!(port.parse::<u16>(), Ok(1..));
        if server.is_empty() || port.is_some_and(|port| !port.is_some_and(is_port)) {
            return Err("it is the name of a domain controller, or NAME=HOST:PORT".to_owned());
        }
        Ok(Self { server: server.to_owned(), address: address.map(str::to_owned) })
    }
}

pub(super) const EXTERNAL: &str = "External directory";

/// An external directory. All of these options need `--server`.
#[derive(Debug, Args)]
#[command(next_help_heading = EXTERNAL)]
pub(crate) struct ExternalDirectory {
    /// Name of a domain controller, as in its certificate and its principal: work on its domain,
    /// not on a lab
    #[arg(long, value_name = "NAME", conflicts_with = "name")]
    pub(crate) server: Option<String>,
    /// Where to connect to, if not to the server's own address
    #[arg(long, value_name = "HOST:PORT", requires = "server")]
    address: Option<String>,
    /// Global catalog, if not on the server's own port
    #[arg(long, value_name = "HOST:PORT", requires = "server")]
    gc: Option<String>,
    /// Search the server's domain only, not the whole forest
    #[arg(long, requires = "server", conflicts_with = "gc")]
    pub(crate) domain_only: bool,
    /// Certificate authority to trust, a PEM file
    #[arg(long, value_name = "FILE", requires = "server")]
    ca: Option<PathBuf>,
    /// How TLS begins; without it and without --user, LDAP is sealed by Kerberos
    #[arg(long, value_name = "MODE", requires = "server")]
    tls: Option<Tls>,
    /// Who asks, name@domain; without it, the owner of the Kerberos ticket cache
    #[arg(long, value_name = "NAME", requires = "server")]
    user: Option<String>,
    /// The password is the first line of this file; without it, the terminal asks
    #[arg(long, value_name = "FILE", requires = "user", conflicts_with = "password_stdin")]
    password_file: Option<PathBuf>,
    /// The password is the first line of standard input
    #[arg(long, requires = "user")]
    password_stdin: bool,
    /// Time limit for the connection and for each question, in seconds
    #[arg(long, value_name = "SECONDS", requires = "server", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: Option<u64>,
}

/// A word of a shell, in quotes if it needs them.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// How TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    /// From the first byte, port 636
    Ldaps,
    /// By an extended operation on port 389
    Starttls,
}

/// How the client asks.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Client")]
pub(crate) struct ClientOptions {
    /// The client's registry value spn_prefix, if set: WSMAN, HOST (a lab's CLIENT is asked itself)
    #[arg(long, value_name = "CLASS", requires = "server")]
    pub(crate) spn_prefix: Option<ServiceClass>,
    /// The client includes this port in the SPN; option 2 registers names with it. 5985 is HTTP,
    /// 5986 is HTTPS
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) spn_port: Option<u16>,
    /// The client takes no session options, as event forwarding does not: option 2 is out
    #[arg(long, conflicts_with = "spn_port")]
    pub(crate) no_session_options: bool,
}

impl ClientOptions {
    /// The profile of such a client.
    pub(crate) fn profile(&self) -> ClientProfile {
        ClientProfile {
            spn_prefix: self.spn_prefix.clone(),
            include_port: self.spn_port,
            no_session_options: self.no_session_options,
        }
    }
}

impl ExternalDirectory {
    /// The options as typed, for another command on the same directory. Without `--password-stdin`:
    /// the user decides anew where the password comes from.
    pub(crate) fn typed(&self) -> String {
        let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let tls = self.tls.and_then(|tls| tls.to_possible_value());
        let mut words = Vec::new();
        for (option, value) in [
            ("--server", self.server.clone()),
            ("--address", self.address.clone()),
            ("--gc", self.gc.clone()),
            ("--ca", text(&self.ca)),
            ("--tls", tls.map(|tls| tls.get_name().to_owned())),
            ("--user", self.user.clone()),
            ("--password-file", text(&self.password_file)),
        ] {
            words.extend(value.map(|value| format!("{option} {}", quoted(&value))));
        }
        if self.domain_only {
            words.push("--domain-only".to_owned());
        }
        words.join(" ")
    }

    /// The options as the fix library takes them.
    pub(crate) fn connection(&self) -> ConnectionOptions {
        let password = match (&self.password_file, self.password_stdin) {
            (Some(file), _) => PasswordSource::File(file.clone()),
            (None, true) => PasswordSource::Stdin,
            (None, false) => PasswordSource::Prompt,
        };
        ConnectionOptions {
            server: self.server.clone(),
            address: self.address.clone(),
            gc: self.gc.clone(),
            dns: None,
            ca: self.ca.clone(),
            tls: self.tls.map(|tls| match tls {
                Tls::Ldaps => TlsMode::Ldaps,
                Tls::Starttls => TlsMode::StartTls,
            }),
            user: self.user.clone().map(|name| UserOptions { name, password }),
            timeout: self.timeout.map(Duration::from_secs),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::AlsoDc;
    use crate::cli::{Cli, Rollback, Verb};

    #[test]
    fn the_way_back_goes_to_the_same_place() {
        let line = "spnlab rollback --server dc1.contoso.com --address 127.0.0.1:636 --tls ldaps --user \
                    x@contoso.com --password-stdin --domain-only";
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.extend(["--ca", "/tmp/it's a.pem"]);
        let Verb::Rollback(Rollback { external, .. }) = Cli::parse_from(words).verb else {
            panic!()
        };
        assert_eq!(
            external.typed(),
            r"--server dc1.contoso.com --address 127.0.0.1:636 --ca '/tmp/it'\''s a.pem' --tls ldaps --user x@contoso.com --domain-only"
        );
    }

    #[test]
    fn another_domain_controller_is_a_name_with_or_without_an_address() {
        let named = |server: &str, address: Option<&str>| AlsoDc {
            server: server.to_owned(),
            address: address.map(str::to_owned),
        };
        for (text, expected) in [
            ("dc2.contoso.com", named("dc2.contoso.com", None)),
            ("dc2=127.0.0.1:636", named("dc2", Some("127.0.0.1:636"))),
            ("dc2=[::1]:636", named("dc2", Some("[::1]:636"))),
        ] {
            assert_eq!(text.parse(), Ok(expected));
        }
        for bad in ["", "=127.0.0.1:636", "dc2=", "dc2=127.0.0.1", "dc2=x:0", "dc2=x:65536"] {
            assert!(bad.parse::<AlsoDc>().is_err(), "{bad}");
        }
        let line = ["spnlab", "fix", "--option", "1", "--also-dc", "dc2"];
        assert!(Cli::try_parse_from(line).is_err(), "only with --server");
    }
}
