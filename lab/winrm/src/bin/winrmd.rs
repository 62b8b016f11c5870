//! `winrmd`: a WinRM endpoint with the key of a computer account.

use clap::Parser;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use winrm::server::{Config, run};

/// A WinRM endpoint: Kerberos only, commands run as the caller's own account.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address and port to listen on.
    #[arg(long, default_value = "0.0.0.0:5985")]
    listen: SocketAddr,
    /// Keytab with the computer account's keys.
    #[arg(long, default_value = "/etc/krb5.keytab")]
    keytab: PathBuf,
    /// Principal that may run commands (repeatable).
    #[arg(long, value_name = "PRINCIPAL")]
    allow: Vec<String>,
    /// Accept and send messages in clear, too.
    #[arg(long)]
    allow_unencrypted: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { listen, keytab, allow, allow_unencrypted } = Arguments::parse();
    match run(&Config { listen, keytab, allow, allow_unencrypted }).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "winrmd: {error}");
            ExitCode::FAILURE
        }
    }
}
