//! `spnlab fix`.

use clap::Args;
use spnfix::{AccountName, AccountNameError, HandOff};
use spnlab_engineer::ArticleOption;

use super::external::{AlsoDc, ClientOptions, EXTERNAL, ExternalDirectory};
use super::lab_name::LabName;

/// `spnlab fix`.
#[derive(Debug, Args)]
pub(crate) struct Fix {
    /// 1: remove the registration; 2: port SPNs and -IncludePortInSPN; 3: WSMAN prefix and SPNs;
    /// 3-host: HOST prefix, as the article's own reg add line has it; host-back: not in the
    /// article, the computer gets the HOST names that another account holds, or that none holds
    #[arg(long)]
    pub(crate) option: ArticleOption,
    /// With --option 1: remove the registration from this account only (svc_web, CONTOSO\svc_web,
    /// MEM1$, svc_web@contoso.com or the DN); without it, from every account that keeps the name
    /// from the host
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
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
    /// With --hand-off: print what undoes the plan
    #[arg(long, requires = "hand_off")]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) lab: LabName,
    #[command(flatten)]
    pub(crate) external: ExternalDirectory,
    #[command(flatten)]
    pub(crate) client: ClientOptions,
    /// Name of the domain, in place of the question for it
    #[arg(long, value_name = "DOMAIN", requires = "server", help_heading = EXTERNAL)]
    pub(crate) confirm: Option<String>,
    /// Read back in this domain controller too, over the same kind of connection; may be repeated
    #[arg(long, value_name = "NAME[=HOST:PORT]", requires = "server", help_heading = EXTERNAL,
          conflicts_with_all = ["plan_only", "hand_off"])]
    pub(crate) also_dc: Vec<AlsoDc>,
}

fn account(text: &str) -> Result<AccountName, String> {
    text.parse().map_err(|error: AccountNameError| format!("{error}\nhint: {}", error.hint()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::cli::{Cli, Verb};

    #[test]
    fn there_are_three_options_and_one_twice() {
        for option in ["0", "4", "x", "3-HOST"] {
            assert!(Cli::try_parse_from(["spnlab", "fix", "--option", option]).is_err());
        }
        for option in ["2", "3-host", "host-back"] {
            assert!(Cli::try_parse_from(["spnlab", "fix", "--option", option]).is_ok());
        }
        assert!(Cli::try_parse_from(["spnlab", "fix"]).is_err());
    }

    #[test]
    fn a_port_is_a_number_that_a_listener_can_have() {
        let parse = |words: &[&str]| {
            let line = [&["spnlab", "fix", "--option", "2"], words].concat();
            Cli::try_parse_from(line).map(|cli| match cli.verb {
                Verb::Fix(fix) => fix.client.profile().include_port,
                other => panic!("{other:?}"),
            })
        };
        for (port, number) in [("80", 80), ("443", 443), ("5986", 5986), ("65535", 65535)] {
            assert_eq!(parse(&["--spn-port", port]).unwrap(), Some(number));
        }
        for bad in ["0", "-1", "65536", "http"] {
            assert!(parse(&["--spn-port", bad]).is_err(), "{bad}");
        }
        assert!(parse(&["--spn-port", "5986", "--no-session-options"]).is_err());
    }
}
