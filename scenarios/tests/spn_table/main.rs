//! Samba's own table of SPN cases: the fix library predicts, the domain controller decides, and
//! they must agree on every step of every case.

#![expect(clippy::unwrap_used, reason = "a test program: a panic is a failure")]

mod cases;
mod play;
mod predicted;

use std::process::ExitCode;

use spnlab_harness::{Lab, LabSpec, Lifetime, Progress, WinrmSettings};
use spnlab_scenarios::samba;

#[tokio::main]
async fn main() -> ExitCode {
    let cases = cases::all();
    let progress = Progress::new(|text| eprintln!("{text}"));
    let spec = LabSpec { samba: samba(), ..LabSpec::new("spn-table", Lifetime::Scope) };
    let lab = Lab::start_with(&spec, WinrmSettings::default(), &progress).await.unwrap();
    let decided = play::on_the_dc(&lab, &cases).await;
    lab.shutdown().await.unwrap();
    assert_eq!(decided.len(), cases.len(), "the DC did not answer for every case");
    let mut failed = 0;
    for (number, (case, decided)) in cases.iter().zip(decided).enumerate() {
        let predicted = predicted::by_the_library(number, case);
        let said: Vec<u32> = predicted.iter().map(|said| said.code().0).collect();
        let codes: Vec<u32> = decided.iter().map(|(code, _)| *code).collect();
        if said == codes {
            println!("ok: {case}: {codes:?}");
            continue;
        }
        failed += 1;
        println!("FAILED: {case}: predicted {predicted:?}, the DC said {decided:?}");
    }
    println!("scenarios: {} passed, {failed} failed, 0 skipped", cases.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
