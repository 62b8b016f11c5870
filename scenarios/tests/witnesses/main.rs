//! WinRM clients of others, unmodified, against a lab: what they print, healthy and broken.
//!
//! Nothing here makes a client behave: each runs as its packages are, and its own words are
//! compared with a snapshot. Where the packages cannot be had, each witness is reported as skipped.
#![expect(clippy::print_stdout, reason = "ci/test reads what this program prints")]

mod image;
mod witness;

use std::process::ExitCode;

use spnlab_harness::{Fault, Lab, LabSpec, Lifetime, Progress, accounts};

use witness::{State, WITNESSES, Witness};

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            println!("the runtime could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let failed = match runtime.block_on(run()) {
        Ok(failed) => failed,
        Err(error) => {
            println!("error [{}]: {error}", error.code());
            WITNESSES.len()
        }
    };
    // A line "skipped:" takes its witness out of those that passed: see ci/test.
    println!("scenarios: {} passed, {failed} failed, 0 skipped", WITNESSES.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns how many failed.
async fn run() -> Result<usize, spnlab_harness::Error> {
    let progress = Progress::new(|text: &str| println!("{text}"));
    let images = spnlab_harness::ensure_images(&progress).await?;
    let image = match image::ensure(&images.client) {
        Ok(image) => image,
        Err(reason) => {
            for witness in WITNESSES {
                println!("skipped: {}: {reason}", witness.name);
            }
            return Ok(0);
        }
    };
    let spec = LabSpec { name: "witnesses".to_owned(), lifetime: Lifetime::Scope };
    let lab = Lab::start(&spec, &progress).await?;
    let failed = all(&lab, &image).await;
    lab.shutdown().await?;
    failed
}

async fn all(lab: &Lab, image: &str) -> Result<usize, spnlab_harness::Error> {
    let container = match image::start(lab, image) {
        Ok(container) => container,
        Err(reason) => {
            println!("the container of the witnesses does not start: {reason}");
            return Ok(WITNESSES.len());
        }
    };
    let mut failed = 0;
    for state in [State::Healthy, State::Article, State::Registered] {
        bring_about(lab, state).await?;
        for witness in WITNESSES.iter().filter(|witness| witness.state == state) {
            failed += usize::from(!stands(witness, &container));
        }
    }
    Ok(failed)
}

async fn bring_about(lab: &Lab, state: State) -> Result<(), spnlab_harness::Error> {
    match state {
        State::Healthy => lab.reset().await,
        State::Article => lab.seed(&Fault::Article).await,
        State::Registered => {
            for spn in ["WSMAN/mem1.contoso.com", "HTTP/mem1.contoso.com:5985"] {
                lab.seed(&Fault::Registered { spn: spn.to_owned(), on: accounts::MEM1 }).await?;
            }
            Ok(())
        }
    }
}

/// Runs one witness and compares what it said.
fn stands(witness: &Witness, container: &str) -> bool {
    let said = match witness.ask(container) {
        Ok(said) => said,
        Err(reason) => {
            println!("FAILED  {}: {reason}", witness.name);
            return false;
        }
    };
    let compared = std::panic::catch_unwind(|| {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
            description => witness.describe(),
        }, {
            insta::assert_snapshot!(witness.name, said);
        });
    });
    println!("{}  {}", if compared.is_ok() { "ok    " } else { "FAILED" }, witness.name);
    compared.is_ok()
}
