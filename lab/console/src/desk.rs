//! The desk: what the page shows, and the one action that runs.
//!
//! Uses: action, log, seen.

use std::io::{self, Read as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use spnlab_engineer::ArticleOption;
use tokio::process::Command;
use tokio::sync::watch;

use crate::action::Action;
use crate::log::typed;
use crate::seen::{Seen, Watched};

/// The page shows no more of what a verb prints.
const LONGEST: usize = 256 << 10;

/// The state of the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) seen: Seen,
    /// The line that runs.
    pub(crate) running: Option<String>,
    /// What the last line has said.
    pub(crate) said: Option<Said>,
    /// The plan that may be applied.
    pub(crate) plan: Option<Planned>,
}

/// What a verb has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) line: String,
    pub(crate) status: Option<i32>,
    pub(crate) text: String,
}

/// A plan as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) option: ArticleOption,
    pub(crate) text: String,
    /// Whether it is another plan than the one that was shown before.
    pub(crate) changed: bool,
}

/// Why an action was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// This line runs.
    Busy(String),
    /// It names what does not exist, or applies a plan that nobody sees.
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Desk {
    /// `spnlab` itself.
    pub(crate) program: PathBuf,
    /// The name of the lab.
    pub(crate) lab: String,
    pub(crate) shown: watch::Sender<Shown>,
    watched: Mutex<Watched>,
}

impl Desk {
    pub(crate) fn new(program: PathBuf, lab: &str) -> Self {
        let shown = watch::Sender::new(Shown::default());
        Self { program, lab: lab.to_owned(), shown, watched: Mutex::default() }
    }

    /// Adds to what was seen. Shows it, if it is something new.
    pub(crate) fn saw<T>(&self, add: impl FnOnce(&mut Watched) -> T) -> T {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let added = add(&mut watched);
        let seen = watched.seen();
        self.shown.send_if_modified(|shown| {
            let new = shown.seen != seen;
            shown.seen = seen;
            new
        });
        added
    }

    /// Begins an action, unless one runs.
    pub(crate) fn begin(self: &Arc<Self>, action: &Action) -> Result<(), Refused> {
        let mut outcome = Ok(());
        let mut begun = None;
        self.shown.send_modify(|shown| {
            if let Some(line) = &shown.running {
                outcome = Err(Refused::Busy(line.clone()));
                return;
            }
            match (action, action.words(), shown.plan.take()) {
                (Action::Leave, ..) => {}
                (Action::Apply, _, Some(plan)) => {
                    shown.running = Some(typed(applying(plan.option)));
                    begun = Some(Begun::Apply(plan));
                }
                (Action::Plan { option }, Some(words), _) => {
                    shown.running = Some(typed(words));
                    begun = Some(Begun::Plan(*option));
                }
                (_, Some(words), _) => {
                    shown.running = Some(typed(words.clone()));
                    begun = Some(Begun::Run(words));
                }
                (_, None, _) => outcome = Err(Refused::Unknown),
            }
        });
        if let Some(begun) = begun {
            let desk = Arc::clone(self);
            tokio::spawn(async move { desk.work(begun).await });
        }
        outcome
    }

    /// Returns when no action runs.
    pub(crate) async fn at_rest(&self) {
        // The desk has the sender, so it does not end meanwhile.
        let _ = self.shown.subscribe().wait_for(|shown| shown.running.is_none()).await;
    }

    async fn work(&self, begun: Begun) {
        let (said, plan) = match begun {
            Begun::Run(words) => (self.run(&words).await, None),
            Begun::Plan(option) => self.plan(option, None).await,
            // The directory may have changed since somebody read the plan.
            Begun::Apply(shown) => match self.plan(shown.option, Some(&shown.text)).await {
                (_, Some(same)) if !same.changed => (self.run(&applying(same.option)).await, None),
                other => other,
            },
        };
        self.shown.send_modify(|shown| {
            shown.running = None;
            shown.said = Some(said);
            shown.plan = plan;
        });
    }

    /// The plan of an option now. `before` is the text of the plan that was shown.
    async fn plan(&self, option: ArticleOption, before: Option<&str>) -> (Said, Option<Planned>) {
        let words = Action::Plan { option }.words().unwrap_or_default();
        // What is said beside the plan, such as that the lab is busy, is no part of it.
        let (status, mut text) = match self.verb(&words).output().await {
            Ok(ended) if ended.status.success() => (Some(0), ended.stdout),
            Ok(ended) => (ended.status.code(), ended.stderr),
            Err(error) => (None, self.not_run(&error).into_bytes()),
        };
        text.truncate(LONGEST);
        let text = String::from_utf8_lossy(&text).into_owned();
        let plan = (status == Some(0)).then(|| Planned {
            option,
            text: text.clone(),
            changed: before.is_some_and(|before| before != text),
        });
        (Said { line: typed(words), status, text }, plan)
    }

    async fn run(&self, words: &[String]) -> Said {
        let (status, text) = match self.output(words).await {
            Ok(ended) => ended,
            Err(error) => (None, self.not_run(&error)),
        };
        Said { line: typed(words.to_vec()), status, text }
    }

    fn not_run(&self, error: &io::Error) -> String {
        format!("{}: {error}", self.program.display())
    }

    /// `spnlab` with these words, for this lab.
    fn verb(&self, words: &[String]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).env("SPNLAB_NAME", &self.lab).stdin(Stdio::null());
        command
    }

    /// Runs `spnlab` and returns its status and what it printed, in the order of printing.
    async fn output(&self, words: &[String]) -> io::Result<(Option<i32>, String)> {
        let (reader, writer) = io::pipe()?;
        let mut child = self.verb(words).stdout(writer.try_clone()?).stderr(writer).spawn()?;
        let read = tokio::task::spawn_blocking(move || {
            let mut text = Vec::new();
            let mut reader = reader.take(LONGEST as u64);
            reader.read_to_end(&mut text)?;
            // It must be able to print the rest.
            io::copy(&mut reader.into_inner(), &mut io::sink())?;
            io::Result::Ok(String::from_utf8_lossy(&text).into_owned())
        });
        let status = child.wait().await?;
        Ok((status.code(), read.await.map_err(io::Error::other)??))
    }
}

/// An action that was taken.
enum Begun {
    Run(Vec<String>),
    Plan(ArticleOption),
    Apply(Planned),
}

/// The words that apply an option without a question: the page has asked it.
pub(crate) fn applying(option: ArticleOption) -> Vec<String> {
    ["fix", "--option", option.as_str(), "--yes"].map(str::to_owned).to_vec()
}
