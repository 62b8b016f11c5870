//! `spnlab connect` with a person at the terminal.

use cucumber::{given, then, when};

use super::{command_line, must};
use crate::terminal::Terminal;
use crate::world::LabWorld;

/// How the prompt ends.
const PROMPT: &str = " $ ";

fn terminal_of(world: &mut LabWorld) -> &mut Terminal {
    world.terminal.as_mut().unwrap_or_else(|| panic!("nobody sits at a terminal"))
}

#[given("the administrator has a session at a terminal")]
async fn sits_down(world: &mut LabWorld) {
    world.note_session().await;
    // Labs of other runs may have the same name.
    let name = world.lab().identity().session.clone();
    let started = Terminal::start(&command_line::program(), &["connect", "--name", &name]);
    world.terminal = Some(must(started));
}

#[when(expr = "they type {string} at the prompt")]
async fn at_the_prompt(world: &mut LabWorld, keys: String) {
    must(terminal_of(world).answer(PROMPT, &keys).await);
}

#[when(expr = "they press {string} while {string} is the last line")]
async fn meanwhile(world: &mut LabWorld, keys: String, line: String) {
    let terminal = terminal_of(world);
    let is_last = |terminal: &Terminal| terminal.lines().last() == Some(&line);
    must(terminal.until(&format!("{line:?} at its end"), is_last).await);
    must(terminal.press(&keys).await);
}

#[then(expr = "the screen shows the line {string}")]
async fn shows(world: &mut LabWorld, line: String) {
    let shown = |terminal: &Terminal| terminal.lines().contains(&line);
    must(terminal_of(world).until(&format!("the line {line:?}"), shown).await);
}

#[then(expr = "the screen shows {string} nowhere")]
async fn shows_nowhere(world: &mut LabWorld, words: String) {
    let terminal = terminal_of(world);
    // With the next prompt, all that the command printed has come.
    must(terminal.until("a prompt", |terminal| terminal.prompts(PROMPT)).await);
    let found = terminal.lines().iter().any(|line| line.contains(&words));
    assert!(!found, "{terminal:?}");
}

#[then(expr = "the session ends with status {int}")]
async fn ended(world: &mut LabWorld, status: i32) {
    let ended = must(terminal_of(world).end().await);
    assert_eq!(ended.code(), Some(status), "{:?}", terminal_of(world));
}
