//! The log of a part, line by line as it grows.
//!
//! The engine finds a moment in a log by reading and decoding what is before it. So a lab follows the
//! logs that it asks often, and every line is decoded once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::lab::Lab;
use crate::labels::Role;

/// How long the engine may take to hand on a line that was written.
const HANDED_ON_WITHIN: Duration = Duration::from_secs(5);
/// Runs in a part: writes a line to the standard output of its first program.
const MARK: &str = r#"
open my $log, '>', '/proc/1/fd/1' or die "/proc/1/fd/1: $!\n";
print $log "$_[0]\n";
close $log or die "/proc/1/fd/1: $!\n";
return 0;
"#;

/// One line of standard output.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    /// When the engine read it: RFC 3339 in UTC, with nine digits, so that times compare like texts.
    at: String,
    text: String,
}

#[derive(Debug, Default)]
struct Read {
    lines: Vec<Line>,
    /// The last line is not whole yet.
    open: bool,
    /// A stream that was begun anew tells once more what there is until then.
    known: String,
    /// The stream has ended: the part is not running any more.
    ended: bool,
}

impl Read {
    /// Takes one piece: a time, a blank and a line, or a part of one that is too long for the engine.
    fn take(&mut self, piece: &str) {
        let Some((at, text)) = piece.split_once(' ') else { return };
        let (text, whole) = match text.strip_suffix('\n') {
            Some(text) => (text, true),
            None => (text, false),
        };
        match self.lines.last_mut() {
            Some(line) if self.open => line.text.push_str(text),
            _ if at <= self.known.as_str() => return,
            _ => self.lines.push(Line { at: at.to_owned(), text: text.to_owned() }),
        }
        self.open = !whole;
    }
}

/// What a part has written to its standard output, and goes on to write.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    read: Arc<(Mutex<Read>, Notify)>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Follower {
    /// Follows the log if it is not followed yet, or has ended since; from its beginning the first time.
    fn follow(&self, docker: &Docker, container: &str) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        let since = {
            let mut read = self.read();
            if task.is_some() && !read.ended {
                return;
            }
            (read.ended, read.open) = (false, false);
            read.known = read.lines.last().map(|line| line.at.clone()).unwrap_or_default();
            second(&read.known).unwrap_or_default()
        };
        let options = LogsOptionsBuilder::new().follow(true).stdout(true).timestamps(true);
        let mut output = docker.logs(container, Some(options.since(since).build()));
        let shared = Arc::clone(&self.read);
        *task = Some(tokio::spawn(async move {
            let (read, changed) = &*shared;
            while let Some(Ok(chunk)) = output.next().await {
                lock(read).take(&String::from_utf8_lossy(&chunk.into_bytes()));
                changed.notify_waiters();
            }
            lock(read).ended = true;
            changed.notify_waiters();
        }));
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        lock(&self.read.0)
    }

    /// The newest line from this one on of which something is to be had, waited for a moment.
    async fn find<T>(&self, from: usize, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        let search = async {
            loop {
                let changed = self.read.1.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                {
                    let read = self.read();
                    let lines = read.lines.get(from..).unwrap_or_default();
                    let found = lines.iter().rev().find_map(|line| pick(&line.text));
                    if found.is_some() || read.ended {
                        return found;
                    }
                }
                changed.await;
            }
        };
        tokio::time::timeout(HANDED_ON_WITHIN, search).await.ok().flatten()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

fn lock(read: &Mutex<Read>) -> MutexGuard<'_, Read> {
    read.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The second in which this was, in Unix time.
fn second(at: &str) -> Option<i32> {
    let at = humantime::parse_rfc3339(at).ok()?;
    i32::try_from(at.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// A place in a log: what comes behind it is newer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(usize);

impl Lab {
    /// The end of a part's log as it is known now. Nothing that is written from now on is before it.
    pub(crate) async fn end_of_log(&self, role: Role) -> Result<Place> {
        let known = self.follower(role).read().lines.len();
        Ok(Place(if known == 0 { self.mark(role).await? } else { known }))
    }

    /// The newest line behind this place of which something is to be had. A line that must come is
    /// waited for until the engine has handed it on; otherwise everything is looked at that was
    /// written until now.
    pub(crate) async fn find_in_log<T>(
        &self,
        role: Role,
        Place(from): Place,
        must_come: bool,
        pick: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        if must_come {
            return Ok(self.wait_in_log(role, from, pick).await);
        }
        self.mark(role).await?;
        let read = self.follower(role).read();
        let lines = read.lines.get(from..).unwrap_or_default();
        Ok(lines.iter().rev().find_map(|line| pick(&line.text)))
    }

    async fn wait_in_log<T>(
        &self,
        role: Role,
        from: usize,
        pick: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let follower = self.follower(role);
        // A part that was started again has ended its log once.
        for _ in 0..2 {
            follower.follow(self.docker(), &self.part(role).id);
            let found = follower.find(from, &pick).await;
            if found.is_some() || !follower.read().ended {
                return found;
            }
        }
        None
    }

    /// What a part has written to its standard output since then and until now.
    ///
    /// # Errors
    /// Also that the part is not running.
    pub(crate) async fn said_since(&self, role: Role, since: SystemTime) -> Result<String> {
        self.mark(role).await?;
        let since = humantime::format_rfc3339_nanos(since).to_string();
        let read = self.follower(role).read();
        let first = read.lines.partition_point(|line| line.at < since);
        Ok(read.lines[first..].iter().flat_map(|line| [&line.text, "\n"]).collect())
    }

    /// Writes a line of our own behind everything that was written, and waits until it is read;
    /// the number of lines until then.
    async fn mark(&self, role: Role) -> Result<usize> {
        let from = self.follower(role).read().lines.len();
        let mark = format!("spnlab: read until here {}", Uuid::new_v4());
        self.call(role, None, MARK, &[&mark]).await?.success(role, "a mark in the log")?;
        let found = self.wait_in_log(role, from, |line| line.contains(&mark).then_some(())).await;
        found.ok_or_else(|| Error::NotReady {
            what: format!("the end of the log of {role}"),
            within: HANDED_ON_WITHIN,
            last: "a line that was written there has not come".to_owned(),
        })?;
        Ok(self.follower(role).read().lines.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_lines_and_known_ones_are_left_out() {
        let mut read = Read::default();
        for piece in [
            "2026-01-02T03:04:05.000000001Z one\n",
            "2026-01-02T03:04:05.000000002Z a long ",
            "2026-01-02T03:04:05.000000003Z line\n",
        ] {
            read.take(piece);
        }
        "2026-01-02T03:04:05.000000002Z".clone_into(&mut read.known);
        for piece in [
            "2026-01-02T03:04:05.000000001Z one\n",
            "2026-01-02T03:04:05.000000002Z a long ",
            "2026-01-02T03:04:05.000000002Z line\n",
            "2026-01-02T03:04:06.000000000Z two\n",
        ] {
            read.take(piece);
        }
        let texts: Vec<&str> = read.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["one", "a long line", "two"]);
        assert_eq!(second(&read.lines[2].at), Some(1_767_323_046));
    }
}
