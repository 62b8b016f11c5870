//! Runs the examples: on this machine over LDAPS, or in CLIENT with a ticket.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use spnlab_harness::{Account, ExecOutput, Lab, Role, accounts, hosts};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// The folder of the host's programs in CLIENT. It is the only one from which CLIENT runs programs
/// that are not in its image.
const IN_CLIENT: &str = "/usr/lib/spnlab/bin";

/// Runs in CLIENT as its user: `$1` with the other arguments, and with a ticket of the operator.
/// The first line of standard input is the password. The rest is for the program.
const WITH_TICKET: &str = r#"
read -r password
cache=$(mktemp /tmp/spnlab.XXXXXX)
export KRB5CCNAME="FILE:$cache"
trap 'rm -f "$cache"' EXIT
printf '%s\n' "$password" | kinit spn_operator >/dev/null || exit 96
"$@"
"#;

/// The file of an example. `cargo build --workspace --examples` makes it.
pub(crate) fn file(example: &str) -> PathBuf {
    let programs = Path::new(env!("CARGO_BIN_EXE_spnlab-test")).parent().unwrap();
    let file = programs.join("examples").join(example);
    assert!(file.is_file(), "{} is missing: cargo build --workspace --examples", file.display());
    file
}

/// Runs an example on this machine as the operator, with the password in a file.
pub(crate) async fn here(lab: &Lab, example: &str, words: &[&str], input: &str) -> ExecOutput {
    as_account(lab, accounts::SPN_OPERATOR, example, words, input).await
}

/// As [`here`], as another account.
pub(crate) async fn as_account(
    lab: &Lab,
    account: Account,
    example: &str,
    words: &[&str],
    input: &str,
) -> ExecOutput {
    let folder = TempDir::new().unwrap();
    let (ca, password) = (folder.path().join("ca.pem"), folder.path().join("password"));
    std::fs::write(&ca, lab.ca_pem()).unwrap();
    std::fs::write(&password, account.password).unwrap();
    let dc = lab.dc1();
    let mut command = Command::new(file(example));
    command
        .args(words)
        .args(["--server", hosts::DC1.fqdn])
        .args(["--address", &format!("127.0.0.1:{}", dc.ldaps_port())])
        .args(["--gc", &format!("127.0.0.1:{}", dc.global_catalog_port())])
        .arg("--ca")
        .arg(&ca)
        .args(["--user", &account.principal()])
        .arg("--password-file")
        .arg(&password);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Most examples read nothing, and may have ended before.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let ended = child.wait_with_output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    ExecOutput {
        status: ended.status.code().map_or(-1, i64::from),
        stdout: text(ended.stdout),
        stderr: text(ended.stderr),
    }
}

/// Runs an example in CLIENT with a ticket of the operator and no option at all: DNS and the
/// ticket say where the directory is.
pub(crate) async fn with_ticket(lab: &Lab, example: &str, words: &[&str]) -> ExecOutput {
    let program = format!("{IN_CLIENT}/{example}");
    let copy = ["sh", "-c", "cat >\"$1\" && chmod 755 \"$1\"", "copy", &program];
    let contents = std::fs::read(file(example)).unwrap();
    let copied = lab.exec(Role::Client, None, &copy, Some(&contents)).await.unwrap();
    copied.success(Role::Client, "cat").unwrap();
    in_client(lab, &[&[program.as_str()], words].concat(), "").await
}

/// Lets `ldapmodify` load LDIF as the operator.
pub(crate) async fn ldapmodify(lab: &Lab, ldif: &str) {
    let command = ["ldapmodify", "-Q", "-Y", "GSSAPI", "-H", "ldap://dc1.contoso.com"];
    in_client(lab, &command, ldif).await.success(Role::Client, "ldapmodify").unwrap();
}

async fn in_client(lab: &Lab, command: &[&str], input: &str) -> ExecOutput {
    let command = [&["bash", "-c", WITH_TICKET, "with-ticket"], command].concat();
    let input = format!("{}\n{input}", accounts::SPN_OPERATOR.password);
    lab.exec(Role::Client, Some("admin"), &command, Some(input.as_bytes())).await.unwrap()
}
