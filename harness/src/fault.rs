//! Seeds faults into the directory with the DC's own database tools.
//!
//! `ldbmodify` on the running DC's database passes through Samba's own checks, exactly as an
//! administrator's write does; it is another road than the fix library's LDAP. Whoever writes often
//! gets the same writes from one program that stays (`lab/images/dc1/database`).

use crate::SpnInventory;
use crate::error::{Error, Result};
use crate::exec::ExecOutput;
use crate::lab::Lab;
use crate::labels::Role;
use crate::topology::{Account, BASE_DN, accounts};

/// The live database of the DC.
const DATABASE: &str = "/var/lib/samba/private/sam.ldb";
/// The domain partition of it, without any of Samba's checks.
const PARTITION: &str = "/var/lib/samba/private/sam.ldb.d/DC=CONTOSO,DC=COM.ldb";

/// Runs in dc1: takes a change while `dSHeuristics` says that neither UPNs nor SPNs need be unique (its 21st
/// character; MS-ADTS 6.1.1.2.4.1.2), and takes that back. Characters 10 and 20 only count.
const UNVERIFIED: &str = r#"
set -eu
database=$1 object=$2 value=000000000100000000023
heuristics() {
  printf 'dn: %s\nchangetype: modify\n%s: dSHeuristics\n%s' "$object" "$1" "$2" |
    ldbmodify -H "$database" >/dev/null
}
heuristics add "dSHeuristics: $value
"
trap 'heuristics delete "" || exit 99' EXIT
ldbsearch -H "$database" -s base -b "$object" dSHeuristics | grep -qx "dSHeuristics: $value"
ldbmodify -H "$database"
"#;

/// The object that has `dSHeuristics`.
const DIRECTORY_SERVICE: &str =
    "CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,DC=contoso,DC=com";

/// How it ends if it could not take `dSHeuristics` back.
const NOT_TAKEN_BACK: i64 = 99;

/// A condition of the directory that the lab can bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The article's: `HTTP/mem1.contoso.com` and `HTTP/mem1` on the web site's service account.
    Article,
    /// One SPN on one account.
    Registered {
        /// The SPN.
        spn: String,
        /// The account that gets it.
        on: Account,
    },
    /// One SPN on two accounts, which Samba refuses on the normal road: written into the domain
    /// partition itself, as a replication race leaves it behind.
    Duplicated {
        /// The SPN.
        spn: String,
        /// The accounts.
        on: [Account; 2],
    },
}

impl Fault {
    fn registrations(&self) -> Vec<(Account, String)> {
        match self {
            Self::Article => ["HTTP/mem1.contoso.com", "HTTP/mem1"]
                .map(|spn| (accounts::SVC_WEB, spn.to_owned()))
                .into(),
            Self::Registered { spn, on } => vec![(*on, spn.clone())],
            Self::Duplicated { spn, on } => on.map(|on| (on, spn.clone())).into(),
        }
    }
}

impl Fault {
    /// Who is to hold this SPN, sorted.
    fn holders(&self, spn: &str) -> Vec<String> {
        let on = self.registrations().into_iter().filter(|(_, wanted)| wanted == spn);
        let mut names: Vec<String> = on.map(|(on, _)| on.name.to_owned()).collect();
        names.sort();
        names
    }
}

impl Lab {
    /// Brings the fault about and proves, by reading the directory, that it is there.
    ///
    /// What is there already is left as it is.
    pub async fn seed(&self, fault: &Fault) -> Result<()> {
        let before = self.spns().await?;
        let missing: Vec<_> = fault
            .registrations()
            .into_iter()
            // In another spelling it is another value to Samba.
            .filter(|(on, spn)| !before.0.get(on.name).is_some_and(|held| held.contains(spn)))
            .collect();
        if !missing.is_empty() {
            let ldif: String =
                missing.iter().map(|(on, spn)| change(on.dn, "add", &[spn])).collect();
            match fault {
                Fault::Duplicated { .. } => self.modify_unchecked(&ldif).await?,
                _ => self.ldbmodify(&ldif).await?,
            }
        }
        let after = self.spns().await?;
        for (_, spn) in fault.registrations() {
            if after.holders(&spn) != fault.holders(&spn) {
                let detail = format!("{spn} is held by {:?} after seeding", after.holders(&spn));
                return Err(Error::Directory { action: "take the fault", detail });
            }
        }
        Ok(())
    }

    /// Deletes a value from an account's SPNs in the DC's database; which one Samba takes for it is not looked at.
    pub async fn delete_value(&self, spn: &str, from: Account) -> Result<()> {
        self.ldbmodify(&change(from.dn, "delete", &[spn])).await
    }

    /// Asks the DC's database for one more SPN on an account with the control that relaxes its rules (LDB's
    /// `relax`), as far as they can be relaxed; the answer is the tool's own.
    pub async fn register_relaxed(&self, spn: &str, on: Account) -> Result<ExecOutput> {
        let command = ["ldbmodify", "--controls=relax:0", "-H", DATABASE];
        let ldif = change(on.dn, "add", &[spn]);
        self.exec(Role::Dc1, None, &command, Some(ldif.as_bytes())).await
    }

    /// Asks the DC's database for one more SPN on an account while the forest's `dSHeuristics` says that
    /// SPNs need not be unique; the answer is the tool's own.
    pub async fn register_unverified(&self, spn: &str, on: Account) -> Result<ExecOutput> {
        let command = ["sh", "-c", UNVERIFIED, "unverified", DATABASE, DIRECTORY_SERVICE];
        let ldif = change(on.dn, "add", &[spn]);
        let ran = self.exec(Role::Dc1, None, &command, Some(ldif.as_bytes())).await?;
        if ran.status == NOT_TAKEN_BACK {
            let detail = format!("dSHeuristics is still set: {}", ran.stderr.trim());
            return Err(Error::NotAtBaseline { detail });
        }
        Ok(ran)
    }

    /// The forest's `dSHeuristics`, as a domain controller knows it; the image has none.
    pub(crate) async fn heuristics(&self, dc: Role) -> Result<Option<String>> {
        let found = self.read_at(dc, DIRECTORY_SERVICE, &["dSHeuristics"]).await?;
        // Nothing else was asked for.
        Ok(found.attrs.into_values().flatten().next())
    }

    /// Who holds which SPN now.
    pub async fn spns(&self) -> Result<SpnInventory> {
        self.spns_at(Role::Dc1).await
    }

    /// Moves an account below another container of the domain, as an administrator does.
    pub async fn move_account(&self, account: Account, container: &str) -> Result<()> {
        let rdn = account.dn.split(',').next().unwrap_or_default();
        let to = format!("{rdn},{container},{BASE_DN}");
        self.rename(account.dn, &to).await
    }

    /// Gives an account's object another name in its container; the account keeps its own.
    pub async fn rename_account(&self, account: Account, rdn: &str) -> Result<()> {
        let container = account.dn.split_once(',').map_or("", |(_, rest)| rest);
        self.rename(account.dn, &format!("{rdn},{container}")).await
    }

    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<()> {
        let ran = self.write(Role::Dc1, &["ldbrename", "-H", DATABASE, from, to], "").await?;
        ran.success(Role::Dc1, "ldbrename").map(drop)
    }

    /// Changes dc1's directory as LDIF says, behind the lab's back: no reset takes it back.
    pub async fn change_untold(&self, ldif: &str) -> Result<()> {
        self.ldbmodify(ldif).await
    }

    /// The same past Samba, which numbers and dates no such change.
    pub async fn change_past_samba(&self, ldif: &str) -> Result<()> {
        self.modify_unchecked(ldif).await
    }

    pub(crate) async fn ldbmodify(&self, ldif: &str) -> Result<()> {
        self.ldbmodify_at(Role::Dc1, ldif).await
    }

    /// Changes the live database of one of the domain controllers, past no check of Samba's.
    pub(crate) async fn ldbmodify_at(&self, dc: Role, ldif: &str) -> Result<()> {
        let ran = self.write(dc, &["ldbmodify", "-H", DATABASE], ldif).await?;
        ran.success(dc, "ldbmodify").map(drop)
    }

    async fn modify_unchecked(&self, ldif: &str) -> Result<()> {
        let command = ["ldbmodify", "-H", PARTITION];
        self.exec(Role::Dc1, None, &command, Some(ldif.as_bytes()))
            .await?
            .success(Role::Dc1, "ldbmodify")
            .map(drop)
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
