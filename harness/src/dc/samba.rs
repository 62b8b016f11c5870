//! A domain controller itself: its names and ports, and writes to its live database with its own
//! tools.

use crate::engine::ExecOutput;
use crate::lab::{Dc, Lab};
use crate::model::{Error, Result, Role, SambaVersion, hosts};

/// The live database.
pub(super) const DATABASE: &str = "/var/lib/samba/private/sam.ldb";

impl<'a> Dc<'a> {
    /// The lab that it belongs to.
    pub fn lab(self) -> &'a Lab {
        self.lab
    }

    /// Which of the domain controllers it is.
    pub fn role(self) -> Role {
        self.role
    }

    /// Its fully qualified name.
    pub fn fqdn(self) -> &'static str {
        hosts::of_dc(self.role).fqdn
    }

    /// The Samba that it runs, as the program itself says.
    pub async fn samba_version(self) -> Result<SambaVersion> {
        let ran = self.lab.exec(self.role, None, &["samba", "--version"], None).await?;
        let said = ran.success(self.role, "samba --version")?;
        SambaVersion::of_answer(&said)
            .ok_or_else(|| Error::Unreadable { what: "the version of Samba".into(), detail: said })
    }

    /// Port of 127.0.0.1 behind which it serves LDAPS.
    pub fn ldaps_port(self) -> u16 {
        self.lab.part(self.role).port(636)
    }

    /// Port of 127.0.0.1 behind which it serves the global catalog over TLS.
    pub fn global_catalog_port(self) -> u16 {
        self.lab.part(self.role).port(3269)
    }

    /// Changes its directory as LDIF says, through all of Samba's checks. A reset takes back SPNs,
    /// names and account states, and finds everything else.
    pub async fn ldbmodify(self, ldif: &str) -> Result<()> {
        let ran = self.write(&["ldbmodify", "-H", DATABASE], ldif).await?;
        ran.success(self.role, "ldbmodify").map(drop)
    }

    /// Gives an object another distinguished name.
    pub(crate) async fn rename(self, from: &str, to: &str) -> Result<()> {
        let ran = self.write(&["ldbrename", "-H", DATABASE, from, to], "").await?;
        ran.success(self.role, "ldbrename").map(drop)
    }

    /// Runs `ldbmodify` or `ldbrename`, or what does the same, on its live database.
    async fn write(self, command: &[&str], ldif: &str) -> Result<ExecOutput> {
        let (lab, part) = (self.lab, self.lab.part(self.role).container());
        lab.residents().write(lab.docker(), part, command, ldif.as_bytes()).await
    }

    /// Has its open database do something else than a write (`lab/images/dc1/database`).
    pub(crate) async fn ask_database(self, command: &[&str]) -> Result<ExecOutput> {
        let (lab, part) = (self.lab, self.lab.part(self.role).container());
        lab.residents().ask_database(lab.docker(), part, command).await
    }
}

/// One LDIF change record on `servicePrincipalName`.
pub(crate) fn change(dn: &str, kind: &str, values: &[&str]) -> String {
    let mut text = format!("dn: {dn}\nchangetype: modify\n{kind}: servicePrincipalName\n");
    for value in values {
        text.push_str("servicePrincipalName: ");
        text.push_str(value);
        text.push('\n');
    }
    text.push('\n');
    text
}
