//! Brings a condition about, by the harness's road: the DC's own database tools, CLIENT's registry,
//! the clocks and the services of the lab.

use spnlab_harness::{AccountChange, ApFact, ConnectOptions, Fault, Lab, Role, TgsFact, accounts};

use super::names::FULL;
use super::{Condition, there};
use crate::error::{Error, Result};

/// How far a wrong clock is off. Kerberos takes five minutes.
const AHEAD: i32 = 600;
/// What the user runs.
const COMMAND: &str = "hostname";
/// The name of the ticket that turns stale.
const HTTP_FULL: &str = "HTTP/mem1.contoso.com";

impl Condition {
    /// Brings it about. What is there already stays.
    pub(crate) async fn bring_about(self, lab: &Lab) -> Result<()> {
        match self {
            Self::Duplicate if lab.has_second_dc() => {
                lab.race(HTTP_FULL, [accounts::SVC_WEB, accounts::MEM1]).await?;
            }
            Self::HostNames => {
                let held = lab.dc1().spns().await?;
                for spn in accounts::MEM1.baseline_spns.iter().filter(|s| s.starts_with("HOST/")) {
                    if held.holders(spn).iter().any(|holder| holder == accounts::MEM1.name) {
                        lab.dc1().delete_value(spn, accounts::MEM1).await?;
                    }
                }
                self.register(lab).await?;
            }
            Self::DisabledHolder => {
                self.register(lab).await?;
                lab.dc1().change_account(accounts::SVC_APP, AccountChange::Disabled).await?;
            }
            Self::HolderPassword => {
                self.register(lab).await?;
                let changed = AccountChange::PasswordChanged;
                if !lab.dc1().has_changed(accounts::SVC_WEB, changed).await? {
                    lab.dc1().change_account(accounts::SVC_WEB, changed).await?;
                }
            }
            Self::MachinePassword => {
                let changed = AccountChange::PasswordChanged;
                if !lab.dc1().has_changed(accounts::MEM1, changed).await? {
                    lab.dc1().change_account(accounts::MEM1, changed).await?;
                }
            }
            Self::StaleTicket => make_stale(lab).await?,
            Self::Mem1Clock => lab.mem1().set_clock(AHEAD).await?,
            Self::ClientClock => lab.client().set_clock(AHEAD).await?,
            Self::WinrmStopped => lab.mem1().end_winrm().await?,
            Self::NoDc => {
                if !lab.is_paused(Role::Dc1).await {
                    lab.pause(Role::Dc1).await?;
                }
            }
            _ => {
                self.register(lab).await?;
                if let Some(prefix) = self.prefix() {
                    lab.client().registry_set("spn_prefix", prefix).await?;
                }
            }
        }
        there::prove(self, lab).await
    }

    async fn register(self, lab: &Lab) -> Result<()> {
        for (spn, on) in self.registrations() {
            let spn = spn.to_owned();
            let fault = match on[..] {
                [one, other] => Fault::Duplicated { spn, on: [one, other] },
                _ => Fault::Registered { spn, on: on[0] },
            };
            lab.dc1().seed(&fault).await?;
        }
        Ok(())
    }
}

/// The user's session gets a ticket while the article's condition is there. Then the registration
/// is taken back, if it was not there before.
async fn make_stale(lab: &Lab) -> Result<()> {
    lab.client().purge_tickets().await?;
    let before = lab.dc1().spns().await?.holders(HTTP_FULL);
    if before.is_empty() {
        let fault = Fault::Registered { spn: HTTP_FULL.to_owned(), on: accounts::SVC_WEB };
        lab.dc1().seed(&fault).await?;
    }
    let attempt = lab.connect(&ConnectOptions::new(FULL, COMMAND).keep_tickets(true)).await?;
    if before.is_empty() {
        lab.dc1().delete_value(HTTP_FULL, accounts::SVC_WEB).await?;
    }
    let outcome = attempt.outcome;
    let refused = matches!(outcome.ap, ApFact::Refused { .. });
    if outcome.requested_spn == HTTP_FULL && matches!(outcome.tgs, TgsFact::Issued(_)) && refused {
        return Ok(());
    }
    let spn = outcome.requested_spn;
    Err(Error::Clash { detail: format!("the session gets no ticket that fails for {spn}") })
}
