//! Seeds faults into the directory with the DC's own database tools.
//!
//! `ldbmodify` on the running DC's database passes through Samba's own checks, exactly as an
//! administrator's write does. It is another way than the fix library's LDAP. After two writes, a
//! resident process makes the same writes (`lab/images/dc1/database`).

use super::samba::{DATABASE, change};
use crate::engine::ExecOutput;
use crate::lab::Dc;
use crate::model::{Account, BASE_DN, Error, Result, accounts};

/// The domain partition of the DC's database, without any of Samba's checks.
const PARTITION: &str = "/var/lib/samba/private/sam.ldb.d/DC=CONTOSO,DC=COM.ldb";

/// Runs in dc1: makes a change while `dSHeuristics` says that neither UPNs nor SPNs need be unique,
/// then takes that value back. The 21st character says so (MS-ADTS 6.1.1.2.4.1.2). Characters 10
/// and 20 only count the tens.
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

/// The object that holds `dSHeuristics`.
const DIRECTORY_SERVICE: &str =
    "CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,DC=contoso,DC=com";

/// The script's exit status if it could not take `dSHeuristics` back.
const NOT_TAKEN_BACK: i64 = 99;

/// A condition of the directory that the lab can create.
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
    /// One SPN on two accounts, as a replication race leaves it behind. Samba refuses it as an
    /// ordinary write, so the judge writes into the domain partition itself.
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

    /// The accounts that must hold this SPN, sorted.
    fn holders(&self, spn: &str) -> Vec<String> {
        let on = self.registrations().into_iter().filter(|(_, wanted)| wanted == spn);
        let mut names: Vec<String> = on.map(|(on, _)| on.name.to_owned()).collect();
        names.sort();
        names
    }
}

impl Dc<'_> {
    /// Creates the fault, and proves by reading the directory that it is there.
    ///
    /// Values that are there already stay as they are.
    pub async fn seed(self, fault: &Fault) -> Result<()> {
        let before = self.spns().await?;
        let missing: Vec<_> = fault
            .registrations()
            .into_iter()
            // To Samba, another spelling is another value.
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

    /// Deletes a value from an account's SPNs in the DC's database. The judge does not check which
    /// spelling Samba deletes.
    pub async fn delete_value(self, spn: &str, from: Account) -> Result<()> {
        self.ldbmodify(&change(from.dn, "delete", &[spn])).await
    }

    /// Asks the DC's database to add an SPN to an account. LDB's control `relax` relaxes the
    /// database's rules, as far as they can be relaxed. Returns the tool's own answer.
    pub async fn register_relaxed(self, spn: &str, on: Account) -> Result<ExecOutput> {
        let command = ["ldbmodify", "--controls=relax:0", "-H", DATABASE];
        let ldif = change(on.dn, "add", &[spn]);
        self.lab.exec(self.role, None, &command, Some(ldif.as_bytes())).await
    }

    /// Asks the DC's database to add an SPN to an account while the forest's `dSHeuristics` says
    /// that SPNs need not be unique. Returns the tool's own answer.
    pub async fn register_unverified(self, spn: &str, on: Account) -> Result<ExecOutput> {
        let command = ["sh", "-c", UNVERIFIED, "unverified", DATABASE, DIRECTORY_SERVICE];
        let ldif = change(on.dn, "add", &[spn]);
        let ran = self.lab.exec(self.role, None, &command, Some(ldif.as_bytes())).await?;
        if ran.status == NOT_TAKEN_BACK {
            let detail = format!("dSHeuristics is still set: {}", ran.stderr.trim());
            return Err(Error::NotAtBaseline { detail });
        }
        Ok(ran)
    }

    /// The forest's `dSHeuristics`, as this domain controller has it. The image has none.
    pub(crate) async fn heuristics(self) -> Result<Option<String>> {
        let found = self.read(DIRECTORY_SERVICE, &["dSHeuristics"]).await?;
        // The search asks for this attribute alone.
        Ok(found.attrs.into_values().flatten().next())
    }

    /// Moves an account to another container of the domain, as an administrator does.
    pub async fn move_account(self, account: Account, container: &str) -> Result<()> {
        let rdn = account.dn.split(',').next().unwrap_or_default();
        let to = format!("{rdn},{container},{BASE_DN}");
        self.rename(account.dn, &to).await
    }

    /// Gives an account's object another RDN in its container. The account keeps its own name.
    pub async fn rename_account(self, account: Account, rdn: &str) -> Result<()> {
        let container = account.dn.split_once(',').map_or("", |(_, rest)| rest);
        self.rename(account.dn, &format!("{rdn},{container}")).await
    }

    async fn modify_unchecked(self, ldif: &str) -> Result<()> {
        let command = ["ldbmodify", "-H", PARTITION];
        let ran = self.lab.exec(self.role, None, &command, Some(ldif.as_bytes())).await?;
        ran.success(self.role, "ldbmodify").map(drop)
    }
}
