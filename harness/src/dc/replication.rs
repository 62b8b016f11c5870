//! The second domain controller of a lab, and replication between the two.
//!
//! Both are Samba, and both take originating writes. Each checks a write against its own copy only,
//! and the other's copy may differ. Neither checks replicated changes again: MS-ADTS 3.1.1.5.1.3
//! asks for unique SPNs of originating writes only. This is how true duplicates arise.

use super::samba::change;
use crate::engine::{ExecOutput, Look, READY_WITHIN, wait_for};
use crate::lab::{Dc, Lab};
use crate::model::{Account, Error, Result, Role};
use crate::start::ready::REPLICATE;

/// Both domain controllers.
const DOMAIN_CONTROLLERS: [Role; 2] = [Role::Dc1, Role::Dc2];
/// `options` of nTDSDSA: a global catalog (MS-ADTS 6.1.1.2.2.1.2.1.1).
const GLOBAL_CATALOG: u32 = 0x1;
/// `options` of nTDSDSA: takes no changes from others (`NTDSDSA_OPT_DISABLE_INBOUND_REPL`).
const NO_INBOUND: u32 = 0x2;
/// A held-up domain controller's answer to a request to replicate.
const HELD_UP: &str = "WERR_DS_DRA_SINK_DISABLED";
impl Lab {
    /// Stops replication in both directions, and proves that each domain controller refuses it.
    pub async fn hold_replication(&self) -> Result<()> {
        self.set_inbound(GLOBAL_CATALOG | NO_INBOUND).await?;
        let ran = self.pull_both_ways().await?;
        let refusals = ran.stdout.lines().filter(|line| line.contains(HELD_UP)).count();
        if refusals == DOMAIN_CONTROLLERS.len() {
            return Ok(());
        }
        let detail = format!("they still replicate: {}{}", ran.stdout, ran.stderr);
        Err(Error::Directory { action: "hold replication up", detail })
    }

    /// Allows replication again, and waits until both domain controllers have the same SPNs.
    pub async fn replicate(&self) -> Result<()> {
        self.set_inbound(GLOBAL_CATALOG).await?;
        wait_for("the same SPNs at both domain controllers", READY_WITHIN, || async {
            let ran = self.pull_both_ways().await?;
            ran.success(Role::Dc1, "replicate")?;
            let (one, other) = (self.dc1().spns().await?, self.dc(Role::Dc2)?.spns().await?);
            let rest = one.difference(&other);
            Ok(if rest.is_empty() { Look::Ready } else { Look::NotYet(rest.join(", ")) })
        })
        .await
    }

    /// A replication race: each domain controller takes its own write before the other's arrives.
    /// Then both have both.
    pub async fn race(&self, spn: &str, [one, other]: [Account; 2]) -> Result<()> {
        self.hold_replication().await?;
        self.dc1().register(spn, one).await?;
        self.dc(Role::Dc2)?.register(spn, other).await?;
        self.replicate().await?;
        let mut wanted = [one.name, other.name];
        wanted.sort_unstable();
        for dc in DOMAIN_CONTROLLERS {
            let holders = self.dc(dc)?.spns().await?.holders(spn);
            if holders != wanted {
                let detail = format!("{spn} is held by {holders:?} at {dc} after the race");
                return Err(Error::Directory { action: "make a duplicate", detail });
            }
        }
        Ok(())
    }

    async fn pull_both_ways(&self) -> Result<ExecOutput> {
        self.dc1().ask_database(&REPLICATE).await
    }

    /// Writes to each domain controller, because each reads its own options before it takes a
    /// change.
    async fn set_inbound(&self, options: u32) -> Result<()> {
        for dc in DOMAIN_CONTROLLERS {
            let ldif = format!(
                "dn: CN=NTDS Settings,CN={dc},CN=Servers,CN=Default-First-Site-Name,CN=Sites,\
                 CN=Configuration,DC=contoso,DC=com\nchangetype: modify\nreplace: options\n\
                 options: {options}\n"
            );
            self.dc(dc)?.ldbmodify(&ldif).await?;
        }
        Ok(())
    }
}

impl Dc<'_> {
    /// Registers an SPN at this domain controller, which checks it against its own copy. Then
    /// proves that it is there.
    ///
    /// Of two writes to one attribute, the one with the higher version wins (MS-DRSR 4.1.10.6.9).
    /// When another account gets an alias of the computer's HOST name, Samba writes the computer's
    /// SPNs again, twice. This must not undo what the other domain controller took. So each
    /// registration makes three versions.
    pub async fn register(self, spn: &str, on: Account) -> Result<()> {
        let mark = ["spnlab/replication"];
        let ldif = [("add", [spn]), ("add", mark), ("delete", mark)];
        let ldif: String = ldif.iter().map(|(kind, values)| change(on.dn, kind, values)).collect();
        self.ldbmodify(&ldif).await?;
        let holders = self.spns().await?.holders(spn);
        if holders.iter().any(|holder| holder == on.name) {
            return Ok(());
        }
        let detail = format!("{spn} is held by {holders:?} at {}", self.role);
        Err(Error::Directory { action: "take the registration", detail })
    }

    /// Deletes an SPN from an account at this domain controller with `samba-tool`, which replaces
    /// the whole attribute by the other values. Samba refuses to delete a single value that several
    /// accounts hold.
    pub async fn samba_tool_delete_spn(self, spn: &str, from: Account) -> Result<()> {
        let command = ["samba-tool", "spn", "delete", spn, from.name];
        let ran = self.lab.exec(self.role, None, &command, None).await?;
        ran.success(self.role, "samba-tool spn delete")?;
        let holders = self.spns().await?.holders(spn);
        if !holders.iter().any(|holder| holder == from.name) {
            return Ok(());
        }
        let detail = format!("{spn} is still held by {holders:?} at {}", self.role);
        Err(Error::Directory { action: "delete an SPN", detail })
    }
}
