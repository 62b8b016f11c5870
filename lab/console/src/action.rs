//! What a button does: the words of a verb.
//!
//! Uses: no other room.

use serde::Deserialize;
use spnlab_engineer::ArticleOption;
use spnlab_lessons::Condition;

/// The ways to connect that conditions and options need.
pub(crate) const WAYS: [&str; 6] = [
    "spnlab connect",
    "spnlab connect mem1",
    "spnlab connect --include-port-in-spn",
    "spnlab connect --keep-tickets",
    "spnlab connect --use-ssl",
    "spnlab connect www.contoso.com",
];

/// The names of the web site: its own, and that of the host.
pub(crate) const SITES: [&str; 2] = ["spnlab browse www.contoso.com", "spnlab browse"];

/// A form of the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Action {
    Break {
        condition: String,
    },
    /// One of the [`WAYS`].
    Connect {
        way: String,
    },
    /// One of the [`SITES`].
    Browse {
        way: String,
    },
    /// Shows the plan of an option.
    Plan {
        option: ArticleOption,
    },
    /// Applies the plan that is shown.
    Apply,
    /// Puts the plan away that is shown.
    Leave,
    Rollback,
    Purge,
    Reset,
}

impl Action {
    /// The words of the verb. `None`: it needs a plan, or names what does not exist.
    pub(crate) fn words(&self) -> Option<Vec<String>> {
        let line = match self {
            Self::Break { condition } => {
                format!("break {}", Condition::of_word(condition)?)
            }
            Self::Connect { way } => listed(&WAYS, way)?,
            Self::Browse { way } => listed(&SITES, way)?,
            Self::Plan { option } => format!("fix --option {option} --plan-only"),
            Self::Apply | Self::Leave => return None,
            Self::Rollback => "rollback".to_owned(),
            Self::Purge => "klist purge".to_owned(),
            Self::Reset => "reset".to_owned(),
        };
        Some(line.split(' ').map(str::to_owned).collect())
    }
}

/// The words of a line that the page offers.
fn listed(lines: &[&str], line: &str) -> Option<String> {
    let line = lines.iter().find(|one| **one == line)?;
    line.strip_prefix("spnlab ").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_option_and_way_has_its_line_and_nothing_else_has() {
        for condition in Condition::ALL {
            let action = Action::Break { condition: condition.to_string() };
            assert_eq!(action.words().unwrap().join(" "), format!("break {condition}"));
            // What shows a condition is a way to connect.
            assert!(WAYS.contains(&condition.seen_by()), "{condition}");
        }
        for way in WAYS {
            let words = Action::Connect { way: way.to_owned() }.words().unwrap();
            assert_eq!(format!("spnlab {}", words.join(" ")), way);
        }
        for way in SITES {
            let words = Action::Browse { way: way.to_owned() }.words().unwrap();
            assert_eq!(format!("spnlab {}", words.join(" ")), way);
        }
        for bad in ["", "--list", "article --secret 7", "Article"] {
            assert_eq!(Action::Break { condition: bad.to_owned() }.words(), None, "{bad}");
        }
        let bad = Action::Connect { way: "spnlab connect -c id".to_owned() };
        assert_eq!(bad.words(), None);
    }
}
