//! The command line as a process of its own, and plans as text for other tools.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::path::PathBuf;
use std::process::Stdio;

use cucumber::{then, when};
use spnfix::{HandOff, HandedOff};
use spnlab::ArticleOption;
use spnlab_harness::{ExecOutput, Role, accounts, hosts};
use tempfile::TempDir;

use super::directory::account;
use super::{must, setspn};
use crate::world::LabWorld;

/// What a scenario of this concept has seen.
#[derive(Debug, Default)]
pub(crate) struct CommandLineState {
    output: Option<ExecOutput>,
    handed: Option<HandedOff>,
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
    world.note_spns().await;
    let plan = must(world.engineer().await.plan(host, option).await);
    world.evidence.planned(&plan);
    world.command_line.handed = Some(must(plan.hand_off(form)));
}

fn handed(world: &LabWorld) -> &HandedOff {
    world.command_line.handed.as_ref().unwrap_or_else(|| panic!("nothing was handed off"))
}

async fn ldapmodify(world: &mut LabWorld, ldif: &str) {
    must(ldapmodify_says(world, ldif).await.success(Role::Client, "ldapmodify"));
}

async fn ldapmodify_says(world: &mut LabWorld, ldif: &str) -> ExecOutput {
    let input = format!("{}\n{ldif}", accounts::SPN_OPERATOR.password);
    let command = ["bash", "-c", LDAPMODIFY];
    let ran = world.lab().exec(Role::Client, Some("admin"), &command, Some(input.as_bytes())).await;
    let ran = must(ran);
    world.evidence.said("ldapmodify", &format!("ldapmodify, with\n{ldif}"), &ran);
    ran
}

#[when(expr = "\"spn_operator\" writes the description of {string} over LDAP")]
async fn writes_description(world: &mut LabWorld, name: String) {
    world.note_spns().await;
    let dn = account(&name).dn;
    let ldif = format!("dn: {dn}\nchangetype: modify\nreplace: description\ndescription: x\n");
    world.replication.refusal = Some(ldapmodify_says(world, &ldif).await);
}

#[when(expr = "the LDIF of option {word} for {string} is loaded by ldapmodify")]
async fn ldif_is_loaded(world: &mut LabWorld, option: ArticleOption, host: String) {
    hand_off(world, HandOff::Ldif, option, &host).await;
    let ldif = handed(world).text.clone();
    ldapmodify(world, &ldif).await;
}

#[when("the LDIF that undoes it is loaded by ldapmodify")]
async fn undo_is_loaded(world: &mut LabWorld) {
    let ldif = handed(world).undo.clone();
    ldapmodify(world, &ldif).await;
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
        let ran = setspn::run(world, accounts::SPN_OPERATOR, command).await;
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
    world.note_spns().await;
    let folder = must(TempDir::new());
    let (ca, secret) = (folder.path().join("ca.pem"), folder.path().join("password"));
    must(std::fs::write(&ca, world.lab().ca_pem()));
    must(std::fs::write(&secret, password));
    let ldaps = format!("127.0.0.1:{}", world.lab().ldaps_port());
    let mut command = tokio::process::Command::new(program());
    command
        .args(line.split_whitespace().map(|word| word.replace("$LDAPS", &ldaps)))
        .args(["--server", hosts::DC1.fqdn])
        .args(["--address", &ldaps])
        .args(["--gc", &format!("127.0.0.1:{}", world.lab().global_catalog_port())])
        .arg("--ca")
        .arg(&ca)
        .args(["--user", &accounts::SPN_OPERATOR.principal()])
        .arg("--password-file")
        .arg(&secret)
        .env("XDG_STATE_HOME", world.evidence.journals())
        .stdin(Stdio::null());
    let ran = must(command.output().await);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    // Killed by a signal, it has no status.
    let status = ran.status.code().map_or(-1, i64::from);
    let output = ExecOutput { status, stdout: text(ran.stdout), stderr: text(ran.stderr) };
    let words = command.as_std().get_args().map(|word| format!(" {}", word.to_string_lossy()));
    world.evidence.said("spnlab", &format!("spnlab{}", words.collect::<String>()), &output);
    world.command_line.output = Some(output);
}

/// `spnlab` is built beside the program that the scenarios send out to be killed.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(super::safety::killed_fix()).with_file_name("spnlab")
}

fn output(world: &LabWorld) -> &ExecOutput {
    world.command_line.output.as_ref().unwrap_or_else(|| panic!("spnlab was not run yet"))
}

#[then(expr = "spnlab ends with status {int} and says {string}")]
fn ends_with(world: &mut LabWorld, status: i64, words: String) {
    says(world, words);
    let output = output(world);
    assert_eq!(output.status, status, "{output:?}");
}

#[then(expr = "spnlab says {string}")]
fn says(world: &mut LabWorld, words: String) {
    let ExecOutput { stdout, stderr, .. } = output(world);
    let text = format!("{stdout}{stderr}");
    assert!(text.contains(&words), "{text}");
}
