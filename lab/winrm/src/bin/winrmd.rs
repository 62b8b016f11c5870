//! `winrmd`: a WinRM endpoint with the key of a computer account.

use clap::{Parser, ValueEnum};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use winrm::kerberos::Sid;
use winrm::server::{
    CbtHardeningLevel, Config, Limits, Registration, Timeouts, TlsConfig, run, runtime, spawner,
};

/// A WinRM endpoint: Kerberos only, commands run as the caller's own account.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:5985")]
    listen: SocketAddr,
    /// Address and port to listen on with TLS, usually port 5986.
    #[arg(long, value_name = "ADDR", requires_all = ["tls_cert", "tls_key"])]
    listen_tls: Option<SocketAddr>,
    /// The certificate and its chain, PEM.
    #[arg(long, value_name = "FILE", requires = "listen_tls")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(long, value_name = "FILE", requires = "listen_tls")]
    tls_key: Option<PathBuf>,
    /// What a client's channel bindings over TLS must be (CbtHardeningLevel).
    #[arg(long, value_name = "LEVEL", default_value = "relaxed")]
    channel_binding: HardeningLevel,
    /// Keytab with the computer account's keys.
    #[arg(long, value_name = "FILE", default_value = "/etc/krb5.keytab")]
    keytab: PathBuf,
    /// Principal that may run commands (repeatable).
    #[arg(long, value_name = "PRINCIPAL")]
    allow: Vec<String>,
    /// Group whose members may run commands, as the ticket's PAC names them (repeatable).
    #[arg(long, value_name = "SID")]
    allow_group: Vec<Sid>,
    /// Accept and send messages in clear without TLS, too.
    #[arg(long)]
    allow_unencrypted: bool,
    /// Register WSMAN/HOST on the computer account when the service starts, as Windows does; in
    /// this directory, such as ldap://dc1.contoso.com. Needs ldapsearch and ldapmodify with GSSAPI.
    #[arg(long, value_name = "URL")]
    register_spns: Option<String>,
    /// The computer account to register on; without it, the host's name in capitals and a `$`.
    #[arg(long, value_name = "NAME", requires = "register_spns")]
    computer_account: Option<String>,
    #[command(flatten)]
    limits: LimitArguments,
}

/// How much a client may use.
#[derive(Debug, clap::Args)]
struct LimitArguments {
    /// The largest envelope in kB of 1024 bytes.
    #[arg(long, value_name = "KB", default_value_t = 500, value_parser = clap::value_parser!(u32).range(32..=8192))]
    max_envelope_size_kb: u32,
    /// Connections of users who have authenticated, at one time; strangers have as many on each
    /// port.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    max_connections: u32,
    /// Shells of one user.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=4096))]
    max_shells_per_user: u32,
    /// Processes of one account.
    #[arg(long, value_name = "N", default_value_t = 1024)]
    max_processes: u64,
    /// How long a shell may exist, in use or not.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    max_lifetime: u64,
    /// How long a shell may be idle if its client names no time-out.
    #[arg(long, value_name = "SECONDS", default_value_t = 7200)]
    shell_idle_timeout: u64,
    /// How long a connection may be idle.
    #[arg(long, value_name = "SECONDS", default_value_t = 150)]
    idle_timeout: u64,
    /// How long the head of a request may take. For strangers it begins with the connection.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    head_timeout: u64,
    /// How long the body of a request may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    body_timeout: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum HardeningLevel {
    /// Ignored.
    None,
    /// Right, or missing.
    Relaxed,
    /// Right.
    Strict,
}

impl Arguments {
    fn config(self) -> Config {
        let hardening = match self.channel_binding {
            HardeningLevel::None => CbtHardeningLevel::None,
            HardeningLevel::Relaxed => CbtHardeningLevel::Relaxed,
            HardeningLevel::Strict => CbtHardeningLevel::Strict,
        };
        let tls = match (self.listen_tls, self.tls_cert, self.tls_key) {
            (Some(listen), Some(certificate), Some(key)) => {
                Some(TlsConfig { listen, certificate, key, hardening })
            }
            _ => None,
        };
        let account = self.computer_account.unwrap_or_else(computer_account);
        let keytab = self.keytab.clone();
        let registration =
            self.register_spns.map(|directory| Registration { directory, account, keytab });
        Config {
            registration,
            listen: self.listen,
            tls,
            keytab: self.keytab,
            allow: self.allow,
            allow_groups: self.allow_group,
            allow_unencrypted: self.allow_unencrypted,
            limits: self.limits.limits(),
            timeouts: self.limits.timeouts(),
        }
    }
}

fn computer_account() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim().split('.').next().unwrap_or_default();
    format!("{}$", name.to_ascii_uppercase())
}

impl LimitArguments {
    fn limits(&self) -> Limits {
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let shells_per_principal = size(self.max_shells_per_user);
        let default = Limits::default();
        Limits {
            envelope: size(self.max_envelope_size_kb) * 1024,
            connections: size(self.max_connections),
            shells_per_principal,
            // Ten users with all their shells, and two commands in each.
            shells: 10 * shells_per_principal,
            commands_per_principal: 2 * shells_per_principal,
            commands: 20 * shells_per_principal,
            processes: self.max_processes,
            lifetime: Duration::from_secs(self.max_lifetime),
            idle: Duration::from_secs(self.shell_idle_timeout),
            ..default
        }
    }

    fn timeouts(&self) -> Timeouts {
        Timeouts {
            idle: Duration::from_secs(self.idle_timeout),
            head: Duration::from_secs(self.head_timeout),
            body: Duration::from_secs(self.body_timeout),
            ..Timeouts::default()
        }
    }
}

fn main() -> ExitCode {
    if spawner::is_spawner_process() {
        return match spawner::run_spawner() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error.to_string()),
        };
    }
    let config = Arguments::parse().config();
    // It runs on a worker of the runtime. So a connection that it accepts continues there, and no
    // other thread must wake up.
    let served = runtime().map(|runtime| {
        let service = runtime.spawn(async move { run(&config).await });
        runtime.block_on(service)
    });
    match served {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) => failed(&error.to_string()),
        Ok(Err(error)) => failed(&error.to_string()),
        Err(error) => failed(&error.to_string()),
    }
}

fn failed(said: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "winrmd: {said}");
    ExitCode::FAILURE
}
