//! Notes what was done: in the lab's log, whoever did it, from whichever terminal, and beside the
//! attempt that it made.

use std::path::Path;
use std::time::SystemTime;

use spnlab_console::{Done, typed};
use spnlab_harness::Lab;
use spnlab_picture::Recorded;
use spnlab_report::commands_of;

use super::quiz::KeptQuiz;
use crate::console::{Console, Work};
use crate::env;

/// Notes that the work in a lab is done, if there is one. A second call notes nothing.
pub(crate) async fn note_done(status: u8, console: &Console) {
    let Some(Work { lab, began, line, seen, kept }) = console.take_work() else { return };
    let words = || std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let line = line.unwrap_or_else(|| typed(words()));
    if let Some(kept) = kept {
        keep_lines(&lab, &line, &kept, seen.as_ref()).await;
    }
    note(&lab, began, line, status, seen).await;
}

/// Notes what was done in a lab.
pub(crate) async fn note(
    lab: &Lab,
    began: SystemTime,
    line: String,
    status: u8,
    seen: Option<Recorded>,
) {
    let (began, time) = (began.into(), SystemTime::now().into());
    let done = Done { time, began, line, who: env::user(), status, seen };
    // What cannot be noted costs a line of the page, and nothing else.
    let _ = done.note(lab.client()).await;
}

/// Writes what was typed since the attempt before beside this one: the lab's log goes with the lab.
/// While a quiz goes on, its folder gets the attempt, too.
async fn keep_lines(lab: &Lab, line: &str, kept: &Path, seen: Option<&Recorded>) {
    let logged = lab.client().logged().await.unwrap_or_default();
    let done: Vec<Done> = logged.lines.iter().filter_map(|line| Done::read(line)).collect();
    let lines = lines_until(&done, line);
    // What cannot be kept costs lines of a report, and nothing else.
    let _ = std::fs::write(commands_of(kept), &lines);
    let identity = lab.identity();
    if let Some(seen) = seen.filter(|_| in_quiz(&done))
        && let Some(quiz) = KeptQuiz::running(&identity.name, &identity.session)
    {
        let _ = quiz.add(seen, &lines);
    }
}

/// The lines since the attempt before, and this one.
fn lines_until(done: &[Done], line: &str) -> String {
    let since = done.iter().rposition(tried).map_or(0, |before| before + 1);
    let lines = done[since..].iter().map(|done| done.line.as_str()).chain([line]);
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Whether it made an attempt. The log does not have those of a quiz: the console would show its
/// secret.
fn tried(done: &Done) -> bool {
    done.seen.is_some() || quiz_action(&done.line).is_some_and(|action| action != "hint")
}

/// Whether a quiz has begun and no reset has ended it.
fn in_quiz(done: &[Done]) -> bool {
    let turns = |done: &&Done| is_reset(&done.line) || quiz_action(&done.line) == Some("");
    done.iter().rev().find(turns).is_some_and(|done| !is_reset(&done.line))
}

fn is_reset(line: &str) -> bool {
    line.split(' ').nth(1) == Some("reset")
}

/// `hint`, `check`, or nothing, if the quiz begins. `None`: it is another verb.
fn quiz_action(line: &str) -> Option<&str> {
    let mut words = line.split(' ').skip(1);
    let is_quiz = words.next() == Some("quiz");
    is_quiz.then(|| words.find(|word| matches!(*word, "hint" | "check")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(line: &str) -> Done {
        let time = SystemTime::UNIX_EPOCH.into();
        let line = format!("spnlab {line}");
        Done { time, began: time, line, who: "ann".to_owned(), status: 0, seen: None }
    }

    #[test]
    fn a_quiz_goes_on_until_a_reset() {
        let is_in = |lines: &[&str]| in_quiz(&lines.iter().copied().map(done).collect::<Vec<_>>());
        assert!(!is_in(&[]) && !is_in(&["up", "break article"]));
        assert!(is_in(&["reset", "quiz --seed", "quiz hint", "setspn -l reset"]));
        assert!(!is_in(&["quiz --level 1", "quiz check", "reset", "quiz hint"]));
    }

    #[test]
    fn the_lines_of_an_attempt_are_those_since_the_one_before() {
        let lines = |before: &[&str]| {
            let before: Vec<Done> = before.iter().copied().map(done).collect();
            lines_until(&before, "spnlab connect")
        };
        assert_eq!(lines(&[]), "spnlab connect\n");
        let broken = "spnlab up\nspnlab break article\nspnlab connect\n";
        assert_eq!(lines(&["up", "break article"]), broken);
        // A quiz makes attempts when it begins and when it checks.
        let hinted = "spnlab quiz hint\nspnlab connect\n";
        assert_eq!(
            lines(&["up", "quiz --seed", "fix --option 1", "quiz check", "quiz hint"]),
            hinted
        );
        assert_eq!(lines(&["up", "quiz --seed", "quiz hint"]), hinted);
        let mut seen = done("connect");
        let recorded =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts/accepted.json");
        seen.seen = Recorded::read(&std::fs::read(recorded).unwrap());
        let lines = lines_until(&[done("up"), seen, done("fix --option 1")], "spnlab browse");
        assert_eq!(lines, "spnlab fix --option 1\nspnlab browse\n");
    }
}
