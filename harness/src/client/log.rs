//! The log of the lab: what was done in it, one line each, for every user of the engine.
//!
//! It is the log of CLIENT's container, in which no program of CLIENT writes. So it is there as
//! long as the lab is, a reset leaves it, and the engine hands a new line on at once.

use spnlab_agent::Request;

use crate::engine::LogPart;
use crate::lab::Client;
use crate::model::{Result, Role};

impl Client<'_> {
    /// Adds a line to the lab's log.
    pub async fn log(self, line: &str) -> Result<()> {
        let request = Request::WriteToLog { line: line.to_owned() };
        // The engine's pipe belongs to root.
        self.lab.ask(Role::Client, None, request).await
    }

    /// Everything that stands in the lab's log until now.
    pub async fn logged(self) -> Result<LogPart> {
        self.lab.log_of(Role::Client).until_now().await
    }

    /// What stands in the lab's log from this line on. Waits until there is something. Without a
    /// line, CLIENT does not run any more.
    pub async fn logged_from(self, line: usize) -> LogPart {
        self.lab.log_of(Role::Client).from(line).await
    }
}
