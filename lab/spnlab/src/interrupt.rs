//! Ctrl-C and `kill` end the work under way. Its guards remove what it started.
//!
//! Uses: console, doing, failure.

use tokio::signal::unix::{SignalKind, signal as listen};

use crate::console::Console;
use crate::doing::Doing;
use crate::failure::Failure;

const SIGINT: u8 = 2;
const SIGTERM: u8 = 15;
const SIGHUP: u8 = 1;

/// Returns when a signal asks the program to end: Ctrl-C only with `by_ctrl_c`.
pub(crate) async fn signal(console: &Console, by_ctrl_c: bool) -> Failure {
    let (Ok(mut int), Ok(mut term), Ok(mut hup)) = (
        listen(SignalKind::interrupt()),
        listen(SignalKind::terminate()),
        listen(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    let signal = tokio::select! {
        _ = int.recv(), if by_ctrl_c => SIGINT,
        _ = term.recv() => SIGTERM,
        _ = hup.recv() => SIGHUP,
    };
    let doing = console.doing();
    // The terminal shows ^C on the line of a question.
    if signal == SIGINT && console.error_columns().is_some() {
        console.warn("");
    }
    if doing == Doing::Starting {
        console.warn("interrupted: removing what was started");
    }
    Failure::Interrupted { signal, doing }
}
