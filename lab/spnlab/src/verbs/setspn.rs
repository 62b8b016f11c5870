//! `spnlab setspn`: runs the tool on CLIENT, the user's workstation.

use spnlab_harness::Lab;

use super::typed::account;
use crate::cli::Setspn;
use crate::console::Console;
use crate::failure::Failure;

/// Passes the tool's output and its exit status through.
pub(super) async fn setspn(options: &Setspn, console: &Console) -> Result<u8, Failure> {
    let lab = Lab::attach(&options.lab.name).await?;
    let user = account(&options.user)?;
    let arguments: Vec<&str> = options.arguments.iter().map(String::as_str).collect();
    let ran = lab.client().setspn(user, &arguments).await?;
    console.document("setspn", &ran);
    if !ran.stdout.is_empty() {
        console.pass_on(ran.stdout.trim_end_matches('\n'));
    }
    if !ran.stderr.is_empty() {
        console.warn(ran.stderr.trim_end());
    }
    Ok(u8::try_from(ran.status).unwrap_or(1))
}
