//! Ctrl-C and `kill`: the work under way is dropped, and its guards remove what it started.

use tokio::signal::unix::{SignalKind, signal as listen};

use crate::error::Failure;
use crate::talk::Talk;

const SIGINT: u8 = 2;
const SIGTERM: u8 = 15;
const SIGHUP: u8 = 1;

/// Returns once the program is asked to end. Ctrl-C asks for that unless somebody else takes it.
pub(crate) async fn signal(talk: &Talk, by_ctrl_c: bool) -> Failure {
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
    talk.warn("interrupted: removing what was started");
    Failure::Interrupted { signal }
}
