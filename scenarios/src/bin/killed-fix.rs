//! Applies an option of the article to a lab, and kills itself with SIGKILL at a chosen point.
//!
//! Only the scenarios use it. Its standard input has the option and the point, as JSON. Exit status
//! 0 means that the fix has no such point.

use std::process::ExitCode;

use spnlab_scenarios::run_killed_fix;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run_killed_fix().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
