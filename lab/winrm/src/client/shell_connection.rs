//! A connection for the requests of one shell, one at a time.

use super::connection::{Connection, ConnectionError};
use crate::soap::client::{self, Head, Reply, ReplyError};
use crate::soap::fault::OPERATION_TIMED_OUT;
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
    Connection(#[from] ConnectionError),
    /// A fault, or an answer to another request.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The output is not writable, or the input not readable.
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

/// Receives output as it comes: stream name and bytes.
pub(crate) type OutputSink<'a> = &'a mut (dyn FnMut(&str, &[u8]) -> std::io::Result<()> + Send);
/// A command's input.
pub(crate) type CommandInput<'a> = &'a mut (dyn AsyncRead + Unpin + Send);

/// The connection, and the shell of its requests.
pub(crate) struct ShellConnection {
    pub(crate) connection: Connection,
    pub(crate) session: String,
    pub(crate) shell: Option<String>,
}

impl ShellConnection {
    pub(crate) async fn call(
        &mut self,
        what: &'static str,
        action: &str,
        options: &[(&str, &str)],
        body: &str,
    ) -> Result<Reply, WinrsError> {
        let url = self.connection.url.clone();
        let shell_id = self.shell.as_deref();
        let head = Head { to: &url, action, session: &self.session, shell_id, options };
        let (text, id) = client::request(&head, body);
        let answer = self.connection.exchange(what, &text).await?;
        Ok(client::read(&answer, &id)?)
    }

    /// Opens a shell. This connection's requests name it from now on.
    pub(crate) async fn create(&mut self) -> Result<(), WinrsError> {
        let options = [("WINRS_NOPROFILE", "FALSE"), ("WINRS_CODEPAGE", "65001")];
        let action = format!("{}/Create", ns::TRANSFER);
        let reply = self.call("the answer to Create", &action, &options, client::CREATE).await?;
        self.shell = Some(reply.shell_id.ok_or(ReplyError::Unexpected("it names no shell"))?);
        Ok(())
    }

    /// Starts a command; returns its id.
    pub(crate) async fn command(&mut self, text: &str) -> Result<String, WinrsError> {
        let options = [("WINRS_CONSOLEMODE_STDIN", "TRUE"), ("WINRS_SKIP_CMD_SHELL", "FALSE")];
        let action = format!("{}/Command", ns::SHELL);
        let what = "the answer to Command";
        let reply = self.call(what, &action, &options, &client::command(text)).await?;
        Ok(reply.command_id.ok_or(ReplyError::Unexpected("it names no command"))?)
    }

    /// Receives output until the command has ended; returns its exit code.
    pub(crate) async fn receive_all(
        &mut self,
        command: &str,
        sink: OutputSink<'_>,
    ) -> Result<i32, WinrsError> {
        let action = format!("{}/Receive", ns::SHELL);
        let body = client::receive(command);
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
                // The usual answer while the command is silent.
                Err(error) if error.is_timeout() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends the input to its end, in chunks. While a program does not read, Send times out, and
    /// the client repeats it.
    pub(crate) async fn send_all(
        &mut self,
        command: &str,
        input: CommandInput<'_>,
    ) -> Result<(), WinrsError> {
        let action = format!("{}/Send", ns::SHELL);
        let mut chunk = vec![0; INPUT_CHUNK];
        loop {
            let count = input.read(&mut chunk).await?;
            let body = client::send(command, &chunk[..count], count == 0);
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
        let body = client::signal(command, name);
        self.call("the answer to Signal", &action, &[], &body).await.map(drop)
    }

    /// Ends the shell.
    pub(crate) async fn delete(&mut self) -> Result<(), WinrsError> {
        let action = format!("{}/Delete", ns::TRANSFER);
        self.call("the answer to Delete", &action, &[], "").await.map(drop)
    }
}
