//! `spnlab images`, `bundle`, `load` and `export`: a lab as images, and on other machines.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::lab_name::LabName;
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

/// `spnlab export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    pub(crate) form: Form,
}

/// The forms of a lab without spnlab.
#[derive(Debug, Subcommand)]
pub(crate) enum Form {
    /// Write a lab as a Compose file, with health checks by protocol
    ///
    /// docker-compose starts it and removes it. While it runs, spnlab's verbs know it by its name.
    Compose(Compose),
}

/// `spnlab export compose`.
#[derive(Debug, Args)]
pub(crate) struct Compose {
    /// The file to write; without it, standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) samba: SambaOption,
    #[command(flatten)]
    pub(crate) lab: LabName,
}
