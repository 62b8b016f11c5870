//! What a trainer types, and the files that come of it.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::num::NonZeroU16;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;

use cucumber::{given, then, when};
use spnlab_lessons::Condition;
use tokio::process::Command;

use super::command_line::{folder_of_evidence, output, program, spnlab};
use super::prompt::meanwhile;
use crate::terminal::Terminal;
use crate::world::{LabWorld, must};

/// The folder of all that the trainer types in this scenario.
fn folder(world: &mut LabWorld) -> PathBuf {
    match &world.command_line.evidence {
        Some(folder) => folder.path().to_owned(),
        None => folder_of_evidence(world),
    }
}

#[when(expr = "the trainer types {string}")]
async fn types(world: &mut LabWorld, line: String) {
    world.note_holders().await;
    let folder = folder(world);
    let session = world.lab().identity().session.clone();
    let mut command = Command::new(program());
    command
        .args(line.split_whitespace().map(|word| word.replace("$LAB", &session)))
        .current_dir(&folder)
        .env("SPNLAB_EVIDENCE", folder.join("evidence"));
    spnlab(world, command).await;
}

#[given(
    expr = "the trainer plays the demo step by step in this lab on {int} columns and {int} rows"
)]
async fn plays(world: &mut LabWorld, columns: NonZeroU16, rows: NonZeroU16) {
    world.note_session().await;
    let folder = folder(world).display().to_string();
    let evidence = format!("SPNLAB_EVIDENCE={folder}");
    let (program, name) = (program().display().to_string(), world.lab().identity().session.clone());
    let words = [&*evidence, &program, "demo", "--step", "--lab", &name];
    let command = pty_process::Command::new("/usr/bin/env").args(words);
    world.terminal = Some(must(Terminal::run(command, columns, rows)));
}

/// Plays the step twice.
#[then(expr = "the step that waits at {string} has the same stale tickets each time")]
async fn same_tickets(world: &mut LabWorld, line: String) {
    meanwhile(world, String::new(), line.clone()).await;
    let first = must(world.lab().client().ticket_cache().await);
    let again = "[10/10] a key ends, w why, b back, q quit";
    for (keys, line) in [(" ", &*line), ("b", again), ("10<Enter>", "Back to which step? [9]")] {
        meanwhile(world, keys.to_owned(), line.to_owned()).await;
    }
    meanwhile(world, String::new(), line).await;
    let second = must(world.lab().client().ticket_cache().await);
    assert!(!first.is_empty() && first == second, "the KDC issued others");
}

#[then(expr = "only its user can read {string}")]
fn private(world: &mut LabWorld, name: String) {
    let found = must(std::fs::metadata(folder(world).join(&name)));
    assert_eq!(found.permissions().mode() & 0o777, 0o600, "{name}");
    assert!(found.len() > 0, "{name} is empty");
}

#[then(expr = "{string} is a whole page without scripts that says {string}")]
fn page(world: &mut LabWorld, name: String, words: String) {
    let page = must(std::fs::read_to_string(folder(world).join(&name)));
    assert!(page.starts_with("<!") && page.trim_end().ends_with("</html>"), "{name}");
    assert!(page.contains("<svg") && !page.contains("<script"), "{name}");
    assert!(page.contains(&words), "{name} does not say {words}");
}

/// The ticket in the AP-REQ, and whether tshark shows what is sealed in it.
#[then(expr = "the line that spnlab printed for tshark opens the ticket for {string}")]
async fn opens(world: &mut LabWorld, spn: String) {
    let printed = output(world).stderr.lines().map(str::trim);
    let line = printed.into_iter().find(|line| line.starts_with("tshark "));
    let line = line.unwrap_or_else(|| panic!("{:?}", output(world))).to_owned();
    let fields =
        "-T fields -E separator=' ' -e kerberos.SNameString -e kerberos.encTicketPart_element";
    let ask = format!("{line} {fields}");
    let mut shell = Command::new("sh");
    let ran = shell.args(["-c", &ask]).current_dir(folder(world)).stdin(Stdio::null()).output();
    let ran = must(ran.await);
    assert!(ran.status.success(), "{ask}: {}", String::from_utf8_lossy(&ran.stderr));
    let opened = format!("{} 1", spn.replace('/', ","));
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(said.lines().any(|line| line.starts_with(&opened)), "{ask}\n{said}");
}

#[then("a line of spnlab begins with each condition")]
fn lists_all(world: &mut LabWorld) {
    let listed: Vec<&str> = output(world)
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(listed, Condition::ALL.map(Condition::word));
}

#[then("spnlab tells of no condition")]
fn tells_none(world: &mut LabWorld) {
    let said = format!("{}{}", output(world).stdout, output(world).stderr);
    let is_told = |word: &&str| said.split_whitespace().any(|said| said == *word);
    let told: Vec<&str> = Condition::ALL.map(Condition::word).into_iter().filter(is_told).collect();
    assert!(told.is_empty(), "{told:?}: {said}");
}
