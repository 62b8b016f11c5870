//! `spnlab connect` and `spnlab shell` at a terminal.

use cucumber::{given, then, when};

use spnlab_harness::Role;

use super::command_line;
use crate::terminal::Terminal;
use crate::world::{LabWorld, must};

/// The end of the prompt.
const PROMPT: &str = " $ ";

fn terminal_of(world: &mut LabWorld) -> &mut Terminal {
    world.terminal.as_mut().unwrap_or_else(|| panic!("no program runs at a terminal"))
}

#[given("the user has a session at a terminal")]
async fn session_at_terminal(world: &mut LabWorld) {
    world.note_session().await;
    // Other runs may have labs of the same name.
    let name = world.lab().identity().session.clone();
    let folder = command_line::folder_of_evidence(world).display().to_string();
    let words = ["connect", "--name", &name, "--evidence", &folder];
    let started = Terminal::start(&command_line::program(), &words);
    world.terminal = Some(must(started));
}

#[given("the user has a shell of the lab at a terminal")]
async fn shell_at_terminal(world: &mut LabWorld) {
    world.note_holders().await;
    let name = world.lab().identity().session.clone();
    let folder = command_line::folder_of_evidence(world);
    // Neither the history nor the evidence is that of another run.
    let state = format!("XDG_STATE_HOME={}", folder.display());
    let evidence = format!("SPNLAB_EVIDENCE={}", folder.display());
    let program = command_line::program().display().to_string();
    let words = [&*state, &evidence, &program, "shell", "--name", &name];
    world.terminal = Some(must(Terminal::start("/usr/bin/env".as_ref(), &words)));
}

#[when(expr = "they type {string} behind {string}")]
async fn behind(world: &mut LabWorld, keys: String, prompt: String) {
    must(terminal_of(world).answer(&prompt, &keys).await);
}

#[then(expr = "the screen shows {string}")]
async fn shows_words(world: &mut LabWorld, words: String) {
    let shown = |terminal: &Terminal| terminal.lines().iter().any(|line| line.contains(&words));
    must(terminal_of(world).until(&format!("{words:?}"), shown).await);
}

#[when(expr = "they type {string} at the prompt")]
async fn at_the_prompt(world: &mut LabWorld, keys: String) {
    must(terminal_of(world).answer(PROMPT, &keys).await);
}

#[when(expr = "they press {string} while {string} is the last line")]
pub(super) async fn meanwhile(world: &mut LabWorld, keys: String, line: String) {
    let terminal = terminal_of(world);
    let is_last = |terminal: &Terminal| terminal.lines().last() == Some(&line);
    must(terminal.until(&format!("{line:?} at its end"), is_last).await);
    must(terminal.press(&keys).await);
}

#[then(expr = "the screen shows {string} above the last line {string}")]
async fn shows_above(world: &mut LabWorld, words: String, line: String) {
    let terminal = terminal_of(world);
    let is_last = |terminal: &Terminal| terminal.lines().last() == Some(&line);
    must(terminal.until(&format!("{line:?} at its end"), is_last).await);
    let shown = terminal.lines().iter().any(|line| line.contains(&words));
    assert!(shown, "the screen does not show {words:?}:\n{terminal:?}");
}

#[then(expr = "the screen shows the line {string}")]
async fn shows(world: &mut LabWorld, line: String) {
    let shown = |terminal: &Terminal| terminal.lines().contains(&line);
    must(terminal_of(world).until(&format!("the line {line:?}"), shown).await);
}

#[then(expr = "the screen shows {string} nowhere")]
async fn shows_nowhere(world: &mut LabWorld, words: String) {
    let terminal = terminal_of(world);
    // When the next prompt is there, all output of the command has come.
    must(terminal.until("a prompt", |terminal| terminal.prompts(PROMPT)).await);
    let found = terminal.lines().iter().any(|line| line.contains(&words));
    assert!(!found, "{terminal:?}");
}

/// The host's own `ps` must say so.
#[then(expr = "{string} runs {string} {int} times on MEM1")]
async fn runs_on_mem1(world: &mut LabWorld, user: String, program: String, times: usize) {
    let ps = ["ps", "-o", "comm=", "-U", &user];
    let ran = must(world.lab().exec(Role::Mem1, None, &ps, None).await);
    let running: Vec<&str> = ran.stdout.lines().filter(|name| *name == program).collect();
    assert_eq!(running.len(), times, "{ran:?}");
}

#[then(expr = "the session ends with status {int}")]
async fn ended(world: &mut LabWorld, status: i32) {
    let ended = must(terminal_of(world).end().await);
    assert_eq!(ended.code(), Some(status), "{:?}", terminal_of(world));
}
