//! [`Directory`] over LDAP.

use std::fmt;

use super::access::LdapAccess;
use super::connection::{Base, Connection};
use super::entry::{ATTRIBUTES, MORE_ACCOUNT, MORE_DNS, SPNS, account, all, one};
use super::failure::{unexpected, within};
use super::filter::Filter;
use super::open::open;
use super::range::{all_values, values};
use super::wire::answer::Entry;
use super::wire::request::{Change, Depth};
use crate::directory::{
    Account, Answer, Directory, DirectoryError, Domain, Scope, Visit, account_names,
};
use crate::names::{AccountName, Spn, SpnMappings, SpnPattern, Target, is_domain, same, same_dn};

/// SPNs in one question. Each is an indexed equality test, so the server scans nothing.
const SPNS_AT_ONCE: usize = 100;
/// Most bytes of account names that a walk keeps to read their accounts afterwards: a hundred
/// thousand names.
const MOST_KEPT: usize = 16 << 20;
/// The name of a walk, for errors.
const LIST_ALL: &str = "list all SPNs";
const ROOT_DSE: &str = "read the root DSE";

/// A domain controller over LDAP. It reads and writes in its domain, and searches the forest in the
/// global catalog.
///
/// ```no_run
/// # async fn example(ca_pem: String, password: String) -> Result<(), spnfix::DirectoryError> {
/// use spnfix::{Bind, LdapAccess, LdapDirectory, Trust};
///
/// let bind = Bind::simple("admin@contoso.com", password);
/// let access = LdapAccess::ldaps("dc1.contoso.com", Trust::Ca(ca_pem), bind);
/// let mut dir = LdapDirectory::connect(access.with_global_catalog()).await?;
/// # Ok(())
/// # }
/// ```
pub struct LdapDirectory {
    pub(super) dc: Connection,
    gc: Option<Connection>,
    domain: Domain,
    configuration: String,
    address: String,
}

impl fmt::Debug for LdapDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LdapDirectory")
            .field("address", &self.address)
            .field("domain", &self.domain)
            .field("global_catalog", &self.gc.is_some())
            .finish_non_exhaustive()
    }
}

impl LdapDirectory {
    /// Connects, binds, and reads which domain the server serves.
    pub async fn connect(access: LdapAccess) -> Result<Self, DirectoryError> {
        let catalog = async {
            match access.catalog() {
                Some(catalog) => open(&catalog).await.map(Some),
                None => Ok(None),
            }
        };
        let (mut dc, gc) = tokio::try_join!(open(&access), catalog)?;
        let patience = access.timeouts.operation;
        let (domain, configuration) = within(patience, ROOT_DSE, learn(&mut dc)).await?;
        Ok(Self { dc, gc, domain, configuration, address: access.address().to_owned() })
    }

    /// Closes the connections.
    pub async fn close(self) {
        self.dc.close().await;
        if let Some(gc) = self.gc {
            gc.close().await;
        }
    }

    /// The domain that the server serves.
    pub(super) fn served(&self) -> &Domain {
        &self.domain
    }

    async fn find(
        &mut self,
        scope: Scope,
        filter: Filter,
        doing: &str,
    ) -> Result<Vec<Account>, DirectoryError> {
        let root = self.domain.root(scope).to_owned();
        let connection = self.connection(scope)?;
        // In a global catalog, the whole forest is below the empty name. A forest may have more
        // trees than that of its root domain.
        let dn = if scope == Scope::Forest { "" } else { root.as_str() };
        let base = Base { dn, depth: Depth::Subtree };
        within(connection.timeouts().operation, doing, async {
            let entries = connection.search(base, &filter, &ATTRIBUTES, doing).await?;
            let mut accounts = Vec::with_capacity(entries.len());
            for entry in entries {
                accounts.push(complete(connection, entry, doing).await?);
            }
            Ok(accounts)
        })
        .await
    }

    fn connection(&mut self, scope: Scope) -> Result<&mut Connection, DirectoryError> {
        match scope {
            Scope::Domain => Ok(&mut self.dc),
            Scope::Forest => self.gc.as_mut().ok_or(DirectoryError::NoGlobalCatalog),
        }
    }

    /// Visits all holders. If an account's values come in parts, it keeps the name and reads the
    /// account afterwards.
    async fn visit(&mut self, scope: Scope, visit: &mut Visit<'_>) -> Result<u64, DirectoryError> {
        let doing = LIST_ALL;
        let root = self.domain.root(scope).to_owned();
        let connection = self.connection(scope)?;
        let dn = if scope == Scope::Forest { "" } else { root.as_str() };
        let base = Base { dn, depth: Depth::Subtree };
        let (mut count, mut long, mut kept) = (0, Vec::new(), 0);
        let take = |mut entry: Entry| {
            count += 1;
            if entry.attributes.iter().any(|(name, _)| name.contains(';')) {
                kept += entry.dn.len();
                if kept > MOST_KEPT {
                    return Err(unexpected(doing, "too many accounts have their SPNs in parts"));
                }
                long.push(entry.dn);
                return Ok(());
            }
            let (spns, _) = values(&mut entry, SPNS, 0).map_err(|why| unexpected(doing, why))?;
            visit(&entry.dn, &spns);
            Ok(())
        };
        connection.each(base, &Filter::Has(SPNS), &[SPNS], doing, take).await?;
        for dn in long {
            // An account that was deleted during the walk holds nothing.
            let Some(mut entry) = connection.read(&dn, &[SPNS], doing).await? else { continue };
            let spns = all_values(connection, &mut entry, SPNS, doing).await?;
            visit(&entry.dn, &spns);
        }
        Ok(count)
    }

    async fn named(&mut self, name: &AccountName) -> Result<Option<Account>, DirectoryError> {
        // An explicit UPN comes first, and its suffix need not be a domain (MS-ADTS 5.1.1.1.1).
        let unique = name.dn().map(|dn| ("distinguishedName", dn.to_owned()));
        if let Some((attribute, value)) =
            unique.or(name.upn().map(|upn| ("userPrincipalName", upn)))
        {
            let filter = Filter::And(vec![
                Filter::Is("objectClass", "user".to_owned()),
                Filter::Is(attribute, value),
            ]);
            let doing = format!("look for the account {name}");
            let mut found = self.find(Scope::Domain, filter, &doing).await?;
            found.retain(|account| name.is_sort_of(&account.name));
            if let ([_], _) | ([], Some(_)) = (found.as_slice(), name.dn()) {
                return Ok(found.pop());
            }
        }
        self.domain.check(name)?;
        let candidates = name.candidates();
        let names = candidates.iter().map(|name| Filter::Is("sAMAccountName", name.clone()));
        let filter = Filter::And(vec![
            Filter::Is("objectClass", "user".to_owned()),
            Filter::Or(names.collect()),
        ]);
        let found =
            self.find(Scope::Domain, filter, &format!("look for the account {name}")).await?;
        let best = |wanted: &String| found.iter().find(|account| same(&account.name, wanted));
        Ok(candidates.iter().find_map(best).cloned())
    }
}

/// Reads the domain and the configuration naming context from the root DSE (RFC 4512 section 5.1).
/// All later searches are below these names. So they must be names that a domain controller has.
async fn learn(dc: &mut Connection) -> Result<(Domain, String), DirectoryError> {
    const NAMES: [&str; 3] =
        ["defaultNamingContext", "rootDomainNamingContext", "configurationNamingContext"];
    let odd = |reason: String| unexpected(ROOT_DSE, reason);
    let entry = dc.read("", &NAMES, ROOT_DSE).await?.unwrap_or_default();
    let text = |name: &str| one(&entry, name)?.ok_or_else(|| odd(format!("it names no {name}")));
    let (dn, forest_dn, configuration) = (text(NAMES[0])?, text(NAMES[1])?, text(NAMES[2])?);
    if let Some(other) = [&dn, &forest_dn].into_iter().find(|dn| !is_domain(dn)) {
        return Err(odd(format!("{other} is no name of a domain")));
    }
    if !same_dn(&configuration, &format!("CN=Configuration,{forest_dn}")) {
        return Err(odd(format!("{configuration} is not the configuration of {forest_dn}")));
    }
    let partitions = format!("CN=Partitions,{configuration}");
    let filter = Filter::And(vec![
        Filter::Is("objectClass", "crossRef".to_owned()),
        Filter::Is("nCName", dn.clone()),
    ]);
    let base = Base { dn: &partitions, depth: Depth::OneLevel };
    let doing = "read the domain's NetBIOS name";
    let netbios = match dc.search(base, &filter, &["nETBIOSName"], doing).await?.as_slice() {
        [] => None,
        [cross_ref] => one(cross_ref, "nETBIOSName")?,
        _ => return Err(unexpected(doing, "it has several")),
    };
    Ok((Domain { dn, forest_dn, netbios }, configuration))
}

/// Computers that may have this name, see [`Account::is_computer_called`].
fn called(host: &Target) -> Filter {
    let label = host.first_label();
    let mut names =
        vec![Filter::Is("dNSHostName", host.to_string()), Filter::Is(MORE_DNS, host.to_string())];
    for name in account_names(label) {
        names.push(Filter::Is("sAMAccountName", name.clone()));
        names.push(Filter::Is(MORE_ACCOUNT, name));
    }
    if host.is_short() {
        let begins = || vec![format!("{label}."), String::new()];
        names.extend([Filter::Like("dNSHostName", begins()), Filter::Like(MORE_DNS, begins())]);
    }
    let computer = Filter::Is("objectClass", "computer".to_owned());
    Filter::And(vec![computer, Filter::Or(names)])
}

/// An account with all its SPNs.
async fn complete(
    connection: &mut Connection,
    mut entry: Entry,
    doing: &str,
) -> Result<Account, DirectoryError> {
    let spns = all_values(connection, &mut entry, SPNS, doing).await?;
    account(&entry, spns)
}

impl Directory for LdapDirectory {
    fn domain(&mut self) -> Answer<'_, Domain> {
        Box::pin(async { Ok(self.domain.clone()) })
    }

    fn reach(&self) -> Scope {
        if self.gc.is_some() { Scope::Forest } else { Scope::Domain }
    }

    fn holders<'a>(&'a mut self, spns: &'a [Spn], scope: Scope) -> Answer<'a, Vec<Account>> {
        Box::pin(async move {
            let mut holders: Vec<Account> = Vec::new();
            for some in spns.chunks(SPNS_AT_ONCE) {
                let values = some.iter().map(|spn| Filter::Is(SPNS, spn.to_string())).collect();
                let found =
                    self.find(scope, Filter::Or(values), "look for holders of SPNs").await?;
                for account in found {
                    if !holders.iter().any(|known| known.is(&account.dn)) {
                        holders.push(account);
                    }
                }
            }
            Ok(holders)
        })
    }

    fn search<'a>(&'a mut self, pattern: &'a SpnPattern, scope: Scope) -> Answer<'a, Vec<Account>> {
        Box::pin(async move {
            let pieces: Vec<String> = pattern.pieces().into_iter().map(str::to_owned).collect();
            let filter = match pieces.as_slice() {
                [whole] => Filter::Is(SPNS, whole.clone()),
                _ => Filter::Like(SPNS, pieces),
            };
            self.find(scope, filter, &format!("look for holders of {pattern}")).await
        })
    }

    fn every_holder<'a>(&'a mut self, scope: Scope, visit: &'a mut Visit<'_>) -> Answer<'a, u64> {
        let patience = self.dc.timeouts().walk;
        Box::pin(within(patience, LIST_ALL, self.visit(scope, visit)))
    }

    fn computers<'a>(&'a mut self, host: &'a Target, scope: Scope) -> Answer<'a, Vec<Account>> {
        Box::pin(async move {
            self.find(scope, called(host), &format!("look for the computer {host}")).await
        })
    }

    fn account<'a>(&'a mut self, name: &'a AccountName) -> Answer<'a, Option<Account>> {
        Box::pin(self.named(name))
    }

    fn account_at<'a>(&'a mut self, dn: &'a str) -> Answer<'a, Option<Account>> {
        Box::pin(async move {
            let doing = format!("read {dn}");
            within(self.dc.timeouts().operation, &doing, async {
                match self.dc.read(dn, &ATTRIBUTES, &doing).await? {
                    Some(entry) => complete(&mut self.dc, entry, &doing).await.map(Some),
                    None => Ok(None),
                }
            })
            .await
        })
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        Box::pin(async {
            let dn =
                format!("CN=Directory Service,CN=Windows NT,CN=Services,{}", self.configuration);
            let entry = self.dc.read(&dn, &["sPNMappings"], "read sPNMappings").await?;
            let values = entry.as_ref().map_or(&[][..], |entry| all(entry, "sPNMappings"));
            Ok(SpnMappings::parse(values.iter().map(String::as_str)))
        })
    }

    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(self.dc.change(dn, Change::Add, SPNS, value))
    }

    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(self.delete_value(dn, value))
    }
}
