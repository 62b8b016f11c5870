//! `spnlab break`, `spnlab quiz` and `spnlab mend`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use spnlab_lessons::{Condition, LEVELS};

use super::lab_name::LabName;

/// `spnlab break`.
#[derive(Debug, Args)]
pub(crate) struct Break {
    /// Which conditions; several at once are possible
    #[arg(value_name = "CONDITION", value_parser = condition(),
          required_unless_present_any = ["list", "secret"])]
    pub(crate) conditions: Vec<Condition>,
    /// Say what each condition is, and what it shows
    #[arg(long, conflicts_with_all = ["conditions", "secret"])]
    pub(crate) list: bool,
    /// Bring about one condition that this number picks, and do not say which
    #[arg(long, value_name = "SEED", conflicts_with = "conditions")]
    pub(crate) secret: Option<u64>,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

fn condition() -> impl TypedValueParser<Value = Condition> {
    PossibleValuesParser::new(Condition::ALL.map(Condition::word))
        .try_map(|word| Condition::of_word(&word).ok_or("no such condition"))
}

/// `spnlab quiz`.
#[derive(Debug, Args)]
pub(crate) struct Quiz {
    /// hint gives the next of three hints, check grades; without it, a quiz begins
    pub(crate) action: Option<QuizAction>,
    /// With check: the host name that users should type from now on, if your answer is another name
    #[arg(requires = "action")]
    pub(crate) host: Option<String>,
    /// Repeat the question of this number
    #[arg(long, conflicts_with = "action")]
    pub(crate) seed: Option<u64>,
    /// 1: the article and its siblings; 2: states of accounts, the registry, tickets and machines;
    /// 3: two things at once, or a trap
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=i64::from(LEVELS)))]
    pub(crate) level: u8,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// What to do with a quiz that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum QuizAction {
    /// Give the next hint
    Hint,
    /// Grade the fix
    Check,
}

/// `spnlab mend`.
#[derive(Debug, Args)]
pub(crate) struct Mend {
    /// What to mend
    pub(crate) what: Mended,
    #[command(flatten)]
    pub(crate) lab: LabName,
}

/// What an administrator mends outside of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mended {
    /// Set the clocks of MEM1 and CLIENT, as w32tm /resync does
    Clocks,
    /// Start the WinRM service of MEM1, as Start-Service does
    Winrm,
    /// Let a paused part of the lab go on, such as the domain controller
    Dc,
    /// Give MEM1 and the directory one password again, as Reset-ComputerMachinePassword does
    MachinePassword,
    /// Delete CLIENT's registry value spn_prefix, as reg delete does
    Registry,
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use spnlab_lessons::Condition;

    use crate::cli::{Cli, Verb};

    fn parsed(words: &[&str]) -> Result<Verb, clap::Error> {
        Cli::try_parse_from([&["spnlab"], words].concat()).map(|cli| cli.verb)
    }

    #[test]
    fn every_condition_has_its_word_and_the_three_ways_exclude_each_other() {
        for condition in Condition::ALL {
            let Ok(Verb::Break(typed)) = parsed(&["break", condition.word()]) else { panic!() };
            assert_eq!(typed.conditions, [condition]);
        }
        let Ok(Verb::Break(two)) = parsed(&["break", "article", "no-dc"]) else { panic!() };
        assert_eq!(two.conditions.len(), 2);
        for good in [&["break", "--list"][..], &["break", "--secret", "7"]] {
            assert!(parsed(good).is_ok(), "{good:?}");
        }
        for bad in [
            &["break"][..],
            &["break", "Article"],
            &["break", "article", "--list"],
            &["break", "article", "--secret", "7"],
            &["break", "--list", "--secret", "7"],
        ] {
            assert!(parsed(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_quiz_begins_hints_or_checks() {
        for good in [
            &["quiz"][..],
            &["quiz", "--seed", "7", "--level", "3"],
            &["quiz", "hint"],
            &["quiz", "check", "mem1"],
        ] {
            assert!(parsed(good).is_ok(), "{good:?}");
        }
        for bad in [
            &["quiz", "--level", "4"][..],
            &["quiz", "--level", "0"],
            &["quiz", "check", "--seed", "7"],
            &["quiz", "mem1"],
        ] {
            assert!(parsed(bad).is_err(), "{bad:?}");
        }
    }
}
