//! A connection on which the requests of one shell go, one at a time.

use super::transport::{Transport, TransportError};
use crate::soap::fault::OPERATION_TIMED_OUT;
use crate::soap::message::{self, Head, Reply, ReplyError};
use crate::soap::ns;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _};

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
    /// The output cannot be written, or the input cannot be read.
    #[error("cannot pass the command's data on: {0}")]
    Data(#[from] std::io::Error),
}

impl WinrsError {
    fn is_timeout(&self) -> bool {
        matches!(self, Self::Reply(ReplyError::Fault { code: OPERATION_TIMED_OUT, .. }))
    }

    pub(crate) fn is_fault(&self) -> bool {
        matches!(self, Self::Reply(ReplyError::Fault { .. }))
    }
}

/// Takes output as it comes: stream name and bytes.
pub(crate) type Sink<'a> = &'a mut (dyn FnMut(&str, &[u8]) -> std::io::Result<()> + Send);
/// A command's input.
pub(crate) type Source<'a> = &'a mut (dyn AsyncRead + Unpin + Send);

/// The connection, and the shell that its requests name.
pub(crate) struct Channel {
    pub(crate) transport: Transport,
    pub(crate) session: String,
    pub(crate) shell: Option<String>,
}

impl Channel {
    pub(crate) async fn call(
        &mut self,
        what: &'static str,
        action: &str,
        options: &[(&str, &str)],
        body: &str,
    ) -> Result<Reply, WinrsError> {
        let url = self.transport.url.clone();
        let shell_id = self.shell.as_deref();
        let head = Head { to: &url, action, session: &self.session, shell_id, options };
        let (text, id) = message::request(&head, body);
        let answer = self.transport.exchange(what, &text).await?;
        Ok(message::read(&answer, &id)?)
    }

    /// Opens a shell, which this connection's requests name from now on.
    pub(crate) async fn create(&mut self) -> Result<(), WinrsError> {
        let options = [("WINRS_NOPROFILE", "FALSE"), ("WINRS_CODEPAGE", "65001")];
        let action = format!("{}/Create", ns::TRANSFER);
        let reply = self.call("the answer to Create", &action, &options, message::CREATE).await?;
        self.shell = Some(reply.shell_id.ok_or(ReplyError::Unexpected("it names no shell"))?);
        Ok(())
    }

    /// Starts a command; returns its id.
    pub(crate) async fn command(&mut self, text: &str) -> Result<String, WinrsError> {
        let options = [("WINRS_CONSOLEMODE_STDIN", "TRUE"), ("WINRS_SKIP_CMD_SHELL", "FALSE")];
        let action = format!("{}/Command", ns::SHELL);
        let what = "the answer to Command";
        let reply = self.call(what, &action, &options, &message::command(text)).await?;
        Ok(reply.command_id.ok_or(ReplyError::Unexpected("it names no command"))?)
    }

    /// Takes output until the command has ended; returns its exit code.
    pub(crate) async fn receive_all(
        &mut self,
        command: &str,
        sink: Sink<'_>,
    ) -> Result<i32, WinrsError> {
        let action = format!("{}/Receive", ns::SHELL);
        let body = message::receive(command);
        loop {
            match self.call("the answer to Receive", &action, &[], &body).await {
                Ok(reply) => {
                    for (stream, data) in &reply.output {
                        sink(stream, data)?;
                    }
                    if let Some(code) = reply.done {
                        return Ok(code);
                    }
                }
                // The ordinary sign of a command that is still silent.
                Err(error) if error.is_timeout() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends the input to its end, a chunk at a time. While a program does not read, Send times
    /// out and is repeated.
    pub(crate) async fn send_all(
        &mut self,
        command: &str,
        input: Source<'_>,
    ) -> Result<(), WinrsError> {
        let action = format!("{}/Send", ns::SHELL);
        let mut chunk = vec![0; INPUT_CHUNK];
        loop {
            let count = input.read(&mut chunk).await?;
            let body = message::send(command, &chunk[..count], count == 0);
            loop {
                match self.call("the answer to Send", &action, &[], &body).await {
                    Ok(_) => break,
                    Err(error) if error.is_timeout() => {}
                    Err(error) => return Err(error),
                }
            }
            if count == 0 {
                return Ok(());
            }
        }
    }

    /// Sends a signal: `terminate` or `ctrl_c`.
    pub(crate) async fn signal(&mut self, command: &str, name: &str) -> Result<(), WinrsError> {
        let action = format!("{}/Signal", ns::SHELL);
        let body = message::signal(command, name);
        self.call("the answer to Signal", &action, &[], &body).await.map(drop)
    }

    /// Ends the shell.
    pub(crate) async fn delete(&mut self) -> Result<(), WinrsError> {
        let action = format!("{}/Delete", ns::TRANSFER);
        self.call("the answer to Delete", &action, &[], "").await.map(drop)
    }
}
