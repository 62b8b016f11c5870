//! The command line of `spnlab test`. Nothing here does anything.
//!
//! Uses: no other room.

mod shard;
mod tags;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use cucumber::codegen::Regex;
use spnlab_harness::{OwnParts, SambaVersion};

pub use shard::Shard;
pub use tags::Tags;

/// Run features against real labs: those that the program carries, or your own
///
/// Each scenario gets a lab at its healthy baseline. A scenario that fails once has failed: nothing
/// is run again. Without a terminal, each scenario is one line.
#[derive(Debug, Parser)]
#[command(
    name = "spnlab test",
    bin_name = "spnlab test",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    after_help = STATUSES
)]
pub struct Options {
    /// Something else than a run.
    #[command(subcommand)]
    pub action: Option<Action>,
    /// Which scenarios.
    #[command(flatten)]
    pub select: Select,
    /// In which labs, and how.
    #[command(flatten)]
    pub labs: Labs,
    /// What the run leaves.
    #[command(flatten)]
    pub leave: Leave,
    /// What is judged in place of the lab's own parts.
    #[command(flatten)]
    pub own: Own,
    /// An external domain, in place of labs.
    #[command(flatten)]
    pub external: External,
}

/// An external domain, in place of labs.
#[derive(Debug, Args)]
pub struct External {
    /// Run the scenarios with the tag @external-safe against the domain and the host that this file
    /// names
    #[arg(long, value_name = "FILE", conflicts_with_all = ["labs", "keep_on_failure", "repeat"])]
    pub target: Option<PathBuf>,
    /// Scenarios may write to that domain; each fix is journalled and rolled back
    #[arg(long, requires = "target")]
    pub may_write: bool,
}

const STATUSES: &str = "\
Exit statuses:
  0    Every scenario passed
  2    An argument or a feature file is wrong
  3-5  The engine, the images or the start of a lab failed
  13   A scenario failed
  14   The options select no scenario, or none that can run here
  130  Ctrl-C ended the run; its labs are removed";

/// Which scenarios to run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which scenarios")]
pub struct Select {
    /// Your own .feature files, a folder or one file; without it, the shipped ones
    #[arg(long, value_name = "DIR")]
    pub features: Option<PathBuf>,
    /// Where the records of outcomes are: by default in DIR/records
    #[arg(long, value_name = "DIR")]
    pub records: Option<PathBuf>,
    /// Only scenarios whose tags fit, such as '@smoke and not @two-dcs'
    #[arg(short, long, value_name = "EXPRESSION")]
    pub tags: Option<Tags>,
    /// Only scenarios whose title matches
    #[arg(short, long, value_name = "REGEX")]
    pub name: Option<Regex>,
    /// Only one share of the scenarios, such as 2/4: all shares take about as long
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Run each scenario this many times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// Print the scenarios and stop; with --json as a document
    #[arg(long)]
    pub list: bool,
}

/// In which labs, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Labs and order")]
pub struct Labs {
    /// The Samba version of the domain controllers
    #[arg(long, env = "SPNLAB_SAMBA", value_name = "VERSION", value_parser = samba, default_value_t)]
    pub samba: SambaVersion,
    /// How many labs run side by side; without it, one for each processor and one more
    #[arg(long, env = "SPNLAB_LABS", value_name = "N", value_parser = clap::value_parser!(u8).range(1..=8))]
    pub labs: Option<u8>,
    /// The order of an earlier run
    #[arg(long, env = "SPNLAB_SEED", value_name = "N")]
    pub seed: Option<u64>,
    /// Begin no scenario after the first failure
    #[arg(long)]
    pub fail_fast: bool,
    /// A lab in which a scenario failed stays; its name is printed
    #[arg(long)]
    pub keep_on_failure: bool,
}

/// What is judged in place of the lab's own parts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Your own parts")]
pub struct Own {
    /// A program in place of winrm-client in CLIENT: docs/own-parts.md says what it must print
    #[arg(long, value_name = "PATH", value_parser = a_file)]
    pub client_program: Option<PathBuf>,
    /// An image in place of that of CLIENT
    #[arg(long, value_name = "IMAGE")]
    pub client_image: Option<String>,
    /// An image in place of that of MEM1
    #[arg(long, value_name = "IMAGE")]
    pub endpoint_image: Option<String>,
    /// An image in place of that of the domain controllers
    #[arg(long, value_name = "IMAGE")]
    pub dc_image: Option<String>,
}

impl Own {
    /// The same for a lab.
    pub fn parts(&self) -> OwnParts {
        let Self { client_program, client_image, endpoint_image, dc_image } = self;
        OwnParts {
            client_program: client_program.clone(),
            client_image: client_image.clone(),
            endpoint_image: endpoint_image.clone(),
            dc_image: dc_image.clone(),
        }
    }
}

/// What the run leaves.
#[derive(Debug, Args)]
#[command(next_help_heading = "Results")]
pub struct Leave {
    /// Write the results as cucumber's JSON into FILE, or to standard output
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub json: Option<PathBuf>,
    /// Write the results as JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write a page, a summary and annotations into a folder
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// Where each scenario's evidence goes: otherwise to the folder in SPNLAB_EVIDENCE, or to
    /// ~/.local/state/spnlab/suite
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
    /// Write records that are missing or differ, and pass these steps
    #[arg(long)]
    pub update_records: bool,
    /// Write how long each scenario took: what --shard of the shipped features goes by
    #[arg(long, value_name = "FILE", hide = true)]
    pub durations: Option<PathBuf>,
}

/// Something else than a run.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Join the results of shards into one
    Merge {
        /// What the shards wrote with --json
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where to write; without it, to standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write the joined results as JUnit's XML, too
        #[arg(long, value_name = "FILE")]
        junit: Option<PathBuf>,
        /// Write a page, a summary and annotations into a folder, too
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
        /// Where the shards' evidence is, for the report
        #[arg(long, value_name = "DIR", default_value = ".")]
        evidence: PathBuf,
    },
    /// Write the man pages into a folder
    #[command(hide = true)]
    Man {
        /// The folder
        folder: PathBuf,
    },
    /// For the scenarios only: a fix that kills itself
    #[command(hide = true)]
    KilledFix,
}

fn a_file(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    if path.is_file() { Ok(path) } else { Err("there is no such file".to_owned()) }
}

fn samba(name: &str) -> Result<SambaVersion, String> {
    let known = SambaVersion::ALL.map(SambaVersion::name).join(", ");
    SambaVersion::named(name).ok_or_else(|| format!("it is one of {known}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn a_samba_that_labs_do_not_run_is_refused_with_those_that_they_do() {
        let read = |name: &str| Options::try_parse_from(["test", "--samba", name]);
        assert_eq!(read("4.17").unwrap().labs.samba, SambaVersion::V4_17);
        for bad in ["4.18", "4.1", "4.17.12", "samba-4.17", " 4.17", ""] {
            let said = read(bad).unwrap_err().to_string();
            assert!(bad.is_empty() || said.contains("it is one of 4.22, 4.17"), "{said}");
        }
    }

    #[test]
    fn results_go_to_standard_output_where_no_file_is_named() {
        let read = |words: &[&str]| {
            Options::try_parse_from([&["test"], words].concat()).unwrap().leave.json
        };
        assert_eq!(read(&[]), None);
        assert_eq!(read(&["--json"]), Some("-".into()));
        assert_eq!(read(&["--json", "--list"]), Some("-".into()));
        assert_eq!(read(&["--json", "x.json"]), Some("x.json".into()));
    }
}
