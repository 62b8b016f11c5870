//! One resident process. Docker starts it, and requests go over its attached streams.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use spnlab_agent::{Message, PROTOCOL, Request, codec, receive, send};
use testcontainers::bollard::Docker;
use testcontainers::bollard::container::LogOutput;
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec};
use tokio_util::io::StreamReader;

use super::exec::AGENT;
use super::{Attached, Container, Input, attach};
use crate::model::{Error, Result, Role};

/// The resident for a DC's database. It does only what Samba's database tools do.
const DATABASE: &str = "/usr/lib/spnlab/database";
/// The resident for keys. It only tries every account's keys on a ticket in a credential cache.
const KEYS: &str = "/usr/lib/spnlab/whose-key";

/// The kinds of residents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// The agent as this user. `None`: as the container's own user.
    Agent(Option<String>),
    /// `database`, with a DC's database open.
    Database,
    /// `whose-key`, which tries the keys of a DC's accounts on tickets.
    Keys,
}

type StandardOutput = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// A resident process: it waits for a request, or does one.
pub(super) struct Resident {
    /// Name of the program, for an error.
    program: &'static str,
    role: Role,
    requests: FramedWrite<Input, LengthDelimitedCodec>,
    answers: FramedRead<StreamReader<StandardOutput, Bytes>, LengthDelimitedCodec>,
    /// Whether it has answered once. Then it runs, and speaks this protocol.
    answered: bool,
    /// Its standard error, which is no part of an answer.
    stderr: Arc<Mutex<Vec<u8>>>,
}

impl Resident {
    pub(super) async fn start(
        docker: &Docker,
        (role, container): Container<'_>,
        kind: &Kind,
    ) -> Result<Self> {
        let action = format!("start a program that stays in {role}");
        let (program, user, command): (_, _, &[&str]) = match kind {
            Kind::Agent(user) => ("spnlab-agent", user.as_deref(), &[AGENT, PROTOCOL]),
            Kind::Database => ("database", None, &[DATABASE]),
            Kind::Keys => ("whose-key", None, &[KEYS]),
        };
        let Attached { input, output } = attach(docker, container, user, command, &action).await?;
        let stderr = Arc::<Mutex<Vec<u8>>>::default();
        let words = Arc::clone(&stderr);
        let stdout = output.filter_map(move |chunk| {
            let answer = match chunk {
                Ok(LogOutput::StdErr { message }) => {
                    lock(&words).extend_from_slice(&message);
                    None
                }
                Ok(other) => Some(Ok(other.into_bytes())),
                Err(error) => Some(Err(io::Error::other(error))),
            };
            std::future::ready(answer)
        });
        let stdout: StandardOutput = Box::pin(stdout);
        Ok(Self {
            program,
            role,
            requests: FramedWrite::new(input, codec()),
            answers: FramedRead::new(StreamReader::new(stdout), codec()),
            answered: false,
            stderr,
        })
    }

    /// Sends a request, and returns the answer or why there is none.
    pub(super) async fn ask<T: Message>(
        &mut self,
        request: Request,
    ) -> Result<std::result::Result<T, String>> {
        let sent = send(&mut self.requests, request).await;
        // If it has ended, its last words explain more than the error of the send.
        let answer = receive(&mut self.answers).await;
        match (answer, sent) {
            (Ok(Some(answer)), _) => {
                self.answered = true;
                Ok(answer)
            }
            (Err(error), _) | (Ok(None), Err(error)) => Err(self.unreadable(&error.to_string())),
            (Ok(None), Ok(())) => Err(self.unreadable("it has ended")),
        }
    }

    fn unreadable(&self, detail: &str) -> Error {
        let part = self.role;
        let words = String::from_utf8_lossy(&lock(&self.stderr)).trim().to_owned();
        if !self.answered && !words.is_empty() {
            return Error::ProgramDoesNotStart { program: self.program, part, words };
        }
        let what = format!("the answer of {} in {part}", self.program);
        // If there is no such program, the engine's words are in place of an answer.
        let rest = String::from_utf8_lossy(self.answers.read_buffer()).trim().to_owned();
        let detail = match (self.answered, rest.is_empty()) {
            (false, false) => {
                format!("{rest} (start the lab anew if another spnlab has started it)")
            }
            _ => format!("{detail}; it said: {words}"),
        };
        Error::Unreadable { what, detail }
    }
}

fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The error for a request that failed.
pub(super) fn refused(part: Role, command: String, why: String) -> Error {
    Error::Exec { part, command, status: 1, stderr: why }
}
