//! `spnlab test`: runs features against real labs.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    spnlab_scenarios::main().await
}
