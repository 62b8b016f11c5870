//! The command line: its words, and nothing else.

mod abroad;

use clap::{Args, Parser, Subcommand, ValueEnum};
use spnfix::{AccountName, HandOff, Observed};
use spnlab::ArticleOption;
use spnlab_harness::{ChannelBinding, SambaVersion, WinrmSettings};

use abroad::ABROAD;
pub(crate) use abroad::{Abroad, AlsoDc, ClientOptions};

/// A lab for WinRM error 0x80090322: make it happen on a real Samba AD DC, see why, fix it, and
/// prove the fix.
///
/// Start with `spnlab demo`, or with `spnlab up` and then `spnlab break article`, `spnlab connect`,
/// `spnlab diagnose` and `spnlab fix --option 1`.
#[derive(Debug, Parser)]
#[command(name = "spnlab", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing but results and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Start a lab: a domain controller, a WinRM endpoint with a web site, and a client
    ///
    /// The first start builds the images (about a minute); later starts take about two seconds.
    Up(Up),
    /// Show the parts of a lab, its ports, and who holds which SPN
    Status(LabName),
    /// List the labs of this machine
    List,
    /// Bring about a condition that makes WinRM fail
    Break {
        /// Which condition
        condition: Condition,
        #[command(flatten)]
        lab: LabName,
    },
    /// Connect over WinRM as Enter-PSSession does, and show what Kerberos did
    Connect(Connect),
    /// Visit the web site on MEM1 with Kerberos
    Browse {
        /// Host name in the address
        #[arg(default_value = "mem1.contoso.com")]
        host: String,
        #[command(flatten)]
        lab: LabName,
    },
    /// Find out which account holds the SPN that WinRM clients ask for, and what to do
    Diagnose {
        /// The host that cannot be reached
        #[arg(default_value = "mem1.contoso.com")]
        host: String,
        /// What the client saw: endpoint:41 (the target's code), ticket:7, logon:24 (the KDC's),
        /// no-kdc, name-not-found, unreachable, access-denied or accepted
        #[arg(long, value_name = "WHAT", value_parser = observed)]
        saw: Option<Observed>,
        #[command(flatten)]
        lab: LabName,
        #[command(flatten)]
        abroad: Abroad,
        #[command(flatten)]
        client: ClientOptions,
    },
    /// Apply one of the article's options: shows the plan, asks, writes a journal, then changes
    Fix(Fix),
    /// Undo the last fix from its journal
    Rollback {
        #[command(flatten)]
        lab: LabName,
        #[command(flatten)]
        abroad: Abroad,
        /// Name of the domain, in place of the question that asks for it
        #[arg(long, value_name = "DOMAIN", requires = "server", help_heading = ABROAD)]
        confirm: Option<String>,
    },
    /// Run setspn on CLIENT with a ticket of its user: spnlab setspn -Q HTTP/mem1.contoso.com
    Setspn(Setspn),
    /// Bring a lab back to its healthy baseline: directory, registry, tickets
    Reset(LabName),
    /// Show what the parts of a lab said
    Logs {
        /// Only this part
        part: Option<Part>,
        #[command(flatten)]
        lab: LabName,
    },
    /// Remove a lab, or every lab; removing what is not there is no error
    Down {
        #[command(flatten)]
        lab: LabName,
        /// Remove everything with the lab's label, also what a killed program left behind
        #[arg(long, conflicts_with = "name")]
        all: bool,
    },
    /// Tell the whole story in a lab of its own: healthy, broken, three fixes and back
    Demo {
        /// Keep the lab at the end
        #[arg(long)]
        retain: bool,
    },
    /// Build the images and stop
    Images(SambaOption),
}

/// What a client saw, as it is typed.
fn observed(text: &str) -> Result<Observed, String> {
    let code =
        |text: &str| text.parse::<u32>().map_err(|_| format!("{text:?} is no Kerberos code"));
    match text.split_once(':') {
        Some(("endpoint", number)) => Ok(Observed::from_endpoint(code(number)?)),
        Some(("ticket", number)) => Ok(Observed::from_ticket_request(code(number)?)),
        Some(("logon", number)) => Ok(Observed::from_logon(code(number)?)),
        None if text == "no-kdc" => Ok(Observed::NoKdc),
        None if text == "name-not-found" => Ok(Observed::NameNotFound),
        None if text == "unreachable" => Ok(Observed::Unreachable),
        None if text == "access-denied" => Ok(Observed::AccessDenied),
        None if text == "accepted" => Ok(Observed::Accepted),
        _ => Err("it is endpoint:CODE, ticket:CODE, logon:CODE, no-kdc, name-not-found, \
                  unreachable, access-denied or accepted"
            .to_owned()),
    }
}

/// Which lab.
#[derive(Debug, Args)]
pub(crate) struct LabName {
    /// Name of the lab, or its session where several have one name
    #[arg(long, default_value = "lab")]
    pub(crate) name: String,
}

/// `spnlab up`.
#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    pub(crate) lab: LabName,
    /// Let WinRM register WSMAN/mem1.contoso.com and WSMAN/MEM1 whenever it starts, as Windows
    /// does; without this, the article's starting point
    #[arg(long)]
    pub(crate) register_spns: bool,
    /// Let WinRM take messages in clear on port 5985, as the setting AllowUnencrypted does
    #[arg(long)]
    pub(crate) allow_unencrypted: bool,
    /// What WinRM expects of a client's channel bindings over HTTPS, as CbtHardeningLevel says
    #[arg(long, value_name = "LEVEL", default_value = "relaxed")]
    pub(crate) channel_binding: Level,
    /// With a second domain controller, dc2, that replicates with dc1; takes some seconds longer
    #[arg(long)]
    pub(crate) two_dcs: bool,
    /// MEM1's clock is ahead by so many seconds, or behind (-600); Kerberos takes 300
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) clock_ahead: i32,
    #[command(flatten)]
    pub(crate) samba: SambaOption,
}

/// Which Samba.
#[derive(Debug, Args)]
pub(crate) struct SambaOption {
    /// What the domain controllers run
    #[arg(long, value_name = "VERSION", default_value = "4.22")]
    pub(crate) samba: Samba,
}

/// The versions of Samba.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Samba {
    /// Of Debian 13
    #[value(name = "4.22")]
    V4_22,
    /// Of Debian 12
    #[value(name = "4.17")]
    V4_17,
}

impl From<Samba> for SambaVersion {
    fn from(samba: Samba) -> Self {
        match samba {
            Samba::V4_22 => Self::V4_22,
            Samba::V4_17 => Self::V4_17,
        }
    }
}

/// The levels of CbtHardeningLevel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// They are not looked at
    None,
    /// They may be missing, but must not be wrong; Windows' default
    Relaxed,
    /// They must be there, and right
    Strict,
}

impl Up {
    /// How MEM1's WinRM is to be set up.
    pub(crate) fn winrm(&self) -> WinrmSettings {
        let Self { register_spns, allow_unencrypted, clock_ahead, .. } = *self;
        let channel_binding = match self.channel_binding {
            Level::None => ChannelBinding::None,
            Level::Relaxed => ChannelBinding::Relaxed,
            Level::Strict => ChannelBinding::Strict,
        };
        WinrmSettings { register_spns, allow_unencrypted, channel_binding, clock_ahead }
    }
}

/// The conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Condition {
    /// HTTP/mem1.contoso.com and HTTP/mem1 on the web site's service account svc_web
    Article,
    /// HTTP/mem1.contoso.com on svc_web and on MEM1$, as a replication race leaves it behind; with
    /// up --two-dcs a real race
    Duplicate,
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
    /// The administrator's workstation
    Client,
}

/// The authentication schemes that carry Kerberos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheme {
    /// What Windows takes for the user who is logged on
    Kerberos,
    /// What Windows takes for explicit credentials; here always with Kerberos inside
    Negotiate,
}

/// `spnlab connect`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that is typed or not")]
pub(crate) struct Connect {
    /// Host name, used as typed: the SPN that is asked for follows from it
    #[arg(default_value = "mem1.contoso.com")]
    pub(crate) host: String,
    /// Command to run on the host; without one a terminal gets a session (exit or Ctrl-D leaves),
    /// and a script gets "hostname; whoami"
    #[arg(short, long, value_name = "COMMAND", allow_hyphen_values = true)]
    pub(crate) command: Option<String>,
    /// Connect to port 5986, as -UseSSL does
    #[arg(long)]
    pub(crate) use_ssl: bool,
    /// With --use-ssl: do not bind the ticket to the TLS connection, like clients that cannot
    #[arg(long, requires = "use_ssl")]
    pub(crate) no_channel_binding: bool,
    /// As -Authentication does; neither falls back to anything else
    #[arg(long, value_name = "SCHEME", default_value = "kerberos")]
    pub(crate) authentication: Scheme,
    /// Ask for HTTP/<host>:5985, as New-PSSessionOption -IncludePortInSPN does
    #[arg(long)]
    pub(crate) include_port_in_spn: bool,
    /// Who connects
    #[arg(long, default_value = "trainer")]
    pub(crate) user: String,
    /// Ask dc2 for tickets, in a lab that was started with --two-dcs; runs one command
    #[arg(long)]
    pub(crate) ask_dc2: bool,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// `spnlab setspn`.
#[derive(Debug, Args)]
pub(crate) struct Setspn {
    /// Who asks; spn_operator may write SPNs, others may only look
    #[arg(long, default_value = "spn_operator")]
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) lab: LabName,
    /// Arguments of setspn, the options of this verb before them; none: its help
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

/// `spnlab fix`.
#[derive(Debug, Args)]
pub(crate) struct Fix {
    /// 1: remove the registration; 2: port SPNs and -IncludePortInSPN; 3: WSMAN prefix and SPNs;
    /// 3-host: HOST prefix, as the article's own reg add line has it
    #[arg(long)]
    pub(crate) option: ArticleOption,
    /// With --option 1: take the registration off this account only (svc_web, CONTOSO\svc_web, MEM1$);
    /// without it, off every account that keeps the name from the host
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<AccountName>,
    /// The host that cannot be reached
    #[arg(default_value = "mem1.contoso.com")]
    pub(crate) host: String,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) plan_only: bool,
    /// Print the plan for another team's tools, and change nothing: setspn, powershell, ldif or reg
    #[arg(long, value_name = "FORM", conflicts_with_all = ["yes", "plan_only"])]
    pub(crate) hand_off: Option<HandOff>,
    /// With --hand-off: what takes the plan back
    #[arg(long, requires = "hand_off")]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) lab: LabName,
    #[command(flatten)]
    pub(crate) abroad: Abroad,
    #[command(flatten)]
    pub(crate) client: ClientOptions,
    /// Name of the domain, in place of the question that asks for it
    #[arg(long, value_name = "DOMAIN", requires = "server", help_heading = ABROAD)]
    pub(crate) confirm: Option<String>,
    /// Read back in this domain controller too, connecting in the same way; may be repeated
    #[arg(long, value_name = "NAME[=HOST:PORT]", requires = "server", help_heading = ABROAD,
          conflicts_with_all = ["plan_only", "hand_off"])]
    pub(crate) also_dc: Vec<AlsoDc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn there_are_three_options_and_one_twice() {
        for option in ["0", "4", "x", "3-HOST"] {
            assert!(Cli::try_parse_from(["spnlab", "fix", "--option", option]).is_err());
        }
        for option in ["2", "3-host"] {
            assert!(Cli::try_parse_from(["spnlab", "fix", "--option", option]).is_ok());
        }
        assert!(Cli::try_parse_from(["spnlab", "fix"]).is_err());
    }
}
