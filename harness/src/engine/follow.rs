//! The log of a part, line by line as it grows.
//!
//! To find a moment in a log, the engine reads and decodes everything before it. So a lab follows
//! the logs that it reads often, and decodes every line once. If this program started the lab, it
//! follows from the log's beginning, otherwise from the log's end. A search looks at each line
//! once.

use std::collections::VecDeque;
use std::collections::vec_deque::Iter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long the engine may take to pass on a written line.
pub(super) const HANDED_ON_WITHIN: Duration = Duration::from_secs(5);
/// How long the harness waits for the first line of a log before it writes one itself.
pub(super) const EMPTY_AFTER: Duration = Duration::from_secs(1);
/// How many bytes of a log are kept.
const MOST_KEPT: usize = 32 << 20;
/// One line of standard output.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// When the engine read it: RFC 3339 in UTC with nine digits, so times compare like texts.
    pub(super) at: String,
    text: String,
}

#[derive(Debug, Default)]
pub(super) struct Read {
    /// The newest lines, at most [`MOST_KEPT`] bytes.
    pub(super) lines: VecDeque<Line>,
    /// How many older lines were dropped.
    pub(super) dropped: usize,
    /// How many bytes the kept texts have.
    kept: usize,
    /// The last line is not complete yet.
    open: bool,
    /// Time of the last line before the stream began again. The new stream repeats the lines up to
    /// it.
    known: String,
    /// The stream has ended: the part no longer runs.
    pub(super) ended: bool,
}

impl Read {
    /// Takes one piece: a time, a blank and a line. A line that is too long for the engine comes in
    /// several pieces.
    pub(super) fn take(&mut self, piece: &str) {
        let Some((at, text)) = piece.split_once(' ') else { return };
        let (text, whole) = match text.strip_suffix('\n') {
            Some(text) => (text, true),
            None => (text, false),
        };
        match self.lines.back_mut() {
            Some(line) if self.open => line.text.push_str(text),
            _ if at <= self.known.as_str() => return,
            _ => self.lines.push_back(Line { at: at.to_owned(), text: text.to_owned() }),
        }
        self.open = !whole;
        self.kept += text.len();
        while self.kept > MOST_KEPT && self.lines.len() > 1 {
            let oldest = self.lines.pop_front();
            self.kept -= oldest.map_or(0, |line| line.text.len());
            self.dropped += 1;
        }
    }

    /// The lines since this moment.
    pub(super) fn said_since(&self, moment: &str) -> String {
        let first = self.lines.partition_point(|line| line.at.as_str() < moment);
        self.lines.range(first..).flat_map(|line| [&line.text, "\n"]).collect()
    }

    /// How many lines there have been.
    pub(super) fn count(&self) -> usize {
        self.dropped + self.lines.len()
    }

    /// How many of them are complete, or never will be.
    pub(super) fn whole(&self) -> usize {
        self.count() - usize::from(self.open && !self.ended)
    }

    /// These lines, without those that were dropped.
    pub(super) fn texts(&self, range: std::ops::Range<usize>) -> Vec<String> {
        self.range(range).map(|line| line.text.clone()).collect()
    }

    /// What `pick` finds in these lines; the newest line with something wins.
    pub(super) fn newest<T>(
        &self,
        range: std::ops::Range<usize>,
        pick: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.range(range).rev().find_map(|line| pick(&line.text))
    }

    fn range(&self, range: std::ops::Range<usize>) -> Iter<'_, Line> {
        let kept = |line: usize| line.saturating_sub(self.dropped).min(self.lines.len());
        self.lines.range(kept(range.start)..kept(range.end))
    }
}

/// The standard output of a part, now and as it grows.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    read: Arc<(Mutex<Read>, Notify)>,
    task: Mutex<Option<JoinHandle<()>>>,
    /// It begins at the end of the log, and does not know the lines before.
    pub(super) at_end: bool,
}

impl Follower {
    /// For a part that this program did not start, whose log may be long.
    pub(crate) fn at_end() -> Self {
        let mut follower = Self::default();
        follower.at_end = true;
        follower
    }

    /// Follows the log, unless it does already. If the stream has ended, it begins again.
    pub(super) fn follow(&self, docker: &Docker, container: &str) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = task.is_some();
        let since = {
            let mut read = self.read();
            if begun && !read.ended {
                return;
            }
            (read.ended, read.open) = (false, false);
            read.known = read.lines.back().map(|line| line.at.clone()).unwrap_or_default();
            second(&read.known).unwrap_or_default()
        };
        let options = LogsOptionsBuilder::new().follow(true).stdout(true).timestamps(true);
        let options = match since {
            // With the last line, the engine shows that the stream has begun.
            0 if self.at_end => options.tail("1"),
            since => options.since(since),
        };
        let mut output = docker.logs(container, Some(options.build()));
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

    pub(super) fn read(&self) -> MutexGuard<'_, Read> {
        lock(&self.read.0)
    }

    /// Waits until the line of this number is complete, or the stream has ended.
    pub(super) async fn line(&self, number: usize) {
        loop {
            let changed = self.read.1.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let read = self.read();
                if read.whole() > number || read.ended {
                    return;
                }
            }
            changed.await;
        }
    }

    /// What `pick` finds in the newest line from this one on. Waits for such a line at most
    /// `within`.
    pub(super) async fn find<T>(
        &self,
        mut from: usize,
        within: Duration,
        pick: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let search = async {
            loop {
                let changed = self.read.1.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                {
                    let read = self.read();
                    let found = read.newest(from..read.whole(), &pick);
                    if found.is_some() || read.ended {
                        return found;
                    }
                    from = from.max(read.whole());
                }
                changed.await;
            }
        };
        tokio::time::timeout(within, search).await.ok().flatten()
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

/// The second of this time, in Unix time.
pub(super) fn second(at: &str) -> Option<i32> {
    let at = humantime::parse_rfc3339(at).ok()?;
    i32::try_from(at.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok()
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
        assert_eq!(read.kept, "onea long linetwo".len());
        assert_eq!(second(&read.lines[2].at), Some(1_767_323_046));
    }

    fn piece(number: usize, text: &str) -> String {
        format!("2026-01-02T03:04:05.{number:09}Z {text}\n")
    }

    #[test]
    fn only_the_newest_lines_are_kept_and_the_others_are_counted() {
        let mut read = Read::default();
        let long = "x".repeat(MOST_KEPT / 4);
        for number in 1..=10 {
            read.take(&piece(number, &format!("{number:02}{}", &long[2..])));
        }
        assert_eq!((read.lines.len(), read.dropped, read.count()), (4, 6, 10));
        let number = |text: &str| text[..2].parse::<usize>().ok();
        assert_eq!(read.newest(0..10, number), Some(10));
        assert_eq!(read.newest(0..8, number), Some(8));
        assert_eq!(read.newest(0..6, number), None, "they are gone");
        assert_eq!(read.newest(10..10, number), None);
    }

    #[tokio::test]
    async fn a_search_looks_at_each_line_once() {
        let follower = Arc::new(Follower::default());
        let looked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let lines = 2_000;
        let search = tokio::spawn({
            let (follower, looked) = (Arc::clone(&follower), Arc::clone(&looked));
            async move {
                let pick = |line: &str| {
                    looked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    (line == "last").then_some(())
                };
                follower.find(0, HANDED_ON_WITHIN, pick).await
            }
        });
        for number in 1..=lines {
            let text = if number == lines { "last" } else { "other" };
            follower.read().take(&piece(number, text));
            follower.read.1.notify_waiters();
            tokio::task::yield_now().await;
        }
        assert_eq!(search.await.unwrap(), Some(()));
        assert_eq!(looked.load(std::sync::atomic::Ordering::Relaxed), lines);
    }

    #[tokio::test]
    async fn a_line_is_looked_at_when_it_is_whole() {
        let follower = Follower::default();
        follower.read().take("2026-01-02T03:04:05.000000001Z be");
        let found = follower.find(0, Duration::ZERO, |line| Some(line.to_owned())).await;
        assert_eq!(found, None);
        follower.read().take("2026-01-02T03:04:05.000000001Z gun\n");
        let found = follower.find(0, Duration::ZERO, |line| Some(line.to_owned())).await;
        assert_eq!(found.as_deref(), Some("begun"));
    }

    #[tokio::test]
    async fn a_line_is_waited_for_until_it_is_whole_or_the_stream_has_ended() {
        let follower = Arc::new(Follower::default());
        follower.read().take(&piece(1, "one"));
        let waiting = tokio::spawn({
            let follower = Arc::clone(&follower);
            async move { follower.line(1).await }
        });
        follower.read().take("2026-01-02T03:04:05.000000002Z half");
        follower.read.1.notify_waiters();
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        follower.read().ended = true;
        follower.read.1.notify_waiters();
        waiting.await.unwrap();
        assert_eq!(follower.read().texts(0..2), ["one", "half"]);
        follower.read().dropped = 5;
        assert_eq!(follower.read().texts(0..7), ["one", "half"], "the others are gone");
        assert_eq!(follower.read().texts(6..7), ["half"]);
    }
}
