//! `spnlab images`, `bundle` and `load`: a lab as images, and on other machines.

use std::path::PathBuf;

use clap::Args;

use super::up::{Samba, SambaOption};

/// `spnlab images`.
#[derive(Debug, Args)]
pub(crate) struct Images {
    /// Also build images with the lab's programs in them; a lab that starts from these copies
    /// nothing
    #[arg(long)]
    pub(crate) with_programs: bool,
    #[command(flatten)]
    pub(crate) samba: SambaOption,
}

/// `spnlab bundle`.
#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// The file to write, such as spnlab.tar.zst
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Samba versions of the labs that the bundle can start, with commas between them
    #[arg(long, value_name = "VERSIONS", default_value = "4.22", value_delimiter = ',')]
    pub(crate) samba: Vec<Samba>,
}

/// `spnlab load`.
#[derive(Debug, Args)]
pub(crate) struct Load {
    /// The bundle
    pub(crate) file: PathBuf,
}
