//! The second domain controller of a lab, and replication between the two.
//!
//! Both are Samba, and both take originating writes: what one of them checks against its own copy may
//! be another truth at the other. Replicated changes are not checked again (MS-ADTS 3.1.1.5.1.3 asks
//! for unique SPNs of originating writes only), which is how true duplicates come about.

use testcontainers::bollard::Docker;

use crate::containers::Part;
use crate::directory::SpnInventory;
use crate::error::{Error, Result};
use crate::exec::{ExecOutput, exec};
use crate::fault::change;
use crate::lab::{Lab, READY_WITHIN};
use crate::labels::Role;
use crate::ready::{self, Look};
use crate::start::dc_answers;
use crate::topology::{Account, accounts, hosts};

/// Both domain controllers.
const DOMAIN_CONTROLLERS: [Role; 2] = [Role::Dc1, Role::Dc2];
/// `options` of nTDSDSA: a global catalog (MS-ADTS 6.1.1.2.2.1.2.1.1).
const GLOBAL_CATALOG: u32 = 0x1;
/// `options` of nTDSDSA: takes no changes from others (`NTDSDSA_OPT_DISABLE_INBOUND_REPL`).
const NO_INBOUND: u32 = 0x2;
/// What a held-up domain controller says when it is told to replicate.
const HELD_UP: &str = "WERR_DS_DRA_SINK_DISABLED";
/// Runs in dc1: makes each domain controller take what the other has, and says how each way ended.
const REPLICATE: [&str; 3] = ["/usr/lib/spnlab/replicate", hosts::DC2.fqdn, hosts::DC1.fqdn];
/// Run in each of them: what it holds now is what a reset compares it with.
const REMEMBER: [&str; 2] = ["/usr/lib/spnlab/database", "remember"];
/// Runs in CLIENT: asks one domain controller for a TGT. The password comes on standard input.
const TGT_FROM: &str = r#"
folder=$(mktemp -d)
sed "s/kdc = .*/kdc = $1/" /etc/krb5.conf >"$folder/krb5.conf"
KRB5_CONFIG=$folder/krb5.conf kinit -c "FILE:$folder/cc" trainer 2>&1
status=$?
rm -rf "$folder"
exit $status
"#;

/// The facts of a second domain controller that is ready: it accepts a bind, answers an AS-REQ, and
/// changes go both ways.
pub(crate) async fn ready(
    docker: &Docker,
    (dc2, dc1, client): (&Part, &Part, &Part),
    ca_pem: &str,
) -> Result<()> {
    dc_answers(&hosts::DC2, dc2, ca_pem).await?;
    let password = format!("{}\n", accounts::TRAINER.password);
    ready::wait_for("a TGT from dc2", READY_WITHIN, || async {
        let command = ["sh", "-c", TGT_FROM, "tgt", hosts::DC2.fqdn];
        let ran =
            exec(docker, &client.id, None, &command, Some(password.as_bytes())).await?.into_text();
        Ok(if ran.status == 0 { Look::Ready } else { Look::NotYet(ran.stdout) })
    })
    .await?;
    ready::wait_for("replication between dc1 and dc2, both ways", READY_WITHIN, || async {
        let ran = exec(docker, &dc1.id, None, &REPLICATE, None).await?.into_text();
        Ok(if ran.status == 0 { Look::Ready } else { Look::NotYet(ran.stdout + &ran.stderr) })
    })
    .await?;
    let remember = async |dc: &Part| {
        let ran = exec(docker, &dc.id, None, &REMEMBER, None).await?.into_text();
        ran.success(dc.role, "database remember").map(drop)
    };
    tokio::try_join!(remember(dc1), remember(dc2)).map(|_| ())
}

impl Lab {
    /// Port of 127.0.0.1 behind which this domain controller serves LDAPS.
    pub fn ldaps_port_of(&self, dc: Role) -> u16 {
        self.part(dc).port(636)
    }

    /// Port of 127.0.0.1 behind which this domain controller serves the global catalog over TLS.
    pub fn global_catalog_port_of(&self, dc: Role) -> u16 {
        self.part(dc).port(3269)
    }

    /// Who holds which SPN, as this domain controller knows it.
    ///
    /// # Errors
    /// Also [`Error::LabIncomplete`], if the lab has no such domain controller.
    pub async fn spns_at(&self, dc: Role) -> Result<SpnInventory> {
        self.check(dc)?;
        Ok(self.holders_at(dc).await?.into_iter().collect())
    }

    /// Keeps each domain controller from taking changes from the other, and proves that it refuses.
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

    /// Lets changes go both ways again and waits until both domain controllers say the same of SPNs.
    pub async fn replicate(&self) -> Result<()> {
        self.set_inbound(GLOBAL_CATALOG).await?;
        ready::wait_for("the same SPNs at both domain controllers", READY_WITHIN, || async {
            let ran = self.pull_both_ways().await?;
            ran.success(Role::Dc1, "replicate")?;
            let (one, other) = (self.spns_at(Role::Dc1).await?, self.spns_at(Role::Dc2).await?);
            let rest = one.difference(&other);
            Ok(if rest.is_empty() { Look::Ready } else { Look::NotYet(rest.join(", ")) })
        })
        .await
    }

    async fn pull_both_ways(&self) -> Result<ExecOutput> {
        let dc1 = (Role::Dc1, self.part(Role::Dc1).id.as_str());
        Ok(self.shells().ask_database(self.docker(), dc1, &REPLICATE).await?.into_text())
    }

    /// Registers an SPN at one domain controller, which checks it against its own copy, and proves that it
    /// is there.
    ///
    /// Of two writes to one attribute the one with the higher version lives (MS-DRSR 4.1.10.6.9). Samba
    /// writes the SPNs of the computer anew, twice, when somebody else gets an alias of its HOST name; so
    /// that this does not undo what the other domain controller took, each registration is three
    /// versions.
    pub async fn register_at(&self, dc: Role, spn: &str, on: Account) -> Result<()> {
        self.check(dc)?;
        let mark = ["spnlab/replication"];
        let ldif = [("add", [spn]), ("add", mark), ("delete", mark)];
        let ldif: String = ldif.iter().map(|(kind, values)| change(on.dn, kind, values)).collect();
        self.ldbmodify_at(dc, &ldif).await?;
        let holders = self.spns_at(dc).await?.holders(spn);
        if holders.iter().any(|holder| holder == on.name) {
            return Ok(());
        }
        let detail = format!("{spn} is held by {holders:?} at {dc}");
        Err(Error::Directory { action: "take the registration", detail })
    }

    /// A replication race: each domain controller takes its write before it hears of the other's, and then
    /// both have both.
    pub async fn race(&self, spn: &str, [one, other]: [Account; 2]) -> Result<()> {
        self.hold_replication().await?;
        self.register_at(Role::Dc1, spn, one).await?;
        self.register_at(Role::Dc2, spn, other).await?;
        self.replicate().await?;
        let mut wanted = [one.name, other.name];
        wanted.sort_unstable();
        for dc in DOMAIN_CONTROLLERS {
            let holders = self.spns_at(dc).await?.holders(spn);
            if holders != wanted {
                let detail = format!("{spn} is held by {holders:?} at {dc} after the race");
                return Err(Error::Directory { action: "make a duplicate", detail });
            }
        }
        Ok(())
    }

    /// Takes an SPN from an account at one domain controller with `samba-tool`, which writes the account's
    /// other values in place of all: Samba deletes no single value that several accounts hold.
    pub async fn samba_tool_delete_spn(&self, dc: Role, spn: &str, from: Account) -> Result<()> {
        let command = ["samba-tool", "spn", "delete", spn, from.name];
        self.exec(dc, None, &command, None).await?.success(dc, "samba-tool spn delete")?;
        let holders = self.spns_at(dc).await?.holders(spn);
        if !holders.iter().any(|holder| holder == from.name) {
            return Ok(());
        }
        let detail = format!("{spn} is still held by {holders:?} at {dc}");
        Err(Error::Directory { action: "delete an SPN", detail })
    }

    /// Whether the lab has this domain controller.
    pub(crate) fn check(&self, dc: Role) -> Result<()> {
        if dc == Role::Dc1 || dc == Role::Dc2 && self.has_second_dc() {
            return Ok(());
        }
        Err(Error::LabIncomplete { name: self.identity().name.clone(), part: dc })
    }

    /// Each domain controller reads its own options before it takes a change.
    async fn set_inbound(&self, options: u32) -> Result<()> {
        self.check(Role::Dc2)?;
        for dc in DOMAIN_CONTROLLERS {
            let ldif = format!(
                "dn: CN=NTDS Settings,CN={dc},CN=Servers,CN=Default-First-Site-Name,CN=Sites,\
                 CN=Configuration,DC=contoso,DC=com\nchangetype: modify\nreplace: options\n\
                 options: {options}\n"
            );
            self.ldbmodify_at(dc, &ldif).await?;
        }
        Ok(())
    }
}
