//! A prompt on CLIENT that takes the lines of Microsoft's article as they are typed on Windows.
//!
//! Windows' words and forms stand over the real thing: the setspn of the lab, CLIENT's registry,
//! tickets that CLIENT keeps, and connections that the judge observes.
//!
//! Uses: console, env, exit_status, failure, prompt, reader, show, state, typed.

// The rooms, lowest first.
mod lexer;

mod parameters;

mod cmdlets;

mod known;

mod registry;

mod tickets;

mod remote;

mod line;

mod complete;

mod unix;

mod run;

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use spnlab_harness::Lab;

use crate::console::{BOLD, Console};
use crate::env;
use crate::failure::Failure;
use crate::reader::{Reader, Typed, on_a_terminal};
use crate::state::note_done;
use line::Line;

pub(crate) use run::run_setspn;
pub(crate) use unix::unix;

const PROMPT: &str = "CLIENT> ";

/// One line, and how it ended.
#[derive(Debug, Serialize)]
struct Ran {
    line: String,
    status: u8,
}

/// Reads and runs lines until the user leaves. Returns the status of the last one.
pub(crate) async fn prompts(lab: &Arc<Lab>, console: &Arc<Console>) -> Result<u8, Failure> {
    let names = Names::default();
    let at_terminal = !console.is_json() && on_a_terminal();
    let mut reader = if at_terminal {
        banner(lab, console);
        names.refresh(lab);
        let known = names.clone();
        let complete = Arc::new(move |before: &str| complete::complete(before, &known.all()));
        Reader::remembering(env::state_folder().join("shell-history"), complete)
    } else {
        Reader::script()
    };
    let mut ran: Vec<Ran> = Vec::new();
    let mut status = 0;
    loop {
        let typed = match reader.line(PROMPT).await? {
            Typed::Line(line) => line,
            Typed::Dropped => continue,
            Typed::End => break,
        };
        let line = line::read(&typed);
        if !matches!(line, Ok(Line::Nothing)) {
            reader.remember(&typed);
        }
        status = match line {
            Ok(Line::Nothing) => continue,
            Ok(Line::Exit(with)) => {
                status = with.unwrap_or(status);
                break;
            }
            Ok(line) => {
                if line.acts() {
                    console.works(lab, Some(format!("{PROMPT}{}", typed.trim())));
                }
                let status = run::run(line, lab, &mut reader, console).await?;
                note_done(status, console).await;
                status
            }
            Err(refusal) => run::refused(&refusal, console),
        };
        ran.push(Ran { line: typed, status });
        if at_terminal {
            names.refresh(lab);
        }
    }
    console.document("shell", &serde_json::json!({ "lines": ran, "status": status }));
    Ok(status)
}

fn banner(lab: &Lab, console: &Console) {
    console.say(&format!(
        "{BOLD}CLIENT of the lab {}{BOLD:#}: a shell of the lab, not PowerShell.\n\
         It takes the lines of KB 4549715 as they are typed on Windows.\n\
         You are trainer; setspn runs as spn_operator.\n\
         help lists the commands, Tab completes, exit leaves.",
        lab.identity().name
    ));
}

/// The SPNs that the directory has, for completion.
#[derive(Debug, Clone, Default)]
struct Names(Arc<Mutex<Vec<String>>>);

impl Names {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads them anew. The prompt does not wait for a domain controller that does not answer.
    fn refresh(&self, lab: &Arc<Lab>) {
        let (names, lab) = (Arc::clone(&self.0), Arc::clone(lab));
        tokio::spawn(async move {
            if let Ok(spns) = lab.dc1().spns().await {
                let all = spns.0.into_values().flatten().collect();
                *names.lock().unwrap_or_else(PoisonError::into_inner) = all;
            }
        });
    }
}
