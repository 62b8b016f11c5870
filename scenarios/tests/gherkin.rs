//! Runs every feature file against real labs.
//!
//! `cargo test -p spnlab-scenarios --test gherkin -- --tags @smoke` runs a part; `--name REGEX`
//! runs scenarios by title. `SPNLAB_SEED=N` repeats the order of an earlier run, `SPNLAB_LABS=N`
//! sets how many labs run side by side, `SPNLAB_SAMBA=4.17` what their domain controllers run.
//! The time of each step is in `target/scenarios.json`. Evidence is kept in
//! `target/evidence/<feature>/<scenario>/`.

use std::process::ExitCode;

/// Where the feature files are.
const FEATURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../features");

#[tokio::main]
async fn main() -> ExitCode {
    // Evidence goes where a run by hand would put it.
    if let Err(error) = std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")) {
        eprintln!("the workspace's folder is not there: {error}");
        return ExitCode::FAILURE;
    }
    spnlab_scenarios::killed_fix_is_at(env!("CARGO_BIN_EXE_killed-fix"));
    spnlab_scenarios::run(FEATURES, "target/scenarios.json".as_ref()).await
}
