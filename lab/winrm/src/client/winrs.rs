//! The Windows Remote Shell, from the client's side: one shell, one command at a time.

use super::report::Report;
use super::transport::{Transport, TransportError};
use crate::soap::fault::OPERATION_TIMED_OUT;
use crate::soap::message::{self, Head, Reply, ReplyError};
use crate::soap::{new_guid, ns};
use thiserror::Error;

/// Bytes of input per Send.
const INPUT_CHUNK: usize = 64 * 1024;

/// Why an operation failed.
#[derive(Debug, Error)]
pub(crate) enum WinrsError {
    /// No usable answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A fault, or an answer to something else.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The output cannot be written here.
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
}

/// Takes output as it comes: stream name and bytes.
pub(crate) type Sink<'a> = &'a mut (dyn FnMut(&str, &[u8]) -> std::io::Result<()> + Send);

/// An open shell.
pub(crate) struct Shell<'a> {
    transport: &'a mut Transport,
    report: &'a mut Report,
    session: String,
    id: Option<String>,
}

impl<'a> Shell<'a> {
    /// Opens a shell.
    pub(crate) async fn open(
        transport: &'a mut Transport,
        report: &'a mut Report,
    ) -> Result<Self, WinrsError> {
        let mut shell = Self { transport, report, session: new_guid(), id: None };
        let options = [("WINRS_NOPROFILE", "FALSE"), ("WINRS_CODEPAGE", "65001")];
        let action = format!("{}/Create", ns::TRANSFER);
        let reply = shell.call(&action, &options, message::CREATE).await?;
        shell.id = Some(reply.shell_id.ok_or(ReplyError::Unexpected("it names no shell"))?);
        Ok(shell)
    }

    async fn call(
        &mut self,
        action: &str,
        options: &[(&str, &str)],
        body: &str,
    ) -> Result<Reply, WinrsError> {
        let url = self.transport.url.clone();
        let shell_id = self.id.as_deref();
        let head = Head { to: &url, action, session: &self.session, shell_id, options };
        let (text, id) = message::request(&head, body);
        let answer = self.transport.exchange(&text, self.report).await?;
        Ok(message::read(&answer, &id)?)
    }

    async fn shell_call(&mut self, operation: &str, body: &str) -> Result<Reply, WinrsError> {
        self.call(&format!("{}/{operation}", ns::SHELL), &[], body).await
    }

    /// Runs a command to its end; returns its exit code.
    pub(crate) async fn run(
        &mut self,
        text: &str,
        input: Option<&[u8]>,
        sink: Sink<'_>,
    ) -> Result<i32, WinrsError> {
        let options = [("WINRS_CONSOLEMODE_STDIN", "TRUE"), ("WINRS_SKIP_CMD_SHELL", "FALSE")];
        let action = format!("{}/Command", ns::SHELL);
        let reply = self.call(&action, &options, &message::command(text)).await?;
        let command = reply.command_id.ok_or(ReplyError::Unexpected("it names no command"))?;
        let mut done = None;
        if let Some(input) = input {
            done = self.send_all(&command, input, sink).await?;
        }
        let code = loop {
            if let Some(code) = done {
                break code;
            }
            done = self.receive(&command, sink).await?;
        };
        self.shell_call("Signal", &message::terminate(&command)).await?;
        Ok(code)
    }

    /// Sends all input. A program that does not read on while nobody takes its output makes Send
    /// time out; then output is taken first. Returns the exit code if the command ended meanwhile.
    async fn send_all(
        &mut self,
        command: &str,
        input: &[u8],
        sink: Sink<'_>,
    ) -> Result<Option<i32>, WinrsError> {
        let mut rest = input;
        loop {
            let (chunk, after) = rest.split_at(rest.len().min(INPUT_CHUNK));
            let body = message::send(command, chunk, after.is_empty());
            match self.shell_call("Send", &body).await {
                Ok(_) if after.is_empty() => return Ok(None),
                Ok(_) => rest = after,
                Err(error) if is_timeout(&error) => {
                    if let Some(code) = self.receive(command, sink).await? {
                        return Ok(Some(code));
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn receive(&mut self, command: &str, sink: Sink<'_>) -> Result<Option<i32>, WinrsError> {
        match self.shell_call("Receive", &message::receive(command)).await {
            Ok(reply) => {
                for (stream, data) in &reply.output {
                    sink(stream, data)?;
                }
                Ok(reply.done)
            }
            // The ordinary sign of a command that is still silent.
            Err(error) if is_timeout(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends the shell.
    pub(crate) async fn close(mut self) -> Result<(), WinrsError> {
        self.call(&format!("{}/Delete", ns::TRANSFER), &[], "").await.map(|_| ())
    }
}

fn is_timeout(error: &WinrsError) -> bool {
    matches!(error, WinrsError::Reply(ReplyError::Fault { code: OPERATION_TIMED_OUT, .. }))
}
