//! Brings a used lab back to its baseline, and proves that it is there.

use crate::account_state::{self, ACCOUNTS, STATE, States};
use crate::directory::{self, HOLDER, Holder};
use crate::error::{Error, Result};
use crate::fault::change;
use crate::lab::Lab;
use crate::labels::Role;
use crate::topology::{Account, accounts};

/// Called in CLIENT; prints what is not as in its image.
const RESET_CLIENT: &str = include_str!("scripts/reset.pl");

/// What is not as at the baseline is an error.
pub(crate) fn baseline_or(off: Option<String>) -> Result<()> {
    off.map_or(Ok(()), |detail| Err(Error::NotAtBaseline { detail }))
}

impl Lab {
    /// Resets SPNs, accounts, registry and ticket caches, then compares them with the baseline, at each
    /// domain controller. Compares also what it does not change: the forest's `dSHeuristics`, CLIENT's name
    /// server, and MEM1's settings and clock with those that this lab was given ([`Lab::winrm_settings`]).
    ///
    /// # Errors
    /// [`Error::NotAtBaseline`] with the difference, after which the lab should be replaced.
    pub async fn reset(&self) -> Result<()> {
        let directory = async {
            if self.has_second_dc() {
                self.replicate().await?;
            }
            self.reset_directory().await?;
            self.check_heuristics(Role::Dc1).await?;
            if self.has_second_dc() {
                self.replicate().await?;
                baseline_or(self.off(&self.look(Role::Dc2).await?))?;
                self.check_heuristics(Role::Dc2).await?;
            }
            Ok(())
        };
        // On the heap: the futures of whoever resets a lab stay small.
        let mem1 = Box::pin(self.check_mem1());
        tokio::try_join!(directory, self.reset_client(), mem1).map(|_| ())
    }

    /// Names, SPNs and states of accounts: one look, one change of what differs, another look.
    async fn reset_directory(&self) -> Result<()> {
        let (holders, states) = self.look(Role::Dc1).await?;
        for holder in &holders {
            let known = accounts::ALL.iter().find(|account| account.name == holder.name);
            let Some(known) = known else { continue };
            if !known.dn.eq_ignore_ascii_case(&holder.dn) {
                self.rename(&holder.dn, known.dn).await?;
            }
        }
        let (spns, accounts) = (self.spns_off(&holders), account_state::difference(&states));
        if spns.is_empty() && accounts.is_empty() {
            return Ok(());
        }
        if !self.has_second_dc() {
            for dn in account_state::with_other_keys(&states) {
                self.give_back_keys(dn).await?;
            }
        }
        let mut ldif = if spns.is_empty() { String::new() } else { self.baseline_spns(&holders) };
        ldif.push_str(&account_state::undo(&states));
        if !ldif.is_empty() {
            self.ldbmodify(&ldif).await?;
        }
        baseline_or(self.off(&self.look(Role::Dc1).await?))
    }

    /// Nothing undoes it here: whoever sets `dSHeuristics` takes it back.
    async fn check_heuristics(&self, dc: Role) -> Result<()> {
        let value = self.heuristics(dc).await?;
        baseline_or(value.map(|value| format!("dSHeuristics is {value:?} at {dc}")))
    }

    /// Who holds which SPN, and the state of every account, at one moment.
    async fn look(&self, dc: Role) -> Result<(Vec<Holder>, States)> {
        // Both begin with the name, and nobody else holds SPNs.
        let attributes = [&HOLDER[..], &STATE[1..]].concat();
        let found = self.search_at(dc, ACCOUNTS, &attributes).await?;
        let states = account_state::states(&found);
        Ok((directory::holders(found), states))
    }

    /// How names and states differ from the baseline.
    fn off(&self, (holders, states): &(Vec<Holder>, States)) -> Option<String> {
        let mut off = self.spns_off(holders);
        off.append(&mut account_state::difference(states));
        (!off.is_empty()).then(|| off.join(", "))
    }

    /// How everybody's SPNs differ from the baseline, to the letter and in their order: Samba writes a HOST
    /// value anew in small letters, and `setspn -L` shows that.
    fn spns_off(&self, holders: &[Holder]) -> Vec<String> {
        let off = |holder: &Holder| {
            let known = accounts::ALL.iter().find(|account| account.name == holder.name);
            let wanted = known.map_or_else(Vec::new, |account| self.own_baseline(account));
            (holder.spns != wanted).then(|| format!("{} has {:?}", holder.name, holder.spns))
        };
        let none = accounts::ALL.iter().filter(|account| {
            !self.own_baseline(account).is_empty()
                && !holders.iter().any(|holder| holder.name == account.name)
        });
        let none = none.map(|account| format!("{} has none", account.name));
        holders.iter().filter_map(off).chain(none).collect()
    }

    /// What this account holds at the baseline, in its order.
    fn own_baseline(&self, account: &Account) -> Vec<&'static str> {
        [account.baseline_spns, self.winrm_settings().own_spns(account.name)].concat()
    }

    /// The LDIF that makes everybody's SPNs those of the baseline.
    fn baseline_spns(&self, now: &[Holder]) -> String {
        // Service accounts first: Samba refuses a HOST value while an alias of it sits elsewhere.
        let (computers, others): (Vec<&Account>, Vec<&Account>) =
            accounts::ALL.iter().partition(|account| account.name.ends_with('$'));
        others
            .into_iter()
            .chain(computers)
            .filter(|account| {
                let holds = now.iter().any(|holder| holder.name == account.name);
                holds || !account.baseline_spns.is_empty()
            })
            .map(|account| change(account.dn, "replace", &self.own_baseline(account)))
            .collect()
    }

    pub(crate) async fn reset_client(&self) -> Result<()> {
        let ran = self.call(Role::Client, Some("admin"), RESET_CLIENT, &[]).await?;
        let left = ran.success(Role::Client, "the reset of the client")?;
        let left = left.trim();
        baseline_or((!left.is_empty()).then(|| format!("CLIENT still has {left}")))
    }
}
