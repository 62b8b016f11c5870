//! The program against a server.

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::server::{NAME, Up};

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs it with these arguments, as nobody's user and with no Kerberos but what is in the folder.
pub(crate) async fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_setspn"))
        .args(arguments)
        .env("KRB5_CONFIG", folder.join("krb5.conf"))
        .env("KRB5CCNAME", folder.join("cache"))
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(b"geheim\n").await;
    let output = child.wait_with_output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let status = output.status.code().unwrap_or_else(|| panic!("{}", output.status));
    Ran { status, out: text(output.stdout), err: text(output.stderr) }
}

/// Runs it against a server with a password.
pub(crate) async fn run_at(up: &Up, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &up.ca).unwrap();
    let server = [
        "--server",
        NAME,
        "--address",
        &up.address,
        "--ca",
        ca.to_str().unwrap(),
        "--user",
        "admin@contoso.com",
        "--password-stdin",
    ];
    run(folder.path(), &[arguments, &server].concat()).await
}
