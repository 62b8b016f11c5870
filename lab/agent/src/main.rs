//! The agent: a resident process in a container that does the harness's requests in order.
//!
//! `docker exec` starts it and attaches its standard input and output. It has only the rights of
//! the user for whom it was started. It ends at the end of its input, and ends the program that it
//! is running. With `forward PORT` it carries one connection to a port instead.

mod attempt;
mod capture;
mod failure;
mod forward;
mod logon;
mod processes;
mod program;
mod registry;
mod reset;
mod work;

use std::io;
use std::process::ExitCode;

use spnlab_agent::{PROTOCOL, Request, codec, receive};
use tokio::sync::mpsc;
use tokio_util::codec::{FramedRead, FramedWrite};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = match words[..] {
        [PROTOCOL] => run(serve()),
        ["forward", port] => match port.parse() {
            Ok(port) => run(forward::forward(port)),
            Err(_) => return misread(port),
        },
        ["--version"] => {
            println!("spnlab-agent {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        _ => return misread(words.first().copied().unwrap_or("nothing")),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spnlab-agent: {error}");
            ExitCode::FAILURE
        }
    }
}

fn misread(word: &str) -> ExitCode {
    eprintln!("spnlab-agent: takes {PROTOCOL}, or forward and a port, not {word}");
    ExitCode::from(2)
}

fn run(work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(work);
    // A thread of the runtime may still wait for input.
    runtime.shutdown_background();
    ended
}

async fn serve() -> io::Result<()> {
    let (to_worker, mut requests) = mpsc::channel(1);
    let read = async move {
        let mut input = FramedRead::new(tokio::io::stdin(), codec());
        while let Some(request) = receive::<Request>(&mut input).await? {
            // The worker lives for as long as this loop.
            let _ = to_worker.send(request).await;
        }
        Ok(())
    };
    let work = async {
        let mut answers = FramedWrite::new(tokio::io::stdout(), codec());
        let mut registry = registry::Registry::default();
        while let Some(request) = requests.recv().await {
            work::answer(request, &mut registry, &mut answers).await?;
        }
        Ok(())
    };
    // After the end of the input nobody waits for an answer.
    tokio::select! {
        ended = read => ended,
        ended = work => ended,
    }
}
