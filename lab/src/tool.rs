//! `spnlab setspn`: the tool on the administrator's workstation.

use spnlab_harness::Lab;

use crate::cli::Setspn;
use crate::connecting::account;
use crate::error::Failure;
use crate::talk::Talk;

/// Passes the tool's words and its exit status through.
pub(crate) async fn setspn(options: &Setspn, talk: &Talk) -> Result<u8, Failure> {
    let lab = Lab::attach(&options.lab.name).await?;
    let user = account(&options.user)?;
    let arguments: Vec<&str> = options.arguments.iter().map(String::as_str).collect();
    let ran = lab.setspn(user, &arguments).await?;
    talk.document("setspn", &ran);
    talk.print(ran.stdout.trim_end_matches('\n'));
    if !ran.stderr.is_empty() {
        talk.warn(ran.stderr.trim_end());
    }
    Ok(u8::try_from(ran.status).unwrap_or(1))
}
