//! The command line in a process of its own, and plans as text for other tools.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::path::PathBuf;
use std::process::Stdio;

use cucumber::gherkin::Step;
use cucumber::{then, when};
use spnfix::{HandOff, HandedOff};
use spnlab_engineer::ArticleOption;
use spnlab_harness::wire::{self, Body};
use spnlab_harness::{ExecOutput, Role, accounts, hosts};
use tempfile::TempDir;

use super::directory::account;
use super::setspn;
use crate::world::{LabWorld, must};

/// Runs `ldapmodify` as the operator. The first line of its input is the password, the rest is
/// LDIF.
const LDAPMODIFY: &str = r#"
read -r password
cache=$(mktemp /tmp/spnlab.XXXXXX)
export KRB5CCNAME="FILE:$cache"
trap 'rm -f "$cache"' EXIT
printf '%s\n' "$password" | kinit spn_operator >/dev/null || exit 96
ldapmodify -Q -Y GSSAPI -H ldap://dc1.contoso.com
"#;

async fn hand_off(world: &mut LabWorld, form: HandOff, option: ArticleOption, host: &str) {
    world.note_holders().await;
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
    world.note_holders().await;
    let dn = account(&name).dn;
    let ldif = format!("dn: {dn}\nchangetype: modify\nreplace: description\ndescription: x\n");
    world.replication.answer = Some(ldapmodify_says(world, &ldif).await);
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
        // The rest of the line stops the script. It is not part of setspn's command.
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
    world.note_holders().await;
    let folder = must(TempDir::new());
    let (ca, secret) = (folder.path().join("ca.pem"), folder.path().join("password"));
    must(std::fs::write(&ca, world.lab().ca_pem()));
    must(std::fs::write(&secret, password));
    let ldaps = format!("127.0.0.1:{}", world.lab().dc1().ldaps_port());
    let mut command = tokio::process::Command::new(program());
    command
        .args(line.split_whitespace().map(|word| word.replace("$LDAPS", &ldaps)))
        .args(["--server", hosts::DC1.fqdn])
        .args(["--address", &ldaps])
        .args(["--gc", &format!("127.0.0.1:{}", world.lab().dc1().global_catalog_port())])
        .arg("--ca")
        .arg(&ca)
        .args(["--user", &accounts::SPN_OPERATOR.principal()])
        .arg("--password-file")
        .arg(&secret);
    spnlab(world, command).await;
}

#[when("these lines are given to spnlab shell")]
async fn lines_for_the_shell(world: &mut LabWorld, step: &Step) {
    world.note_holders().await;
    let lines = step.docstring.as_deref().unwrap_or_default();
    let file = folder_of_evidence(world).join("lines");
    must(std::fs::write(&file, format!("{}\n", lines.trim())));
    let mut command = tokio::process::Command::new(program());
    command.args(["shell", "--name", &world.lab().identity().session]);
    command.env("SPNLAB_EVIDENCE", file.with_file_name("evidence"));
    spnlab_reading(world, command, must(std::fs::File::open(&file)).into()).await;
}

/// Runs spnlab to its end and keeps its output.
pub(super) async fn spnlab(world: &mut LabWorld, command: tokio::process::Command) {
    spnlab_reading(world, command, Stdio::null()).await;
}

/// As [`spnlab`], with this standard input.
async fn spnlab_reading(world: &mut LabWorld, mut command: tokio::process::Command, stdin: Stdio) {
    command.env("XDG_STATE_HOME", world.evidence.journals()).stdin(stdin);
    let ran = must(command.output().await);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    // A program that ended by a signal has no status.
    let status = ran.status.code().map_or(-1, i64::from);
    let output = ExecOutput { status, stdout: text(ran.stdout), stderr: text(ran.stderr) };
    let words = command.as_std().get_args().map(|word| format!(" {}", word.to_string_lossy()));
    world.evidence.said("spnlab", &format!("spnlab{}", words.collect::<String>()), &output);
    world.command_line.output = Some(output);
}

/// Runs on MEM1: accepts connections at WinRM's port and answers nothing. Prints its process id
/// when it listens.
const SILENT: &str = r#"
use Socket;
socket my $listener, PF_INET, SOCK_STREAM, 0 or die "socket: $!\n";
setsockopt $listener, SOL_SOCKET, SO_REUSEADDR, 1;
bind $listener, pack_sockaddr_in(5985, INADDR_ANY) or die "bind: $!\n";
listen $listener, 9 or die "listen: $!\n";
my $child = fork // die "fork: $!\n";
print "$child\n" and exit if $child;
open $_, '+<', '/dev/null' for *STDIN, *STDOUT, *STDERR;
my @silent;
accept $silent[@silent], $listener while 1;
"#;

#[when(expr = "the command line connects to {string} while every process of MEM1 is stopped")]
async fn connects_to_stopped(world: &mut LabWorld, host: String) {
    must(world.lab().pause(Role::Mem1).await);
    connect(world, &host).await;
    must(world.lab().unpause(Role::Mem1).await);
}

#[when(
    expr = "the command line connects to {string} while a program listens there and says nothing"
)]
async fn connects_to_silent(world: &mut LabWorld, host: String) {
    must(world.lab().mem1().end_winrm().await);
    let silent = must(world.lab().exec(Role::Mem1, None, &["perl", "-e", SILENT], None).await);
    let process = must(silent.success(Role::Mem1, "perl"));
    connect(world, &host).await;
    let end = ["sh", "-c", "kill \"$1\"", "end", process.trim()];
    must(must(world.lab().exec(Role::Mem1, None, &end, None).await).success(Role::Mem1, "kill"));
}

async fn connect(world: &mut LabWorld, host: &str) {
    world.note_holders().await;
    let folder = folder_of_evidence(world);
    let mut command = tokio::process::Command::new(program());
    command
        .args(["connect", host, "--name", &world.lab().identity().session, "--evidence"])
        .arg(folder);
    spnlab(world, command).await;
}

/// The folder in which `spnlab connect` keeps its evidence in this scenario.
pub(crate) fn folder_of_evidence(world: &mut LabWorld) -> PathBuf {
    world.command_line.evidence.insert(must(TempDir::new())).path().to_owned()
}

#[then("its evidence has the ticket that was presented, and no answer")]
fn evidence_of_silence(world: &mut LabWorld) {
    let folder = world.command_line.evidence.as_ref();
    let folder = folder.unwrap_or_else(|| panic!("spnlab has not connected yet")).path();
    let capture = must(wire::decode(&must(std::fs::read(folder.join("connect.pcap")))));
    let last = capture.messages.last().map(|message| &message.body);
    assert!(matches!(last, Some(Body::ApReq(_))), "{capture}");
    let kept = must(std::fs::read_to_string(folder.join("connect.json")));
    let kept: serde_json::Value = must(serde_json::from_str(&kept));
    assert_eq!(kept["outcome"]["ap"], "unanswered");
}

/// `spnlab` stands beside this program.
pub(crate) fn program() -> PathBuf {
    must(std::env::current_exe()).with_file_name("spnlab")
}

pub(super) fn output(world: &LabWorld) -> &ExecOutput {
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

#[then(expr = "spnlab ends with status {int} and prints nothing")]
fn ends_silently(world: &mut LabWorld, status: i64) {
    let output = output(world);
    let is_silent = output.stdout.is_empty() && output.stderr.is_empty();
    assert!(output.status == status && is_silent, "{output:?}");
}
