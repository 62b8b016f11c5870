//! The verbs that write files: `spnlab report`, `spnlab illustrate` and `spnlab capture`.

use std::path::PathBuf;

use clap::Args;

use super::lab_name::LabName;

/// `spnlab report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// A folder of evidence, with all folders in it, or one of its JSON files, or what `spnlab test
    /// --json` wrote; without it, the newest run (SPNLAB_EVIDENCE)
    pub(crate) evidence: Option<PathBuf>,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Write Markdown, without pictures
    #[arg(long)]
    pub(crate) markdown: bool,
}

/// `spnlab illustrate`.
#[derive(Debug, Args)]
pub(crate) struct Illustrate {
    /// The folder to write to; only this user may enter it
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
    /// Name of the lab; without it, illustrate makes one
    #[arg(long)]
    pub(crate) name: Option<String>,
}

/// `spnlab capture`.
#[derive(Debug, Args)]
pub(crate) struct Capture {
    /// The file for the packets, such as lab.pcap; only you can read it
    pub(crate) file: PathBuf,
    /// Replace a capture and a keytab that are there already
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) lab: LabName,
}
