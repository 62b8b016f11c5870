//! Applies an option of the article and kills itself with SIGKILL at a chosen point of that.
//!
//! For the scenarios only: what it is to do comes as a line of JSON on standard input; exit status 0 means
//! that the run has fewer points than that.

use std::process::ExitCode;

use spnlab_scenarios::run_errand;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run_errand().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
