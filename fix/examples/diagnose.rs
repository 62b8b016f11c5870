//! Says for each host whose key a WinRM client's ticket is encrypted with, why, and what to do.
//! It writes nothing. Exit status: 0 if every host is healthy, 1 if not, 2 after an error.
//!
//! ```console
//! kinit you@YOUR.DOMAIN
//! cargo run --example diagnose -- web7.your.domain web8.your.domain
//! ```

mod common;

use std::process::ExitCode;

use common::{Failure, Given};
use spnfix::{ClientProfile, DirectorySnapshot, Remedy, Target, diagnose, recommend};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::end(run().await)
}

async fn run() -> Result<ExitCode, Failure> {
    let given = Given::read("diagnose HOST...", 1..)?;
    let hosts: Vec<Target> =
        given.words.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
    // The client of the article: Enter-PSSession without options.
    let client = ClientProfile::default();
    let mut directory = given.connect().await?;
    let mut all_healthy = true;
    for host in &hosts {
        // One look at the directory for both questions. The HOST remedy reads most.
        let remedy = Remedy::HostPrefix;
        let seen = DirectorySnapshot::take_for(&mut directory, host, &client, &remedy).await?;
        let diagnosis = diagnose(&seen, host, &client)?;
        println!("{diagnosis}");
        if !diagnosis.verdict.is_healthy() {
            println!("{}", recommend(&seen, host, &client)?);
        }
        all_healthy &= diagnosis.verdict.is_healthy();
    }
    directory.close().await;
    Ok(ExitCode::from(u8::from(!all_healthy)))
}
