//! `setspn`, as on Windows: queries, lists, adds and deletes service principal names.
//!
//! The library does the work. The program adds the arguments, the terminal, the signals and the
//! exit status. `docs/setspn.md` describes all of it.

mod color;
mod connect;
mod failure;
mod session;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use spnfix::setspn::{Arguments, Color, Command, HELP, Outcome, UsageError, VERSION};

use failure::Failure;

fn main() -> ExitCode {
    let outcome = match arguments() {
        Ok(arguments) if arguments.version => print(VERSION),
        Ok(arguments) if arguments.request.command == Command::Help => print(HELP),
        Ok(arguments) => in_runtime(&arguments),
        Err(error) => Failure::from(error).tell(Color::Auto),
    };
    ExitCode::from(outcome.status())
}

fn arguments() -> Result<Arguments, UsageError> {
    let text = |argument: OsString| {
        argument
            .into_string()
            .map_err(|odd| UsageError::NotUtf8 { argument: odd.to_string_lossy().into_owned() })
    };
    let typed: Vec<String> = env::args_os().skip(1).map(text).collect::<Result<_, _>>()?;
    Arguments::parse(&typed)
}

fn print(text: &str) -> Outcome {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Outcome::Done,
        Err(error) => Failure::from(error).tell(Color::Auto),
    }
}

fn in_runtime(arguments: &Arguments) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(session::session(arguments));
            // A thread may still wait for a password.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Failure::from(error).tell(arguments.color),
    }
}
