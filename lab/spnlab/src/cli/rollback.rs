//! `spnlab rollback`.

use clap::Args;

use super::external::{EXTERNAL, ExternalDirectory};
use super::lab_name::LabName;

/// `spnlab rollback`.
#[derive(Debug, Args)]
pub(crate) struct Rollback {
    #[command(flatten)]
    pub(crate) lab: LabName,
    #[command(flatten)]
    pub(crate) external: ExternalDirectory,
    /// Name of the domain, in place of the question for it
    #[arg(long, value_name = "DOMAIN", requires = "server", help_heading = EXTERNAL)]
    pub(crate) confirm: Option<String>,
}
