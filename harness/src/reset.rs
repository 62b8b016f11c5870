//! Brings a used lab back to its baseline, and proves that it is there.

use crate::account_state::{self, ACCOUNTS, STATE, States};
use crate::directory::{self, HOLDER, Holder};
use crate::error::{Error, Result};
use crate::exec::ExecOutput;
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
    /// domain controller. Compares also what it does not change: everything else in the directory with that
    /// of the image, or, where there are two domain controllers, with what each held when both were ready (of
    /// its configuration `dSHeuristics` alone); CLIENT's name server, and MEM1's settings and clock with those
    /// that this lab was given ([`Lab::winrm_settings`]).
    ///
    /// # Errors
    /// [`Error::NotAtBaseline`] with the difference, after which the lab should be replaced.
    pub async fn reset(&self) -> Result<()> {
        let directory = async {
            if self.has_second_dc() {
                self.replicate().await?;
            }
            self.reset_directory().await?;
            if self.has_second_dc() {
                self.replicate().await?;
                baseline_or(self.off(&self.look(Role::Dc2).await?))?;
                // In their configuration, of which nothing else is compared.
                self.check_heuristics(Role::Dc1).await?;
                self.check_heuristics(Role::Dc2).await?;
                self.compare_directory(Role::Dc2).await?;
            }
            self.compare_directory(Role::Dc1).await
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

    /// Every attribute of every object, as the DC's own database has them (`compare` of
    /// `lab/images/dc1/database`, which says what is left out).
    async fn compare_directory(&self, dc: Role) -> Result<()> {
        let own = self.winrm_settings().own_spns(accounts::MEM1.name);
        let command = [&["compare", accounts::MEM1.dn], own].concat();
        let part = (dc, self.part(dc).id.as_str());
        let ran = self.shells().ask_database(self.docker(), part, &command).await?;
        baseline_or(directory_off(dc, ran.into_text())?)
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

/// What a DC's database says that is not as it was, in one line.
fn directory_off(dc: Role, ran: ExecOutput) -> Result<Option<String>> {
    let said = ran.success(dc, "the comparison of the directory")?;
    let off: Vec<&str> = said.lines().collect();
    Ok((!off.is_empty()).then(|| format!("{dc} holds {}", off.join("; "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(status: i64, stdout: &str, stderr: &str) -> ExecOutput {
        ExecOutput { status, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
    }

    #[test]
    fn each_line_of_a_comparison_is_a_difference_and_no_answer_is_an_error() {
        assert_eq!(directory_off(Role::Dc1, ran(0, "", "")).unwrap(), None);
        let off = directory_off(Role::Dc2, ran(0, "CN=a: cn is gone\nand 3 more\n", "")).unwrap();
        assert_eq!(off.unwrap(), "dc2 holds CN=a: cn is gone; and 3 more");
        let failed = directory_off(Role::Dc1, ran(1, "", "no such file\n")).unwrap_err();
        assert_eq!(failed.code(), "SPNLAB-EXEC");
    }
}
