//! WinRM clients of others, unmodified, against a lab: what they print, healthy and broken.
//!
//! Nothing here makes a client behave: each runs as its packages are, and its own words are
//! compared with a snapshot. Where no package index answers, each witness is reported as skipped;
//! what else goes wrong fails (`tests/skips.rs` tries both).
#![expect(clippy::print_stdout, reason = "ci/test reads what this program prints")]

mod image;
mod list;
mod missing;
mod packages;
mod suites;
mod winrm_rs;
mod witness;

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use spnlab_engineer::{ArticleOption, Engineer};
use spnlab_harness::{
    ChannelBinding, Fault, Lab, LabSpec, Lifetime, Progress, SambaVersion, WinrmSettings, accounts,
};

use list::WITNESSES;
use missing::Missing;
use suites::SUITES;
use witness::{Client, State, WINRM_RS, Witness};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

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
            println!("error: {error}");
            total()
        }
    };
    // A line "skipped:" takes its witness out of those that passed: see ci/test.
    println!("scenarios: {} passed, {failed} failed, 0 skipped", total() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many there are; that each record has its witness is one more.
fn total() -> usize {
    WITNESSES.len() + SUITES.len() + 1
}

/// How many there are in these states.
fn total_in(states: &[State]) -> usize {
    let witnesses = WITNESSES.iter().filter(|witness| states.contains(&witness.state)).count();
    witnesses + SUITES.iter().filter(|suite| states.contains(&suite.state)).count()
}

/// The labs: WinRM's settings, and the states that are brought about in it.
const LABS: [(&str, ChannelBinding, &[State]); 2] = [
    (
        "witnesses",
        ChannelBinding::Relaxed,
        &[State::Healthy, State::Article, State::Removed, State::Registered],
    ),
    ("witnesses-strict", ChannelBinding::Strict, &[State::Strict]),
];

/// What the witnesses need besides a lab.
struct Means {
    image: String,
    winrm_rs: std::result::Result<PathBuf, Missing>,
}

/// Returns how many failed.
async fn run() -> Result<usize> {
    let mut failed = usize::from(!each_record_has_its_witness());
    let progress = Progress::new(|text: &str| println!("{text}"));
    let images = spnlab_harness::ensure_images(SambaVersion::default(), &progress).await?;
    // Side by side: pip and apt wait for the network while cargo compiles.
    let (image, winrm_rs) = std::thread::scope(|scope| {
        let sources = winrm_rs::SOURCES.as_ref();
        let build =
            scope.spawn(|| winrm_rs::build(sources, &image::folder().join("winrm-rs"), &[]));
        let image = image::ensure(&images.client);
        let broken =
            |_| Err(Missing::Broken("the thread that builds winrm-rs panicked".to_owned()));
        (image, build.join().unwrap_or_else(broken))
    });
    let image = match image {
        Ok(image) => image,
        Err(Missing::Skipped(reason)) => {
            let suites = SUITES.iter().map(|suite| suite.name);
            for name in WITNESSES.iter().map(|witness| witness.name).chain(suites) {
                println!("skipped: {name}: {reason}");
            }
            return Ok(failed);
        }
        Err(Missing::Broken(reason)) => return Err(reason.into()),
    };
    let means = Means { image, winrm_rs };
    for (name, channel_binding, states) in LABS {
        let spec = LabSpec::new(name, Lifetime::Scope);
        let settings = WinrmSettings { channel_binding, ..WinrmSettings::default() };
        let lab = Lab::start_with(&spec, settings, &progress).await?;
        let heard = all(&lab, &means, states).await;
        lab.shutdown().await?;
        failed += heard?;
    }
    Ok(failed)
}

/// Hears everybody who is heard in these states.
async fn all(lab: &Lab, means: &Means, states: &[State]) -> Result<usize> {
    let container = match image::start(lab, &means.image) {
        Ok(container) => container,
        Err(reason) => {
            println!("the container of the witnesses does not start: {reason}");
            return Ok(total_in(states));
        }
    };
    let winrm_rs = means.winrm_rs.as_ref().map_err(Clone::clone).and_then(|program| {
        let to = format!("{container}:{WINRM_RS}");
        image::succeeds(Command::new("docker").arg("cp").arg(program).arg(to))
            .map_err(Missing::Broken)
    });
    let mut failed = 0;
    for state in states {
        bring_about(lab, *state).await?;
        for witness in WITNESSES.iter().filter(|witness| witness.state == *state) {
            match &winrm_rs {
                Err(Missing::Skipped(reason)) if witness.client == Client::WinrmRs => {
                    println!("skipped: {}: {reason}", witness.name);
                }
                Err(Missing::Broken(reason)) if witness.client == Client::WinrmRs => {
                    println!("FAILED  {}: {reason}", witness.name);
                    failed += 1;
                }
                _ => failed += usize::from(!stands(witness, &container)),
            }
        }
        for suite in SUITES.iter().filter(|suite| suite.state == *state) {
            let (word, said) = match suite.run(&container) {
                Ok(summary) => ("ok    ", summary),
                Err(reason) => ("FAILED", reason),
            };
            println!("{word}  {}: {said}", suite.name);
            failed += usize::from(word == "FAILED");
        }
    }
    Ok(failed)
}

async fn bring_about(lab: &Lab, state: State) -> Result<()> {
    match state {
        State::Healthy | State::Strict => Ok(lab.reset().await?),
        State::Article => Ok(lab.dc1().seed(&Fault::Article).await?),
        State::Removed => option_1(lab).await,
        State::Registered => {
            lab.dc1().seed(&Fault::Article).await?;
            for spn in ["WSMAN/mem1.contoso.com", "HTTP/mem1.contoso.com:5985"] {
                lab.dc1()
                    .seed(&Fault::Registered { spn: spn.to_owned(), on: accounts::MEM1 })
                    .await?;
            }
            Ok(())
        }
    }
}

/// The engineer takes the SPNs off the web site's account.
async fn option_1(lab: &Lab) -> Result<()> {
    let mut engineer = Engineer::at(lab).await?;
    let plan = engineer.plan("mem1.contoso.com", ArticleOption::One).await?;
    let folder = tempfile::tempdir()?;
    engineer.apply(&plan, &folder.path().join("journal")).await?;
    Ok(())
}

/// Where the witnesses' words are recorded.
const RECORDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/snapshots");

/// A record that no witness is compared with proves nothing.
fn each_record_has_its_witness() -> bool {
    let entries = match std::fs::read_dir(RECORDS) {
        Ok(entries) => entries,
        Err(error) => {
            println!("FAILED  records: {RECORDS}: {error}");
            return false;
        }
    };
    let nobody = |file: &String| {
        !WITNESSES.iter().any(|witness| Some(witness.name) == file.strip_suffix(".snap"))
    };
    let files = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut unreferenced: Vec<_> = files.filter(nobody).collect();
    unreferenced.sort();
    if unreferenced.is_empty() {
        println!("ok      records");
    } else {
        println!("FAILED  records: no witness is compared with {}", unreferenced.join(", "));
    }
    unreferenced.is_empty()
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
            snapshot_path => RECORDS,
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
