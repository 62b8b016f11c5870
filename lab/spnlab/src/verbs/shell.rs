//! `spnlab shell`.

use std::sync::Arc;

use spnlab_harness::{Lab, Role};

use crate::cli::{ShellOptions, ShellPart};
use crate::console::Console;
use crate::failure::Failure;
use crate::shell;

pub(super) async fn shell(options: &ShellOptions, console: &Arc<Console>) -> Result<u8, Failure> {
    let lab = Arc::new(Lab::attach(&options.lab.name).await?);
    match options.part {
        ShellPart::Client => shell::prompts(&lab, console).await,
        ShellPart::Dc1 => shell::unix(&lab, Role::Dc1, console).await,
        ShellPart::Mem1 => shell::unix(&lab, Role::Mem1, console).await,
    }
}
