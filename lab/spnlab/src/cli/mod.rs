//! The command line: which words there are. Nothing here does anything.
//!
//! Uses: env.

mod connect;
mod diagnose;
mod external;
mod files;
mod fix;
mod images;
mod lab_name;
mod lesson;
mod rollback;
mod up;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use connect::{Connect, Scheme};
pub(crate) use diagnose::Diagnose;
pub(crate) use external::{AlsoDc, ClientOptions, ExternalDirectory};
pub(crate) use files::{Capture, Illustrate, Report};
pub(crate) use fix::Fix;
pub(crate) use images::{Bundle, Compose, Export, Form, Images, Load};
pub(crate) use lab_name::{LabName, name_option};
pub(crate) use lesson::{Break, Mend, Mended, Quiz, QuizAction};
pub(crate) use rollback::Rollback;
pub(crate) use up::Up;

/// A lab for WinRM error 0x80090322: make it happen on a real Samba AD DC, see why, fix it, and
/// prove the fix.
///
/// Start with `spnlab demo`, or with `spnlab up` and then `spnlab break article`, `spnlab connect`,
/// `spnlab diagnose` and `spnlab fix --option 1`.
#[derive(Debug, Parser)]
#[command(name = "spnlab", version, max_term_width = 100, after_help = VARIABLES)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print nothing but results and errors; a verb that changes something prints nothing
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// The environment variables, for the help.
const VARIABLES: &str = "\
Variables:
  SPNLAB_NAME      Name of the lab where no --name is typed (default: lab)
  SPNLAB_EVIDENCE  Folder for the evidence of connect, browse and demo, and for the logs of a lab
                   that did not start (default: ~/.local/state/spnlab/evidence)
  SPNLAB_SUBNETS   Networks that labs may use (default: 10.213.0.0/16,172.16.0.0/16)
  SPNLAB_PROGRAMS  Folder of the programs that go into a lab (default: that of spnlab)
  XDG_STATE_HOME   What spnlab keeps is below $XDG_STATE_HOME/spnlab (default: ~/.local/state)
  DOCKER_HOST, DOCKER_CONTEXT  As for docker
  LC_ALL, LC_CTYPE, LANG       If they name another codeset than UTF-8, a terminal gets ASCII";

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Start a lab: a domain controller, a WinRM endpoint with a web site, and a client
    ///
    /// The first start builds the images (about a minute); later starts take about two seconds.
    ///
    /// Each lab takes a network of 32 addresses that this host does not use, out of the list in
    /// SPNLAB_SUBNETS (10.213.0.0/16,172.16.0.0/16 if it is not set).
    Up(Up),
    /// Show the parts of a lab, its ports, and who holds which SPN
    Status(LabName),
    /// List the labs of this machine
    ///
    /// First removes what a killed `spnlab up` or `demo` left behind, as the next `up` does.
    List,
    /// Bring about conditions that make WinRM fail; --list says what each is and shows
    Break(Break),
    /// Break a lab secretly and tell what its user sees; then give hints, and grade the fix
    ///
    /// Find the cause with the other verbs, fix it, and let `spnlab quiz check` grade the fix. A
    /// quiz begins in a lab at its baseline, and spnlab reset ends it.
    Quiz(Quiz),
    /// Do what an administrator does on the machines, and not in the directory
    Mend(Mend),
    /// Connect over WinRM as Enter-PSSession does, and show what Kerberos did
    Connect(Connect),
    /// Show the last connection or visit again: what Kerberos did, and who sent what to whom
    ///
    /// It needs no lab: it reads what connect, shell and browse keep.
    Trace(Trace),
    /// Show what Windows would write into its event logs for the last connection
    Events(LabName),
    /// Visit the web site on MEM1 with Kerberos
    Browse(Browse),
    /// Find out which account holds the SPN that WinRM clients ask for, and what to do
    Diagnose(Diagnose),
    /// Apply one of the article's options: show the plan, ask, write a journal, then change
    Fix(Fix),
    /// Undo the last fix from its journal; a lab keeps the journals of its fixes itself
    Rollback(Rollback),
    /// Open a prompt on CLIENT that takes the lines of Microsoft's article as they are typed on
    /// Windows
    ///
    /// It is a shell of the lab, not PowerShell: `help` lists its commands. Without a terminal it
    /// reads lines from standard input, and ends with the status of the last one.
    Shell(ShellOptions),
    /// Run setspn on CLIENT with a ticket of its user: spnlab setspn -Q HTTP/mem1.contoso.com
    Setspn(Setspn),
    /// Show the tickets that connect --keep-tickets keeps, or purge them
    Klist(Klist),
    /// Serve one page about a lab to a browser on this machine, with a button for each verb
    ///
    /// It prints an address with a key. The page shows the last attempt, who holds which SPN, and
    /// what was done in any terminal. Each button runs the line that stands beside it. Ctrl-C ends
    /// it.
    Console(OpenConsole),
    /// Write a page about the last connect, browse, demo or quiz, with a picture of each attempt
    ///
    /// It needs no lab: it reads what they keep. Given the evidence of `spnlab test`, the page is
    /// about that run. It is one file without scripts.
    Report(Report),
    /// Show the article's failure and its cure byte by byte, in a lab of its own
    ///
    /// Writes a page that names every byte of both connections, the packets, and the lab's keys.
    Illustrate(Illustrate),
    /// Write CLIENT's packets so far, with the keys that open them in Wireshark
    ///
    /// Beside FILE it writes FILE's name with the extension keytab, and prints the line to type.
    Capture(Capture),
    /// Bring a lab back to its healthy baseline: directory, registry, tickets
    Reset(LabName),
    /// Show the logs of a lab's parts, a line for each event
    Logs {
        /// Only this part
        part: Option<Part>,
        /// Every line as the part wrote it
        #[arg(long)]
        raw: bool,
        #[command(flatten)]
        lab: LabName,
    },
    /// Remove a lab, or every lab; it is no error if there is none
    Down {
        #[command(flatten)]
        lab: LabName,
        /// Remove everything with the lab's label, also what a killed program left behind
        #[arg(long, conflicts_with = "name")]
        all: bool,
    },
    /// Tell the whole story in a lab of its own: healthy, broken, three fixes and back
    Demo(Demo),
    /// Run features against real labs: the shipped ones, or your own
    ///
    /// `spnlab test --help` shows its options and its exit statuses.
    #[command(disable_help_flag = true)]
    Test {
        /// What the program spnlab-test takes
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Check whether this machine can run labs: Docker, images, programs, networks, room
    ///
    /// It works without Docker, changes nothing, and says what to do about each fault.
    Doctor,
    /// Build the images and stop
    Images(Images),
    /// Write the images of labs and of spnlab into one file, for a machine without a network
    ///
    /// `ci/image` builds them. The file is what `docker save` writes, compressed.
    Bundle(Bundle),
    /// Give the images of a bundle to the engine; then labs start without a network
    Load(Load),
    /// Write a lab in a form that starts without spnlab
    Export(Export),
    /// Print a script that completes this program's words in a shell
    ///
    /// For this bash only: source <(spnlab completions bash). `ci/setup --install` installs it.
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Write the man pages into a folder
    #[command(hide = true)]
    Man {
        /// The folder
        folder: PathBuf,
    },
}

/// `spnlab trace`.
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// Show the messages on the wire, too, in the form of the article's traces
    #[arg(long)]
    pub(crate) wire: bool,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// `spnlab browse`.
#[derive(Debug, Args)]
pub(crate) struct Browse {
    /// Host name in the address
    #[arg(default_value = "mem1.contoso.com")]
    pub(crate) host: String,
    /// Draw whose key sealed the ticket, and which door it was carried to, too
    #[arg(long)]
    pub(crate) picture: bool,
    /// Keep what was seen in this folder, and not among the newest 50 runs (SPNLAB_EVIDENCE)
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// `spnlab demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Keep the lab at the end
    #[arg(long)]
    pub(crate) retain: bool,
    /// Name of the lab that the demo starts; without it, the demo makes one
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Use this running lab: the demo resets it before and after, and stops if somebody has work in
    /// it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["name", "retain"])]
    pub(crate) lab: Option<String>,
    /// With --lab: also a lab that is not at its baseline
    #[arg(long, requires = "lab")]
    pub(crate) reset: bool,
    /// One step at a time: a key goes on, w tells why, b goes back to a step, q ends
    #[arg(long, conflicts_with = "json")]
    pub(crate) step: bool,
    /// How fast to print: slow is for reading along
    #[arg(long, default_value = "full")]
    pub(crate) pace: Pace,
}

/// How fast to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pace {
    /// Without a pause
    Full,
    /// With pauses, so that a person can read along
    Slow,
}

/// `spnlab shell`.
#[derive(Debug, Args)]
pub(crate) struct ShellOptions {
    /// dc1 and mem1 open a Unix shell of that part: as the user of Samba, and as trainer
    #[arg(default_value = "client")]
    pub(crate) part: ShellPart,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// `spnlab console`.
#[derive(Debug, Args)]
pub(crate) struct OpenConsole {
    /// The port on 127.0.0.1; without it, any that is free
    #[arg(long)]
    pub(crate) port: Option<u16>,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// The parts that have a shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellPart {
    /// The user's workstation, with Windows' commands
    Client,
    /// The domain controller
    Dc1,
    /// The WinRM endpoint and the web site
    Mem1,
}

/// `spnlab klist`.
#[derive(Debug, Args)]
pub(crate) struct Klist {
    /// purge removes them; without it, they are listed
    pub(crate) action: Option<TicketAction>,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// What to do with the tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TicketAction {
    /// Remove them
    Purge,
}

/// `spnlab setspn`.
#[derive(Debug, Args)]
pub(crate) struct Setspn {
    /// The account that asks: spn_operator may write SPNs, others may only read them
    #[arg(long, default_value = "spn_operator")]
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) lab: LabName,
    /// Arguments of setspn: the first word that is no option of this verb, and all behind it;
    /// without any, setspn prints its help
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

/// The parts of a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The domain controller
    Dc1,
    /// The second domain controller, of a lab that was started with --two-dcs
    Dc2,
    /// The WinRM endpoint and the web site
    Mem1,
    /// The user's workstation
    Client,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
