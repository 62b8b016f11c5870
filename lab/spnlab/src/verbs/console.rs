//! `spnlab console`: one page about a lab, for a browser on this machine.

use serde_json::json;
use spnlab_console::{Open, Place};
use spnlab_harness::{Error, Lab};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{OpenConsole, name_option};
use crate::console::Console;
use crate::failure::Failure;

/// Serves the page until Ctrl-C.
pub(super) async fn serve(options: &OpenConsole, console: &Console) -> Result<u8, Failure> {
    let name = options.lab.name.as_str();
    let lab = Lab::attach(name).await?;
    let program = std::env::current_exe()
        .map_err(|source| Error::Io { action: "find spnlab itself".to_owned(), source })?;
    let port = options.port.unwrap_or(0);
    let taken = |error: std::io::Error| Failure::Port { port, reason: error.to_string() };
    let open = Open::at(port).await.map_err(taken)?;
    // From here on, Ctrl-C ends the console and not the action that runs.
    let mut interrupts = signal(SignalKind::interrupt())
        .map_err(|error| Failure::Terminal { reason: error.to_string() })?;
    let address = open.address();
    console.document("console", &json!({ "address": address }));
    console.print(&address);
    console.say("open this address in a browser on this machine; Ctrl-C ends the console");
    let is_default = name_option(name).is_empty();
    let place = Place { name: name.to_owned(), is_default, program };
    let end = async {
        interrupts.recv().await;
    };
    open.serve(&lab, place, end).await?;
    Ok(0)
}
