//! The Windows Remote Shell, from the client's side: one shell, one command at a time.

use super::connection::{Connection, ConnectionError};
use super::endpoint::Endpoint;
use super::shell_connection::{CommandInput, OutputSink, ShellConnection, WinrsError};
use crate::soap::new_guid;

/// A shell. Input and signals have a connection of their own, which opens at the first need. The
/// first connection is busy with Receive while a command runs.
pub(crate) struct Shell<'a> {
    main: ShellConnection,
    side: Side<'a>,
    deleted: bool,
}

/// The connection for input and signals.
struct Side<'a> {
    endpoint: &'a Endpoint<'a>,
    requests: Option<ShellConnection>,
}

/// An event from outside while a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disturbance {
    /// The user pressed Ctrl-C.
    Interrupt,
    /// The session ends, and its command with it.
    Abandon,
}

impl<'a> Shell<'a> {
    /// A shell on an authenticated connection, not opened yet.
    pub(crate) fn on(endpoint: &'a Endpoint<'a>, connection: Connection) -> Self {
        let main = ShellConnection { connection, session: new_guid(), shell: None };
        Self { main, side: Side { endpoint, requests: None }, deleted: false }
    }

    /// Opens it.
    pub(crate) async fn open(&mut self) -> Result<(), WinrsError> {
        self.main.create().await
    }

    /// HTTP status of the last answer on the first connection.
    pub(crate) fn status(&self) -> Option<u16> {
        self.main.connection.status
    }

    /// Runs a command to its end, with its input if any; returns its exit code.
    pub(crate) async fn run(
        &mut self,
        text: &str,
        input: Option<CommandInput<'_>>,
        sink: OutputSink<'_>,
    ) -> Result<i32, WinrsError> {
        let command = self.main.command(text).await?;
        let code = match input {
            None => self.main.receive_all(&command, sink).await?,
            Some(input) => {
                let (session, shell) = (self.main.session.clone(), self.main.shell.clone());
                let side = self.side.requests(&session, shell.as_deref());
                let receive = self.main.receive_all(&command, sink);
                tokio::pin!(receive);
                let send = async { side.await?.send_all(&command, input).await };
                tokio::select! {
                    code = &mut receive => code?,
                    fed = send => match fed {
                        // A fault means that the command ended without reading on. Receive says
                        // how.
                        Err(error) if !error.is_fault() => return Err(error),
                        _ => receive.await?,
                    },
                }
            }
        };
        self.main.signal(&command, "terminate").await?;
        Ok(code)
    }

    /// Runs a command to its end, or until a disturbance. `None`: it was abandoned.
    pub(crate) async fn run_interruptible(
        &mut self,
        text: &str,
        sink: OutputSink<'_>,
        mut disturbed: impl AsyncFnMut() -> Disturbance,
    ) -> Result<Option<i32>, WinrsError> {
        // The connection may have closed while the user did not type. The shell is still open.
        if self.main.connection.is_closed() {
            self.main.connection = self.side.connect().await?;
        }
        let command = self.main.command(text).await?;
        let (session, shell) = (self.main.session.clone(), self.main.shell.clone());
        let code = {
            let receive = self.main.receive_all(&command, sink);
            tokio::pin!(receive);
            loop {
                let event = tokio::select! {
                    code = &mut receive => break code?,
                    event = disturbed() => event,
                };
                let side = self.side.requests(&session, shell.as_deref()).await?;
                if event == Disturbance::Abandon {
                    // The first connection still waits for output, so it is useless.
                    self.deleted = true;
                    return side.delete().await.map(|()| None);
                }
                match side.signal(&command, "ctrl_c").await {
                    // A fault means that the command has just ended.
                    Err(error) if !error.is_fault() => return Err(error),
                    _ => {}
                }
            }
        };
        self.main.signal(&command, "terminate").await?;
        Ok(Some(code))
    }

    /// Ends the shell.
    pub(crate) async fn close(&mut self) -> Result<(), WinrsError> {
        if self.deleted {
            return Ok(());
        }
        self.main.delete().await
    }
}

impl Side<'_> {
    async fn requests(
        &mut self,
        session: &str,
        shell: Option<&str>,
    ) -> Result<&mut ShellConnection, WinrsError> {
        let requests = match self.requests.take() {
            Some(requests) if !requests.connection.is_closed() => requests,
            _ => {
                let (session, shell) = (session.to_owned(), shell.map(str::to_owned));
                ShellConnection { connection: self.connect().await?, session, shell }
            }
        };
        Ok(self.requests.insert(requests))
    }

    /// A further connection, with a new authentication.
    async fn connect(&self) -> Result<Connection, WinrsError> {
        let (mut connection, _) = self.endpoint.connect().await?;
        let stage = connection.authenticate(&self.endpoint.ticket).await?;
        if stage.result != "accepted" {
            return Err(ConnectionError::Refused(stage.text.unwrap_or_default()).into());
        }
        Ok(connection)
    }
}
