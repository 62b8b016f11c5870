//! Sees whether a condition is there.

use spnlab_harness::{AccountChange, ApFact, ConnectOptions, Lab, Role, SpnInventory, accounts};

use super::Condition;
use super::names::{FULL, HOSTS};
use crate::error::{Error, Result};

/// The tickets of the user's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The session has none for MEM1.
    None,
    /// The one for MEM1 is accepted.
    Good,
    /// MEM1 refuses the one that it has.
    Bad,
}

/// Looks whether the user's session keeps a ticket that MEM1 refuses. The session connects only if
/// it has one, so the look fetches none.
pub(crate) async fn has_bad_ticket(lab: &Lab) -> Result<Kept> {
    let prefix = lab.client().registry_get("spn_prefix").await.unwrap_or_default();
    let spn = format!("{}/{FULL}@", prefix.as_deref().unwrap_or("HTTP"));
    let klist = lab.client().klist().await?.unwrap_or_default();
    if !klist.split_whitespace().any(|word| word.starts_with(&spn)) {
        return Ok(Kept::None);
    }
    let attempt = lab.connect(&ConnectOptions::new(FULL, "hostname").keep_tickets(true)).await?;
    let bad = attempt.cached && matches!(attempt.outcome.ap, ApFact::Refused { .. });
    Ok(if bad { Kept::Bad } else { Kept::Good })
}

/// Proves that a condition that was brought about is there.
pub(super) async fn prove(condition: Condition, lab: &Lab) -> Result<()> {
    if condition == Condition::WebName || condition.is_there(lab).await? {
        return Ok(());
    }
    let detail = if lab.is_paused(Role::Dc1).await {
        "the domain controller is paused".to_owned()
    } else {
        format!("the directory holds {:?}", lab.dc1().spns().await?.0)
    };
    Err(Error::NotThere { word: condition.word(), detail })
}

impl Condition {
    /// Whether it is there. `web-name` is a thing of the user, and never is.
    pub(crate) async fn is_there(self, lab: &Lab) -> Result<bool> {
        Ok(match self {
            Self::WebName => false,
            Self::NoDc => lab.is_paused(Role::Dc1).await,
            Self::ClientClock => lab.client().clock().await? != 0,
            Self::WinrmStopped => lab.mem1().winrm_has_ended().await?,
            Self::Mem1Clock => {
                let first = lab.mem1().first_winrm_settings().await?;
                lab.mem1().winrm_settings().await?.clock_ahead != first.clock_ahead
            }
            Self::MissingWsman | Self::WrongRegistry => {
                let prefix = lab.client().registry_get("spn_prefix").await.unwrap_or_default();
                let asked = prefix.as_deref() == self.prefix();
                let spns = lab.dc1().spns().await?;
                let class = prefix.unwrap_or_default();
                asked
                    && HOSTS.iter().any(|host| spns.holders(&format!("{class}/{host}")).is_empty())
            }
            Self::StaleTicket => {
                // With the names misplaced, every ticket is refused, and none is stale.
                let klist = lab.client().klist().await?.unwrap_or_default();
                klist.contains("HTTP/mem1.contoso.com@") && has_bad_ticket(lab).await? == Kept::Bad
            }
            Self::MachinePassword => {
                lab.dc1().has_changed(accounts::MEM1, AccountChange::PasswordChanged).await?
            }
            Self::HolderPassword => {
                let spns = lab.dc1().spns().await?;
                self.shows_in(&spns)
                    && lab
                        .dc1()
                        .has_changed(accounts::SVC_WEB, AccountChange::PasswordChanged)
                        .await?
            }
            Self::DisabledHolder => {
                let spns = lab.dc1().spns().await?;
                self.shows_in(&spns)
                    && lab.dc1().has_changed(accounts::SVC_APP, AccountChange::Disabled).await?
            }
            Self::MissingPort => {
                let spns = lab.dc1().spns().await?;
                self.shows_in(&spns) && spns.holders(&format!("HTTP/{FULL}:5985")).is_empty()
            }
            _ => self.shows_in(&lab.dc1().spns().await?),
        })
    }

    /// Whether its SPNs are where it puts them.
    fn shows_in(self, spns: &SpnInventory) -> bool {
        let all = self.registrations();
        !all.is_empty()
            && all.iter().all(|(spn, on)| {
                let mut names: Vec<_> = on.iter().map(|account| account.name).collect();
                names.sort_unstable();
                let holds = |held: &Vec<String>| held.iter().any(|one| one == spn);
                spns.holders(spn) == names
                    && (self != Self::LetterCase
                        || spns.0.get(accounts::SVC_WEB.name).is_some_and(holds))
            })
    }

    /// The conditions that are there because another one is: half of it, or itself in other
    /// letters.
    pub(crate) fn includes(self, other: Self) -> bool {
        match self {
            Self::Article => matches!(other, Self::FullName | Self::ShortName),
            Self::HolderPassword => {
                matches!(other, Self::Article | Self::FullName | Self::ShortName)
            }
            Self::LetterCase => other == Self::FullName,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_the_names_says_which_condition_it_is() {
        let seen = |spns: &[&str]| {
            let spns = spns.iter().map(|&spn| spn.to_owned()).collect();
            SpnInventory([("svc_web".to_owned(), spns)].into())
        };
        let there = |spns: &[&str]| -> Vec<Condition> {
            let seen = seen(spns);
            Condition::ALL.into_iter().filter(|one| one.shows_in(&seen)).collect()
        };
        assert_eq!(there(&["HTTP/www.contoso.com"]), []);
        assert_eq!(there(&["http/MEM1"]), [Condition::ShortName]);
        let full = there(&["http/MEM1.Contoso.Com"]);
        assert_eq!(full, [Condition::FullName, Condition::LetterCase]);
        let both = there(&["HTTP/mem1", "HTTP/mem1.contoso.com"]);
        assert!(both.contains(&Condition::Article) && !both.contains(&Condition::LetterCase));
        assert!(Condition::Article.includes(Condition::ShortName));
    }
}
