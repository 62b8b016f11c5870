//! The log of a running part: the newest line behind a position, and what was said since a moment.

use std::time::SystemTime;

use futures::StreamExt;
use spnlab_agent::Request;
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;
use uuid::Uuid;

use super::follow::{EMPTY_AFTER, Follower, HANDED_ON_WITHIN, Read, second};
use super::part::Part;
use super::refused;
use super::residents::Residents;
use crate::model::{Error, Result};

/// A position in a log: what is behind it is newer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogPosition(usize);

/// Some lines of a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogPart {
    /// Oldest first. Marks of the judge are among them.
    pub lines: Vec<String>,
    /// The number of the line behind them.
    pub next: usize,
}

/// The log of a running part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartLog<'a> {
    pub(crate) docker: &'a Docker,
    pub(crate) part: &'a Part,
    pub(crate) residents: &'a Residents,
    pub(crate) follower: &'a Follower,
}

impl PartLog<'_> {
    /// The end of the log as it is known now. Nothing that is written from now on is before it.
    pub(crate) async fn end(self) -> Result<LogPosition> {
        let follower = self.follower;
        let known = follower.read().count();
        if known > 0 {
            return Ok(LogPosition(known));
        }
        if follower.at_end {
            follower.follow(self.docker, &self.part.id);
            // Whatever the line is: everything that is written behind it will come.
            if follower.find(0, EMPTY_AFTER, |_| Some(())).await.is_some() {
                return Ok(LogPosition(follower.read().count()));
            }
        }
        Ok(LogPosition(self.mark().await?))
    }

    /// The newest line behind this place of which something is to be had. A line that must come is
    /// waited for until the engine has handed it on; otherwise everything is looked at that was
    /// written until now.
    pub(crate) async fn find<T>(
        self,
        LogPosition(from): LogPosition,
        must_come: bool,
        pick: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        if must_come {
            return Ok(self.wait_for(from, pick).await);
        }
        let until = self.mark().await?;
        Ok(self.follower.read().newest(from..until, pick))
    }

    async fn wait_for<T>(self, from: usize, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        let follower = self.follower;
        // A part that was started again has ended its log once.
        for _ in 0..2 {
            follower.follow(self.docker, &self.part.id);
            let found = follower.find(from, HANDED_ON_WITHIN, &pick).await;
            if found.is_some() || !follower.read().ended {
                return found;
            }
        }
        None
    }

    /// What the part has written to its standard output since then and until now.
    ///
    /// # Errors
    /// Also that the part is not running.
    pub(crate) async fn since(self, since: SystemTime) -> Result<String> {
        self.mark().await?;
        let moment = humantime::format_rfc3339_nanos(since).to_string();
        let known = {
            let read = self.follower.read();
            let reaches_back = read.lines.front().is_some_and(|line| line.at < moment);
            let all = reaches_back || (read.dropped == 0 && !self.follower.at_end);
            all.then(|| read.said_since(&moment))
        };
        match known {
            Some(known) => Ok(known),
            None => self.read_since(&moment).await,
        }
    }

    /// The same, read by the engine out of the whole log.
    async fn read_since(self, moment: &str) -> Result<String> {
        let options = LogsOptionsBuilder::new().stdout(true).timestamps(true);
        let options = options.since(second(moment).unwrap_or_default()).build();
        let mut output = self.docker.logs(&self.part.id, Some(options));
        let mut read = Read::default();
        while let Some(chunk) = output.next().await {
            let chunk = chunk.map_err(refused("read a container's log"))?.into_bytes();
            read.take(&String::from_utf8_lossy(&chunk));
        }
        Ok(read.said_since(moment))
    }

    /// Everything that the part has written until now.
    pub(crate) async fn until_now(self) -> Result<LogPart> {
        let next = self.mark().await?;
        Ok(LogPart { lines: self.follower.read().texts(0..next), next })
    }

    /// What the part has written from this line on. Waits for a line; without one, the part does
    /// not run.
    pub(crate) async fn from(self, line: usize) -> LogPart {
        self.follower.follow(self.docker, &self.part.id);
        self.follower.line(line).await;
        let read = self.follower.read();
        let next = read.whole().max(line);
        LogPart { lines: read.texts(line..next), next }
    }

    /// Writes a line of our own behind everything that was written, and waits until it is read;
    /// the number of lines until then.
    async fn mark(self) -> Result<usize> {
        let follower = self.follower;
        // Otherwise the stream might begin behind the mark.
        follower.follow(self.docker, &self.part.id);
        if follower.at_end && follower.read().count() == 0 {
            follower.find(0, EMPTY_AFTER, |_| Some(())).await;
        }
        let from = follower.read().count();
        let mark = format!("spnlab: read until here {}", Uuid::new_v4());
        let part = self.part.container();
        let request = Request::WriteToLog { line: mark.clone() };
        self.residents.ask::<()>(self.docker, part, None, request).await?;
        let found = self.wait_for(from, |line| line.contains(&mark).then_some(())).await;
        found.ok_or_else(|| Error::NotReady {
            what: format!("the end of the log of {}", self.part.role),
            within: HANDED_ON_WITHIN,
            last: "a line that was written there has not come".to_owned(),
        })?;
        Ok(self.follower.read().count())
    }
}
