//! Whether anything else was broken: SPNs, the rest of the directory, the registry, the web site.

use std::collections::BTreeSet;

use spnlab_harness::{Account, Lab, accounts};

use super::facts::{Facts, Prefix};
use super::question::Question;
use crate::condition::{Condition, HOSTS, same};
use crate::error::Result;
use crate::kept::Running;

/// What is broken besides the question, one line each.
pub(super) async fn of(
    lab: &Lab,
    question: &Question,
    began: &Running,
    facts: &Facts,
) -> Result<Vec<String>> {
    let mut lines = spns(question, began, facts);
    let now: BTreeSet<String> = differences(lab).await?;
    lines.extend(now.difference(&began.differences).cloned());
    lines.extend(registry(&facts.prefix, began.prefix.as_deref()));
    for site in question.sites() {
        if !is_down_by_the_cause(lab, question).await? {
            let visit = lab.browse(site, accounts::TRAINER).await?;
            if !visit.logged_in() {
                lines.push(format!("the web site does not let its users in under {site}"));
            }
        }
    }
    Ok(lines)
}

/// How the directory differs from the baseline, except SPNs.
pub(super) async fn differences(lab: &Lab) -> Result<BTreeSet<String>> {
    let all = lab.dc1().differences().await?;
    Ok(all.into_iter().filter(|line| !line.contains(": servicePrincipalName has ")).collect())
}

/// A wrong clock stops the web site as it stops WinRM.
async fn is_down_by_the_cause(lab: &Lab, question: &Question) -> Result<bool> {
    for clock in [Condition::Mem1Clock, Condition::ClientClock] {
        if question.has(clock) && clock.is_there(lab).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Names that somebody has lost or got, and that no right fix takes or gives.
fn spns(question: &Question, began: &Running, facts: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    let now = &facts.spns.0;
    for (account, spns) in &began.spns {
        for spn in spns {
            let kept = facts.spns.holders(spn).iter().any(|holder| holder == account);
            if !kept && !is_seeded(question, account, spn) {
                lines.push(format!("{spn} was taken from {account}"));
            }
        }
    }
    for (account, spns) in now {
        for spn in spns {
            let had = began.spns.get(account).is_some_and(|all| all.iter().any(|s| same(s, spn)));
            if !had && !may_be_added(account, spn) {
                lines.push(format!("{spn} was given to {account}"));
            }
        }
    }
    lines
}

fn is_seeded(question: &Question, account: &str, spn: &str) -> bool {
    let seeded = question.conditions.iter().flat_map(|one| one.registrations());
    let mut on = seeded.filter(|(one, _)| same(one, spn)).flat_map(|(_, on)| on);
    on.any(|one| one.name == account)
}

/// What a right fix may add: the computer's own names, and those of options 2 and 3.
fn may_be_added(account: &str, spn: &str) -> bool {
    let own = |known: &&Account| known.name == account;
    let baseline = accounts::ALL.iter().find(own).map_or(&[][..], |known| known.baseline_spns);
    let winrm = HOSTS.iter().flat_map(|host| {
        let (plain, wsman) = (format!("HTTP/{host}"), format!("WSMAN/{host}"));
        [format!("{plain}:5985"), format!("{plain}:5986"), plain, wsman]
    });
    baseline.iter().any(|one| same(one, spn))
        || account == accounts::MEM1.name && winrm.into_iter().any(|one| same(&one, spn))
}

/// What is wrong with the registry value, if it is neither what an option sets nor as it was.
fn registry(now: &Prefix, before: Option<&str>) -> Option<String> {
    match now {
        Ok(None) => None,
        Ok(Some(value)) => {
            let known = ["WSMAN", "HOST"].into_iter().chain(before);
            let right = known.into_iter().any(|one| one.eq_ignore_ascii_case(value));
            (!right)
                .then(|| format!("the registry value spn_prefix is {value}, as no option sets it"))
        }
        Err(()) => Some("the registry value spn_prefix is no text (REG_SZ)".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_may_add_the_computer_s_own_names_and_nothing_else() {
        for spn in ["HTTP/MEM1:5985", "wsman/mem1.contoso.com", "HTTP/mem1", "HOST/MEM1"] {
            assert!(may_be_added("MEM1$", spn), "{spn}");
            assert!(!may_be_added("CLIENT$", spn) && !may_be_added("svc_web", spn), "{spn}");
        }
        for spn in ["WINRM/mem1", "HTTP/www.contoso.com", "HTTP/mem1:80", "HOST/client"] {
            assert!(!may_be_added("MEM1$", spn), "{spn}");
        }
        assert!(may_be_added("svc_web", "HTTP/www.contoso.com"));
    }

    #[test]
    fn the_registry_is_as_an_option_sets_it_or_as_it_was() {
        let value = |text: &str| Ok(Some(text.to_owned()));
        for right in [Ok(None), value("WSMAN"), value("host")] {
            assert_eq!(registry(&right, None), None);
        }
        assert!(registry(&value("WINRM"), None).is_some());
        assert_eq!(registry(&value("WINRM"), Some("WINRM")), None);
        assert!(registry(&Err(()), None).is_some() && registry(&value(""), None).is_some());
    }
}
