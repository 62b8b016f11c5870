//! Who holds which SPN.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The SPNs of every account of the lab, sorted. Accounts without SPNs are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpnInventory(pub BTreeMap<String, Vec<String>>);

impl SpnInventory {
    /// The accounts that hold exactly this SPN, compared as AD does.
    pub fn holders(&self, spn: &str) -> Vec<String> {
        let holds = |spns: &&Vec<String>| spns.iter().any(|s| s.eq_ignore_ascii_case(spn));
        self.0.iter().filter(|(_, spns)| holds(spns)).map(|(name, _)| name.clone()).collect()
    }

    /// The differences from `other`, one line for each value, compared as AD does.
    pub fn difference(&self, other: &Self) -> Vec<String> {
        let values = |inventory: &Self| -> std::collections::BTreeSet<String> {
            let of = |(name, spns): (&String, &Vec<String>)| {
                let name = name.clone();
                spns.iter()
                    .map(move |s| format!("{name} {}", s.to_ascii_lowercase()))
                    .collect::<Vec<_>>()
            };
            inventory.0.iter().flat_map(of).collect()
        };
        let (mine, theirs) = (values(self), values(other));
        let plus = mine.difference(&theirs).map(|v| format!("+ {v}"));
        let minus = theirs.difference(&mine).map(|v| format!("- {v}"));
        plus.chain(minus).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(entries: &[(&str, &[&str])]) -> SpnInventory {
        let list = |spns: &&[&str]| spns.iter().map(|&s| s.to_owned()).collect();
        SpnInventory(entries.iter().map(|(n, spns)| ((*n).to_owned(), list(spns))).collect())
    }

    #[test]
    fn holders_are_found_in_any_letter_case() {
        let seen = inventory(&[("svc_web", &["http/MEM1.contoso.com"]), ("MEM1$", &["HOST/MEM1"])]);
        assert_eq!(seen.holders("HTTP/mem1.contoso.com"), ["svc_web"]);
        assert!(seen.holders("HTTP/mem1").is_empty());
    }

    #[test]
    fn letter_case_is_no_difference_and_a_value_is() {
        let a = inventory(&[("MEM1$", &["HOST/MEM1"])]);
        assert!(a.difference(&inventory(&[("MEM1$", &["host/mem1"])])).is_empty());
        let b = inventory(&[("MEM1$", &["HOST/MEM1"]), ("svc_web", &["HTTP/mem1"])]);
        assert_eq!(a.difference(&b), ["- svc_web http/mem1"]);
        assert_eq!(b.difference(&a), ["+ svc_web http/mem1"]);
    }
}
