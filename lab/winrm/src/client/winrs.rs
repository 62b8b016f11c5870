//! The Windows Remote Shell, from the client's side: one shell, one command at a time.

use super::channel::{Channel, Sink, Source, WinrsError};
use super::peer::Peer;
use super::transport::{Transport, TransportError};
use crate::soap::new_guid;

/// A shell. Input and signals go on a connection of their own, opened when first needed, as the
/// first one is busy with Receive while a command runs.
pub(crate) struct Shell<'a> {
    main: Channel,
    side: Side<'a>,
    deleted: bool,
}

/// The connection for input and signals.
struct Side<'a> {
    peer: &'a Peer<'a>,
    channel: Option<Channel>,
}

/// What happens to a command from outside while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disturbance {
    /// Ctrl-C was pressed.
    Interrupt,
    /// Nobody wants the command any more.
    Abandon,
}

impl<'a> Shell<'a> {
    /// A shell on an authenticated connection, not opened yet.
    pub(crate) fn on(peer: &'a Peer<'a>, transport: Transport) -> Self {
        let main = Channel { transport, session: new_guid(), shell: None };
        Self { main, side: Side { peer, channel: None }, deleted: false }
    }

    /// Opens it.
    pub(crate) async fn open(&mut self) -> Result<(), WinrsError> {
        self.main.create().await
    }

    /// HTTP status of the last answer on the first connection.
    pub(crate) fn status(&self) -> Option<u16> {
        self.main.transport.status
    }

    /// Runs a command to its end, with input if there is any; returns its exit code.
    pub(crate) async fn run(
        &mut self,
        text: &str,
        input: Option<Source<'_>>,
        sink: Sink<'_>,
    ) -> Result<i32, WinrsError> {
        let command = self.main.command(text).await?;
        let code = match input {
            None => self.main.receive_all(&command, sink).await?,
            Some(input) => {
                let (session, shell) = (self.main.session.clone(), self.main.shell.clone());
                let side = self.side.channel(&session, shell.as_deref());
                let receive = self.main.receive_all(&command, sink);
                tokio::pin!(receive);
                let send = async { side.await?.send_all(&command, input).await };
                tokio::select! {
                    code = &mut receive => code?,
                    fed = send => match fed {
                        // A fault: the command ended without reading on; Receive tells how.
                        Err(error) if !error.is_fault() => return Err(error),
                        _ => receive.await?,
                    },
                }
            }
        };
        self.main.signal(&command, "terminate").await?;
        Ok(code)
    }

    /// Runs a command to its end, while it may be disturbed. `None`: it was abandoned.
    pub(crate) async fn run_interruptible(
        &mut self,
        text: &str,
        sink: Sink<'_>,
        mut disturbed: impl AsyncFnMut() -> Disturbance,
    ) -> Result<Option<i32>, WinrsError> {
        // While nobody typed, the connection may have ended; the shell has not.
        if self.main.transport.is_closed() {
            self.main.transport = self.side.transport().await?;
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
                let side = self.side.channel(&session, shell.as_deref()).await?;
                if event == Disturbance::Abandon {
                    // The first connection still waits for output: it is of no more use.
                    self.deleted = true;
                    return side.delete().await.map(|()| None);
                }
                match side.signal(&command, "ctrl_c").await {
                    // A fault: the command has just ended.
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
    async fn channel(
        &mut self,
        session: &str,
        shell: Option<&str>,
    ) -> Result<&mut Channel, WinrsError> {
        let channel = match self.channel.take() {
            Some(channel) if !channel.transport.is_closed() => channel,
            _ => {
                let (session, shell) = (session.to_owned(), shell.map(str::to_owned));
                Channel { transport: self.transport().await?, session, shell }
            }
        };
        Ok(self.channel.insert(channel))
    }

    /// A further connection, authenticated anew.
    async fn transport(&self) -> Result<Transport, WinrsError> {
        let (mut transport, _) = self.peer.connect().await?;
        let stage = transport.authenticate(self.peer).await?;
        if stage.result != "accepted" {
            return Err(TransportError::Refused(stage.text.unwrap_or_default()).into());
        }
        Ok(transport)
    }
}
