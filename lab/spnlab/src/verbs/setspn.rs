//! `spnlab setspn`: runs the tool on CLIENT, the user's workstation.

use spnlab_harness::Lab;

use crate::cli::Setspn;
use crate::console::Console;
use crate::failure::Failure;
use crate::shell;
use crate::typed::account;

/// Passes the tool's output and its exit status through.
pub(super) async fn setspn(options: &Setspn, console: &Console) -> Result<u8, Failure> {
    let lab = console.works_in(Lab::attach(&options.lab.name).await?);
    let user = account(&options.user)?;
    let ran = shell::run_setspn(&lab, user, &options.arguments, console).await?;
    console.document("setspn", &ran);
    Ok(u8::try_from(ran.status).unwrap_or(1))
}
