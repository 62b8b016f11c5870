//! A terminal of `spnlab shell` in the page, over a WebSocket.
//!
//! What is typed comes in binary messages, and what the terminal shows goes out in such. A text from
//! the page is the size that it has now, such as `80x24`. The shell ends with the page.
//!
//! Uses: no other room.

use std::path::Path;

use axum::extract::ws::{Message, WebSocket};
use futures::{SinkExt as _, StreamExt as _};
use pty_process::{Command, Size};
use serde::Deserialize;
use spnlab_harness::{Lab, Role};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Debian's package in CLIENT.
const SCRIPT: &str = "/usr/share/javascript/xterm/xterm.js";
const STYLE: &str = "/usr/share/javascript/xterm/xterm.css";

/// xterm.js, as the lab's CLIENT has it. Empty, if it has none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Xterm {
    pub(crate) script: String,
    pub(crate) style: String,
}

impl Xterm {
    pub(crate) async fn of(lab: &Lab) -> Self {
        let read = async |path| {
            let read = lab.exec(Role::Client, None, &["cat", path], None).await;
            read.and_then(|read| read.success(Role::Client, "cat")).unwrap_or_default()
        };
        Self { script: read(SCRIPT).await, style: read(STYLE).await }
    }
}

/// The terminal that a page wants.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Wanted {
    columns: u16,
    rows: u16,
}

/// Says that another page has the terminal.
pub(crate) async fn refuse(mut socket: WebSocket) {
    // A page that is gone needs no answer.
    let _ = socket.send(Message::Text("another page has the terminal".into())).await;
}

/// Runs the shell until it or the page ends.
pub(crate) async fn serve(mut socket: WebSocket, program: &Path, lab: &str, wanted: Wanted) {
    if let Err(error) = run(&mut socket, program, lab, wanted).await {
        let _ = socket.send(Message::Text(format!("no terminal: {error}").into())).await;
    }
}

fn size(columns: u16, rows: u16) -> Size {
    Size::new(rows.clamp(2, 100), columns.clamp(20, 250))
}

async fn run(
    socket: &mut WebSocket,
    program: &Path,
    lab: &str,
    Wanted { columns, rows }: Wanted,
) -> pty_process::Result<()> {
    let (pty, terminal) = pty_process::open()?;
    pty.resize(size(columns, rows))?;
    let shell = Command::new(program).args(["shell", "--name", lab]);
    // xterm.js shows UTF-8, whatever the terminal of the console shows.
    let shell = shell.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8");
    let mut child = shell.kill_on_drop(true).spawn(terminal)?;
    let (mut output, mut keys) = pty.into_split();
    let (mut to_page, mut from_page) = socket.split();
    let show = async {
        let mut block = vec![0; 16 << 10];
        // The end of the shell is an error of its terminal.
        while let Ok(read @ 1..) = output.read(&mut block).await {
            to_page.send(Message::Binary(block[..read].to_vec().into())).await?;
        }
        Result::<(), axum::Error>::Ok(())
    };
    let press = async {
        while let Some(Ok(message)) = from_page.next().await {
            match message {
                Message::Binary(typed) => keys.write_all(&typed).await?,
                Message::Text(text) => {
                    if let Some((columns, rows)) = text.split_once('x')
                        && let (Ok(columns), Ok(rows)) = (columns.parse(), rows.parse())
                    {
                        keys.resize(size(columns, rows)).map_err(std::io::Error::other)?;
                    }
                }
                _ => {}
            }
        }
        std::io::Result::Ok(())
    };
    tokio::select! {
        _ = show => {}
        _ = press => {}
    }
    // The terminal hangs up, and the shell ends as if its window was closed.
    drop((output, keys));
    child.wait().await?;
    Ok(())
}
