//! One run, from the connection to its end.

use std::io::{self, IsTerminal, Write};

use spnfix::setspn::{Arguments, JsonDocument, Listener, Outcome, Progress, WindowsText, run};
use spnfix::shown_json;
use tokio::signal::unix::{SignalKind, signal};

use super::color::colored;
use super::connect::Connections;
use super::failure::Failure;

/// Runs the request of the arguments, and returns the outcome.
pub(crate) async fn session(arguments: &Arguments) -> Outcome {
    if arguments.json { in_json(arguments).await } else { in_text(arguments).await }
}

async fn in_text(arguments: &Arguments) -> Outcome {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let progress = match arguments.request.progress {
        false => Progress::Silent,
        true if out.is_terminal() => Progress::Counting,
        true => Progress::Line,
    };
    let mut text =
        WindowsText::new(&mut out, &mut err, progress).with_color(colored(arguments.color));
    match until_interrupted(arguments, &mut text).await {
        Ok(outcome) => outcome,
        Err(failure) => {
            // The run's error matters more than an error of the last line.
            let _ = text.break_off();
            failure.tell(arguments.color)
        }
    }
}

async fn in_json(arguments: &Arguments) -> Outcome {
    let mut document = JsonDocument::default();
    let ended = until_interrupted(arguments, &mut document).await;
    let outcome = ended.unwrap_or_else(|failure| {
        document.failed(&failure.code(), &failure.message(), &failure.hint());
        failure.outcome()
    });
    let document = document.finish(&arguments.request.command, outcome);
    match writeln!(io::stdout(), "{}", shown_json(&document)) {
        Ok(()) => outcome,
        Err(error) => Failure::from(error).tell(arguments.color),
    }
}

/// Ctrl-C drops the run at once, and the connections with it.
async fn until_interrupted(
    arguments: &Arguments,
    listener: &mut dyn Listener,
) -> Result<Outcome, Failure> {
    // The handler starts here, before the first wait.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let work = async {
        let mut connections = Connections::prepare(arguments).await?;
        let outcome = run(&arguments.request, &mut connections, listener).await;
        connections.close().await;
        Ok(outcome?)
    };
    tokio::select! {
        ended = work => ended,
        _ = interrupt.recv() => {
            Err(Failure::Interrupted { editing: arguments.request.command.edits() })
        }
    }
}
