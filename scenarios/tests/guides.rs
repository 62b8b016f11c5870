//! The guides of `docs/`, played: each line of their blocks is typed in a lab of its own, at a
//! terminal of 80 columns. A command ends with 0, or with the status that its comment names
//! (`# exit status 10`). If the guide shows output, the screen must show the same, line by line.
//! `…` on a line of its own stands for any lines. Empty lines do not count. The lab's domain
//! controller runs the Samba that `SPNLAB_SAMBA` names.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use pty_process::Command;
use spnlab_scenarios::{Terminal, samba};
use tempfile::TempDir;

const COLUMNS: NonZeroU16 = NonZeroU16::new(80).unwrap();
/// So many that nothing scrolls.
const ROWS: NonZeroU16 = NonZeroU16::new(300).unwrap();
const OUTSIDE: &str = "$ ";
const CLIENT: &str = "CLIENT> ";
const PROMPTS: [&str; 3] = [OUTSIDE, CLIENT, "[mem1.contoso.com]: /home/trainer> "];
const QUESTION: &str = "Apply this plan? [y/N] ";

/// A line that the reader types, and what the guide shows below it.
struct Step<'a> {
    prompt: &'a str,
    typed: &'a str,
    shown: Vec<&'a str>,
}

fn steps(guide: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut inside = false;
    for line in guide.lines() {
        let typed = PROMPTS.iter().find_map(|prompt| Some((*prompt, line.strip_prefix(prompt)?)));
        match (inside, typed) {
            _ if line.starts_with("```") => {
                assert!(inside || line == "```console", "nothing plays {line}");
                inside = !inside;
            }
            (true, Some((prompt, typed))) => steps.push(Step { prompt, typed, shown: Vec::new() }),
            (true, None) if !line.is_empty() => steps.last_mut().unwrap().shown.push(line),
            _ => {}
        }
    }
    steps
}

/// The status that the guide promises.
fn status(typed: &str) -> i32 {
    typed.split_once("# exit status ").map_or(0, |(_, status)| status.parse().unwrap())
}

fn fits(screen: &[&str], shown: &[&str]) -> bool {
    match (screen, shown) {
        (_, []) => screen.is_empty(),
        (_, ["…", rest @ ..]) => (0..=screen.len()).any(|from| fits(&screen[from..], rest)),
        ([line, below @ ..], [first, rest @ ..]) => line == first && fits(below, rest),
        ([], _) => false,
    }
}

/// The reader's desk: a folder for what spnlab keeps, a lab's name, and the window with CLIENT.
struct Desk {
    folder: TempDir,
    lab: String,
    client: Option<Terminal>,
}

impl Desk {
    /// Types a line. Returns the screen below it, and the exit status if a program has ended.
    async fn play(&mut self, step: &Step<'_>) -> Result<(Vec<String>, Option<i32>), String> {
        if step.prompt != OUTSIDE {
            return self.play_inside(step).await;
        }
        let mut terminal = self.start(step.typed);
        if step.typed == "spnlab shell" {
            terminal.until("a prompt", |terminal| terminal.prompts(CLIENT)).await?;
            let mut screen = terminal.lines();
            screen.pop();
            self.client = Some(terminal);
            return Ok((screen, None));
        }
        for answer in step.shown.iter().filter_map(|line| line.strip_prefix(QUESTION)) {
            terminal.answer(QUESTION, &format!("{answer}<Enter>")).await?;
        }
        let status = terminal.end().await?.code();
        Ok((terminal.lines(), status))
    }

    async fn play_inside(&mut self, step: &Step<'_>) -> Result<(Vec<String>, Option<i32>), String> {
        let mut client = self.client.take().ok_or("no spnlab shell is open")?;
        let wrapped = (step.prompt.len() + step.typed.len()) / usize::from(COLUMNS.get());
        let from = client.lines().len() + wrapped;
        client.answer(step.prompt, &format!("{}<Enter>", step.typed)).await?;
        if step.prompt == CLIENT && step.typed.starts_with("exit") {
            return Ok((Vec::new(), client.end().await?.code()));
        }
        client.until("the next prompt", |terminal| terminal.prompts(">")).await?;
        let mut screen = client.lines();
        screen.pop();
        self.client = Some(client);
        Ok((screen.into_iter().skip(from).collect(), None))
    }

    fn start(&self, line: &str) -> Terminal {
        let up = format!("spnlab up --samba {}", samba().name());
        let line = &line.replace("spnlab up", &up);
        let programs = Path::new(env!("CARGO_BIN_EXE_spnlab-test")).parent().unwrap();
        let command = Command::new("/bin/sh")
            .args(["-c", line])
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .env("SPNLAB_NAME", &self.lab)
            .env("SPNLAB_EVIDENCE", self.folder.path().join("evidence"))
            .env("XDG_STATE_HOME", self.folder.path())
            .current_dir(self.folder.path());
        Terminal::run(command, COLUMNS, ROWS).unwrap()
    }
}

async fn play(desk: &mut Desk, guide: &str) -> Result<(), String> {
    for step in steps(guide) {
        let line = format!("{}{}", step.prompt, step.typed);
        let (screen, ended) = desk.play(&step).await.map_err(|said| format!("{line}\n{said}"))?;
        // A slow lab says so on a line of its own.
        let counts = |line: &&str| !line.is_empty() && !line.starts_with("waiting for ");
        let seen: Vec<&str> = screen.iter().map(String::as_str).filter(counts).collect();
        let (seen_text, shown) = (seen.join("\n"), step.shown.join("\n"));
        if ended.is_some_and(|ended| ended != status(step.typed)) {
            return Err(format!("{line}\nended with {ended:?}:\n{seen_text}"));
        }
        if !shown.is_empty() && !fits(&seen, &step.shown) {
            return Err(format!("{line}\nthe guide:\n{shown}\n\nthe screen:\n{seen_text}"));
        }
    }
    Ok(())
}

async fn play_guide(name: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    let guide = std::fs::read_to_string(file).unwrap();
    let lab = format!("{}-{}", name.trim_end_matches(".md"), std::process::id());
    let mut desk = Desk { folder: TempDir::new().unwrap(), lab, client: None };
    let played = play(&mut desk, &guide).await;
    let removed = desk.start("spnlab down").end().await;
    if let Err(said) = played {
        panic!("docs/{name}: {said}");
    }
    assert!(removed.unwrap().success());
}

#[tokio::test]
async fn the_trainer_guide_shows_what_a_lab_shows() {
    play_guide("trainer-guide.md").await;
}

#[tokio::test]
async fn the_exercises_are_solved_as_they_say() {
    play_guide("exercises.md").await;
}
