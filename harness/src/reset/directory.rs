//! The directory: names, SPNs and account states are taken back, everything else is compared.

use crate::dc::account_state::{self, ACCOUNTS, STATE, States};
use crate::dc::{HOLDER, Holder, change, deletion, holders};
use crate::lab::Dc;
use crate::model::{Account, Result, WinrmSettings, accounts, no_difference};

/// What a DC says of its accounts at one moment.
pub(super) struct Now {
    holders: Vec<Holder>,
    states: States,
    /// Accounts that the image does not have.
    added: Vec<Account>,
    /// WinRM may have SPNs of its own.
    winrm: WinrmSettings,
}

impl Dc<'_> {
    /// Names, SPNs and states of accounts: one look, one change of what differs, another look.
    pub(super) async fn reset(self) -> Result<()> {
        let mut now = self.look().await?;
        if !now.added.is_empty() {
            self.ldbmodify(&now.added.iter().copied().map(deletion).collect::<String>()).await?;
            now = self.look().await?;
        }
        let Now { holders, states, .. } = &now;
        for holder in holders {
            let known = accounts::ALL.iter().find(|account| account.name == holder.name);
            let Some(known) = known else { continue };
            if !known.dn.eq_ignore_ascii_case(&holder.dn) {
                self.rename(&holder.dn, known.dn).await?;
            }
        }
        let (spns, accounts) = (now.spns_off(), account_state::difference(states));
        if spns.is_empty() && accounts.is_empty() {
            return Ok(());
        }
        for dn in account_state::with_other_keys(states) {
            self.lab.give_back_keys(dn).await?;
        }
        let mut ldif = if spns.is_empty() { String::new() } else { now.baseline_spns() };
        ldif.push_str(&account_state::undo(states));
        if !ldif.is_empty() {
            self.ldbmodify(&ldif).await?;
        }
        no_difference(self.look().await?.off())
    }

    /// Nothing undoes it here: whoever sets `dSHeuristics` takes it back.
    pub(super) async fn check_heuristics(self) -> Result<()> {
        let value = self.heuristics().await?;
        no_difference(value.map(|value| format!("dSHeuristics is {value:?} at {}", self.role)))
    }

    /// Every attribute of every object, as the DC's own database has them (`compare` of
    /// `lab/images/dc1/database`, which says what is left out).
    pub(super) async fn compare(self) -> Result<()> {
        let off = self.differences().await?;
        no_difference((!off.is_empty()).then(|| format!("{} holds {}", self.role, off.join("; "))))
    }

    /// How every attribute of every object differs from the baseline, one line each.
    pub async fn differences(self) -> Result<Vec<String>> {
        let own = self.lab.mem1().winrm_settings().await?.own_spns(accounts::MEM1.name);
        let command = [&["compare", accounts::MEM1.dn], own].concat();
        let ran = self.ask_database(&command).await?;
        let said = ran.success(self.role, "the comparison of the directory")?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// Who holds which SPN, and the state of every account, at one moment.
    pub(super) async fn look(self) -> Result<Now> {
        // Both begin with the name, and nobody else holds SPNs.
        let attributes = [&HOLDER[..], &STATE[1..]].concat();
        let found = self.search(ACCOUNTS, &attributes).await?;
        let states = account_state::states(&found);
        let known = |account: &&Account| {
            found.iter().any(|entry| entry.dn.eq_ignore_ascii_case(account.dn))
        };
        let added = accounts::ADDED.iter().filter(known).copied().collect();
        let winrm = self.lab.mem1().winrm_settings().await?;
        Ok(Now { holders: holders(found), states, added, winrm })
    }
}

impl Now {
    /// How names and states differ from the baseline.
    pub(super) fn off(&self) -> Option<String> {
        let mut off = self.spns_off();
        off.append(&mut account_state::difference(&self.states));
        (!off.is_empty()).then(|| off.join(", "))
    }

    /// How the SPNs of all accounts differ from the baseline, byte for byte and in their order.
    /// Samba writes a HOST value anew in small letters, and `setspn -L` shows that.
    fn spns_off(&self) -> Vec<String> {
        let off = |holder: &Holder| {
            let known = accounts::ALL.iter().find(|account| account.name == holder.name);
            let wanted = known.map_or_else(Vec::new, |account| self.own_baseline(account));
            (holder.spns != wanted).then(|| format!("{} has {:?}", holder.name, holder.spns))
        };
        let none = accounts::ALL.iter().filter(|account| {
            !self.own_baseline(account).is_empty()
                && !self.holders.iter().any(|holder| holder.name == account.name)
        });
        let none = none.map(|account| format!("{} has none", account.name));
        self.holders.iter().filter_map(off).chain(none).collect()
    }

    /// What this account holds at the baseline, in its order.
    fn own_baseline(&self, account: &Account) -> Vec<&'static str> {
        [account.baseline_spns, self.winrm.own_spns(account.name)].concat()
    }

    /// The LDIF that makes everybody's SPNs those of the baseline.
    ///
    /// First nobody keeps what is not his own: Samba refuses a name while another account has it,
    /// and a HOST name while another has an alias of it.
    fn baseline_spns(&self) -> String {
        let known = accounts::ALL.iter().filter_map(|account| {
            let wanted = self.own_baseline(account);
            let holder = self.holders.iter().find(|holder| holder.name == account.name);
            let held = holder.map_or(&[][..], |holder| holder.spns.as_slice());
            (held != wanted).then_some((account, wanted, held))
        });
        let (mut taken, mut given) = (String::new(), String::new());
        for (account, wanted, held) in known {
            let kept: Vec<&str> =
                held.iter().map(String::as_str).filter(|spn| wanted.contains(spn)).collect();
            if kept.len() < held.len() {
                taken += &change(account.dn, "replace", &kept);
            }
            given += &change(account.dn, "replace", &wanted);
        }
        taken + &given
    }
}
