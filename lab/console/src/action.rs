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

/// A form of the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Action {
    Break {
        condition: String,
    },
    /// The number of one of the [`WAYS`].
    Connect {
        way: String,
    },
    Browse,
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
            Self::Connect { way } => {
                let way = WAYS.iter().find(|line| *line == way)?;
                way.strip_prefix("spnlab ")?.to_owned()
            }
            Self::Browse => "browse".to_owned(),
            Self::Plan { option } => format!("fix --option {option} --plan-only"),
            Self::Apply | Self::Leave => return None,
            Self::Rollback => "rollback".to_owned(),
            Self::Purge => "klist purge".to_owned(),
            Self::Reset => "reset".to_owned(),
        };
        Some(line.split(' ').map(str::to_owned).collect())
    }
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
        for bad in ["", "--list", "article --secret 7", "Article"] {
            assert_eq!(Action::Break { condition: bad.to_owned() }.words(), None, "{bad}");
        }
        let bad = Action::Connect { way: "spnlab connect -c id".to_owned() };
        assert_eq!(bad.words(), None);
    }
}
