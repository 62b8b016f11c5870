//! Runs `hostname` with winrm-rs and prints what it prints, as it is. Arguments:
//! `https` (over TLS), then `any-certificate` (it cannot be told
//! a CA of one's own).

use winrm_rs::{AuthMethod, WinrmClient, WinrmConfig, WinrmCredentials};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let tls = std::env::args().nth(1).as_deref() == Some("https");
    let config = WinrmConfig {
        port: if tls { 5986 } else { 5985 },
        use_tls: tls,
        accept_invalid_certs: std::env::args().nth(2).as_deref() == Some("any-certificate"),
        auth_method: AuthMethod::Kerberos,
        ..WinrmConfig::default()
    };
    // The ticket is in the credential cache.
    let client = WinrmClient::new(config, WinrmCredentials::new("", "", ""));
    let answer = match client {
        Ok(client) => client.run_command("mem1.contoso.com", "hostname", &[]).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(output) => println!(
            "exit {} {} {}",
            output.exit_code,
            String::from_utf8_lossy(&output.stdout).trim(),
            String::from_utf8_lossy(&output.stderr).trim()
        ),
        // Its text alone does not say why a connection failed.
        Err(error) => println!("{error}\n{error:?}"),
    }
}
