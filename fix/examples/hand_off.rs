//! Plans a way out and writes it down for the team that may write to the directory: LDIF, a
//! PowerShell script and setspn lines, each with its undoing. It changes nothing itself.
//!
//! ```console
//! kinit you@YOUR.DOMAIN
//! cargo run --example hand_off -- web7.your.domain port-spns ./for-the-ad-team
//! ```

mod common;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use common::{Failure, Given};
use spnfix::{ClientProfile, DirectorySnapshot, HandOff, Remedy, Target, WINRM_PORT, plan, shown};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::end(run().await)
}

async fn run() -> Result<ExitCode, Failure> {
    let usage = "hand_off HOST remove-registration|port-spns|wsman-prefix FOLDER";
    let given = Given::read(usage, 3..=3)?;
    let host: Target = given.words[0].parse()?;
    let remedy = match given.words[1].as_str() {
        "remove-registration" => Remedy::RemoveRegistration { account: None },
        "port-spns" => Remedy::PortSpns { port: WINRM_PORT },
        "wsman-prefix" => Remedy::WsmanPrefix,
        other => return Err(Failure::Own(format!("there is no remedy {other}\nusage: {usage}"))),
    };
    let client = ClientProfile::default();
    let mut directory = given.connect().await?;
    let seen = DirectorySnapshot::take_for(&mut directory, &host, &client, &remedy).await?;
    directory.close().await;
    let plan = plan(&seen, &host, &remedy, &client)?;
    println!("{plan}");

    let folder = Path::new(&given.words[2]);
    let failed = |error: std::io::Error| Failure::Own(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    for form in [HandOff::Ldif, HandOff::PowerShell, HandOff::Setspn] {
        let handed = plan.hand_off(form)?;
        // The bytes, not the text: each tool reads another encoding.
        for (name, bytes) in [("fix", handed.file()), ("undo", handed.undo_file())] {
            let file = folder.join(name).with_extension(form.extension());
            fs::write(&file, bytes).map_err(failed)?;
            println!("wrote {}", shown(file.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
