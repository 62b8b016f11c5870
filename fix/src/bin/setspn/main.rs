//! `setspn`, as on Windows: queries, lists, adds and deletes service principal names.
//!
//! The library does the work. The program adds the arguments, the terminal, the signals and the
//! exit status. `docs/setspn.md` describes all of it.

mod connect;
mod failure;
mod session;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use spnfix::setspn::{Arguments, Command, HELP, Outcome, UsageError};

use failure::Failure;

fn main() -> ExitCode {
    let outcome = match arguments() {
        Ok(arguments) if arguments.request.command == Command::Help => help(),
        Ok(arguments) => in_runtime(&arguments),
        Err(error) => Failure::from(error).tell(),
    };
    ExitCode::from(outcome.status())
}

fn arguments() -> Result<Arguments, UsageError> {
    let text = |argument: OsString| {
        argument
            .into_string()
            .map_err(|odd| UsageError::Extra { argument: odd.to_string_lossy().into_owned() })
    };
    let typed: Vec<String> = env::args_os().skip(1).map(text).collect::<Result<_, _>>()?;
    Arguments::parse(&typed)
}

fn help() -> Outcome {
    match io::stdout().write_all(HELP.as_bytes()) {
        Ok(()) => Outcome::Done,
        Err(error) => Failure::from(error).tell(),
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
        Err(error) => Failure::from(error).tell(),
    }
}
