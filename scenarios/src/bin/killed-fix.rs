//! Applies an option of the article and kills itself with SIGKILL at a chosen point of that.
//!
//! For the scenarios only: what it is to do comes as JSON on standard input; exit status 0 means
//! that the run has fewer points than that.

use std::io::Read as _;
use std::process::ExitCode;

use spnlab_scenarios::{Errand, run_errand};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    let errand = read.ok().and_then(|_| serde_json::from_str::<Errand>(&text).ok());
    let Some(errand) = errand else {
        eprintln!("error: standard input holds no errand; this program is for the scenarios only");
        return ExitCode::from(2);
    };
    match run_errand(&errand).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
