//! The command line as a process of its own, and plans as text for other tools.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::path::PathBuf;
use std::process::{Output, Stdio};

use cucumber::{then, when};
use spnfix::{HandOff, HandedOff};
use spnlab::ArticleOption;
use spnlab_harness::{Role, accounts, hosts};
use tempfile::TempDir;

use super::must;
use crate::world::LabWorld;

/// What a scenario of this concept has seen.
#[derive(Debug, Default)]
pub(crate) struct CommandLineState {
    output: Option<Output>,
    handed: Option<HandedOff>,
    /// Journals, password and CA; they go with the scenario.
    folder: Option<TempDir>,
}

/// `ldapmodify` as the operator: the first line of its input is the password, the rest is LDIF.
const LDAPMODIFY: &str = r#"
read -r password
cache=$(mktemp /tmp/spnlab.XXXXXX)
export KRB5CCNAME="FILE:$cache"
trap 'rm -f "$cache"' EXIT
printf '%s\n' "$password" | kinit spn_operator >/dev/null || exit 96
ldapmodify -Q -Y GSSAPI -H ldap://dc1.contoso.com
"#;

async fn hand_off(world: &mut LabWorld, form: HandOff, option: ArticleOption, host: &str) {
    let handed = {
        let mut engineer = world.engineer().await;
        must(must(engineer.plan(host, option).await).hand_off(form))
    };
    world.command_line.handed = Some(handed);
}

fn handed(world: &LabWorld) -> &HandedOff {
    world.command_line.handed.as_ref().unwrap_or_else(|| panic!("nothing was handed off"))
}

async fn ldapmodify(world: &LabWorld, ldif: &str) {
    let input = format!("{}\n{ldif}", accounts::SPN_OPERATOR.password);
    let command = ["bash", "-c", LDAPMODIFY];
    let ran = world.lab().exec(Role::Client, Some("admin"), &command, Some(input.as_bytes())).await;
    must(must(ran).success(Role::Client, "ldapmodify"));
}

#[when(expr = "the LDIF of option {word} for {string} is loaded by ldapmodify")]
async fn ldif_is_loaded(world: &mut LabWorld, option: ArticleOption, host: String) {
    hand_off(world, HandOff::Ldif, option, &host).await;
    ldapmodify(world, &handed(world).text).await;
}

#[when("the LDIF that undoes it is loaded by ldapmodify")]
async fn undo_is_loaded(world: &mut LabWorld) {
    ldapmodify(world, &handed(world).undo).await;
}

#[when(expr = "the setspn lines of option {word} for {string} are typed on CLIENT")]
async fn lines_are_typed(world: &mut LabWorld, option: ArticleOption, host: String) {
    hand_off(world, HandOff::Setspn, option, &host).await;
    let text = handed(world).text.clone();
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("setspn ")).collect();
    assert!(!lines.is_empty(), "{text}");
    for line in lines {
        // What stops the script is not setspn's.
        let command = line.strip_suffix(" || exit /b 1").unwrap_or_else(|| panic!("{line}"));
        let words: Vec<&str> = command.split_whitespace().collect();
        let ran = must(world.lab().setspn(accounts::SPN_OPERATOR, &words).await);
        assert_eq!(ran.status, 0, "{line}: {}{}", ran.stdout, ran.stderr);
    }
}

#[when(expr = "spnlab runs {string} against the DC by name")]
async fn runs(world: &mut LabWorld, line: String) {
    run(world, &line, accounts::SPN_OPERATOR.password).await;
}

#[when(expr = "spnlab runs {string} against the DC by name with a wrong password")]
async fn runs_with_a_wrong_password(world: &mut LabWorld, line: String) {
    run(world, &line, "not the password").await;
}

async fn run(world: &mut LabWorld, line: &str, password: &str) {
    let folder = world.command_line.folder.take().unwrap_or_else(|| must(TempDir::new()));
    let (ca, secret) = (folder.path().join("ca.pem"), folder.path().join("password"));
    must(std::fs::write(&ca, world.lab().ca_pem()));
    must(std::fs::write(&secret, password));
    let ldaps = format!("127.0.0.1:{}", world.lab().ldaps_port());
    let output = tokio::process::Command::new(program())
        .args(line.split_whitespace().map(|word| word.replace("$LDAPS", &ldaps)))
        .args(["--server", hosts::DC1.fqdn])
        .args(["--address", &ldaps])
        .args(["--gc", &format!("127.0.0.1:{}", world.lab().global_catalog_port())])
        .arg("--ca")
        .arg(&ca)
        .args(["--user", &accounts::SPN_OPERATOR.principal()])
        .arg("--password-file")
        .arg(&secret)
        .env("XDG_STATE_HOME", folder.path())
        .stdin(Stdio::null())
        .output()
        .await;
    world.command_line.output = Some(must(output));
    world.command_line.folder = Some(folder);
}

/// `spnlab` is built beside the program that the scenarios send out to be killed.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(super::safety::killed_fix()).with_file_name("spnlab")
}

fn said(world: &LabWorld) -> (String, Option<i32>) {
    let output = world.command_line.output.as_ref();
    let output = output.unwrap_or_else(|| panic!("spnlab was not run yet"));
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (String::from_utf8_lossy(&text).into_owned(), output.status.code())
}

#[then(expr = "spnlab ends with status {int} and says {string}")]
fn ends_with(world: &mut LabWorld, status: i32, words: String) {
    let (text, code) = said(world);
    assert!(text.contains(&words), "{text}");
    assert_eq!(code, Some(status), "{text}");
}

#[then(expr = "spnlab says {string}")]
fn says(world: &mut LabWorld, words: String) {
    let (text, _) = said(world);
    assert!(text.contains(&words), "{text}");
}
