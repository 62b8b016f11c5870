//! The judge's own look into the directory: who holds which SPN. Read-only.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpStream as StdTcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, StdStream};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::lab::Lab;
use crate::labels::Role;
use crate::topology::{BASE_DN, Host, accounts, hosts};

/// How long the connection and each request may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The SPNs of every account of the lab, sorted; accounts without SPNs are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct SpnInventory(pub BTreeMap<String, Vec<String>>);

impl SpnInventory {
    /// The accounts that hold exactly this SPN, compared as AD does.
    pub fn holders(&self, spn: &str) -> Vec<String> {
        let holds = |spns: &&Vec<String>| spns.iter().any(|s| s.eq_ignore_ascii_case(spn));
        self.0.iter().filter(|(_, spns)| holds(spns)).map(|(name, _)| name.clone()).collect()
    }

    /// What differs from `other`, one line a value, compared as AD does.
    pub fn difference(&self, other: &Self) -> Vec<String> {
        let values = |inventory: &Self| -> std::collections::BTreeSet<String> {
            let of = |(name, spns): (&String, &Vec<String>)| {
                let name = name.clone();
                spns.iter()
                    .map(move |s| format!("{name} {}", s.to_ascii_lowercase()))
                    .collect::<Vec<_>>()
            };
            inventory.0.iter().flat_map(of).collect()
        };
        let (mine, theirs) = (values(self), values(other));
        let plus = mine.difference(&theirs).map(|v| format!("+ {v}"));
        let minus = theirs.difference(&mine).map(|v| format!("- {v}"));
        plus.chain(minus).collect()
    }
}

fn failed(action: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |detail| Error::Directory { action, detail: detail.to_string() }
}

/// Opens an LDAPS connection to a DC's published port and binds as the administrator.
async fn bind(dc: &Host, port: u16, ca_pem: &str) -> Result<Ldap> {
    let fail = failed("accept a bind over LDAPS");
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        let certificate = certificate.map_err(|e| fail(&e))?;
        roots.add(certificate).map_err(|e| fail(&e))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| fail(&e))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.map_err(|e| fail(&e))?;
    let tcp: StdTcpStream = tcp.into_std().map_err(|e| fail(&e))?;
    let settings = LdapConnSettings::new()
        .set_conn_timeout(TIMEOUT)
        .set_std_stream(StdStream::Tcp(tcp))
        .set_config(Arc::new(config));
    let url = format!("ldaps://{}:636", dc.fqdn);
    let (connection, mut ldap) =
        LdapConnAsync::with_settings(settings, &url).await.map_err(|e| fail(&e))?;
    tokio::spawn(async move {
        let _ = connection.drive().await;
    });
    let admin = accounts::ADMINISTRATOR;
    ldap.with_timeout(TIMEOUT)
        .simple_bind(&admin.principal(), admin.password)
        .await
        .and_then(ldap3::LdapResult::success)
        .map_err(|e| fail(&e))?;
    Ok(ldap)
}

/// Whether the DC accepts a simple bind over LDAPS; the error tells why not.
pub(crate) async fn answers(dc: &Host, port: u16, ca_pem: &str) -> Result<()> {
    let mut ldap = bind(dc, port, ca_pem).await?;
    let _ = ldap.unbind().await;
    Ok(())
}

/// An account that holds SPNs.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) dn: String,
    /// As they are spelled, in the directory's own order.
    pub(crate) spns: Vec<String>,
}

impl FromIterator<Holder> for SpnInventory {
    fn from_iter<I: IntoIterator<Item = Holder>>(holders: I) -> Self {
        let sorted = |mut holder: Holder| {
            holder.spns.sort_by_key(|spn| spn.to_ascii_lowercase());
            (holder.name, holder.spns)
        };
        Self(holders.into_iter().map(sorted).collect())
    }
}

/// Finds whoever holds SPNs. The schema gives servicePrincipalName to the class user alone, of which a
/// computer is one too; the class is indexed, and whether an attribute is there is not.
const WITH_SPNS: &str = "(&(objectClass=user)(servicePrincipalName=*))";
/// What [`holders`] needs to know of each.
pub(crate) const HOLDER: [&str; 2] = ["sAMAccountName", "servicePrincipalName"];

/// Those of them that hold SPNs, except for the DCs' own accounts.
pub(crate) fn holders(entries: Vec<SearchEntry>) -> Vec<Holder> {
    let all = entries.into_iter().filter_map(|entry| of_the_lab(entry.dn, entry.attrs));
    all.filter(|holder| !holder.spns.is_empty()).collect()
}

fn unanswered(error: &LdapError) -> Error {
    failed("answer a search")(error)
}

/// What is asked of a DC.
#[derive(Debug, Clone, Copy)]
struct Search<'a> {
    base: &'a str,
    scope: Scope,
    filter: &'a str,
    attributes: &'a [&'a str],
}

async fn ask(
    ldap: &mut Ldap,
    Search { base, scope, filter, attributes }: Search<'_>,
) -> std::result::Result<Vec<SearchEntry>, LdapError> {
    let asked = ldap.with_timeout(TIMEOUT).search(base, scope, filter, attributes);
    let (entries, _) = asked.await?.success()?;
    // Samba appends search references to other partitions; they are of no interest here.
    Ok(entries.into_iter().filter(|e| !e.is_ref()).map(SearchEntry::construct).collect())
}

/// The judge's connection to a DC, kept between questions: a new one costs more than most questions.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<Box<(u16, Ldap)>>>);

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

impl Kept {
    async fn search(
        &self,
        (dc, port, ca_pem): (&Host, u16, &str),
        search: Search<'_>,
    ) -> Result<Vec<SearchEntry>> {
        // Whoever asks at the same time gets a connection of its own. A DC that was started again has
        // another port.
        let kept = self.lock().take().filter(|kept| kept.0 == port);
        if let Some((_, mut ldap)) = kept.map(|kept| *kept) {
            match ask(&mut ldap, search).await {
                Ok(found) => {
                    *self.lock() = Some(Box::new((port, ldap)));
                    return Ok(found);
                }
                // These are the DC's own answer, or its silence.
                Err(error @ (LdapError::LdapResult { .. } | LdapError::Timeout { .. })) => {
                    return Err(unanswered(&error));
                }
                // The connection has ended since: whether the DC is there, a new one tells.
                Err(_) => {}
            }
        }
        let mut ldap = bind(dc, port, ca_pem).await?;
        let found = ask(&mut ldap, search).await.map_err(|e| unanswered(&e))?;
        *self.lock() = Some(Box::new((port, ldap)));
        Ok(found)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<(u16, Ldap)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lab {
    /// Reads attributes of every object that the filter finds in the domain, as this DC has it.
    pub(crate) async fn search_at(
        &self,
        dc: Role,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<SearchEntry>> {
        let search = Search { base: BASE_DN, scope: Scope::Subtree, filter, attributes };
        self.ask_dc(dc, search).await
    }

    /// Reads attributes of one object, which must be there.
    pub(crate) async fn read_at(
        &self,
        dc: Role,
        dn: &str,
        attributes: &[&str],
    ) -> Result<SearchEntry> {
        let filter = "(objectClass=*)";
        let found =
            self.ask_dc(dc, Search { base: dn, scope: Scope::Base, filter, attributes }).await?;
        found.into_iter().next().ok_or_else(|| failed("show an object")(&dn))
    }

    async fn ask_dc(&self, dc: Role, search: Search<'_>) -> Result<Vec<SearchEntry>> {
        let kept = &self.kept()[usize::from(dc == Role::Dc2)];
        kept.search((hosts::of_dc(dc), self.ldaps_port_of(dc), self.ca_pem()), search).await
    }

    /// Who holds which SPN at this DC, except for the DCs' own accounts.
    pub(crate) async fn holders_at(&self, dc: Role) -> Result<Vec<Holder>> {
        Ok(holders(self.search_at(dc, WITH_SPNS, &HOLDER).await?))
    }
}

fn of_the_lab(dn: String, mut attributes: HashMap<String, Vec<String>>) -> Option<Holder> {
    let name = attributes.remove("sAMAccountName")?.into_iter().next()?;
    if ["DC1$", "DC2$", "krbtgt"].contains(&name.as_str()) {
        return None;
    }
    let spns = attributes.remove("servicePrincipalName").unwrap_or_default();
    Some(Holder { name, dn, spns })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(entries: &[(&str, &[&str])]) -> SpnInventory {
        let list = |spns: &&[&str]| spns.iter().map(|&s| s.to_owned()).collect();
        SpnInventory(entries.iter().map(|(n, spns)| ((*n).to_owned(), list(spns))).collect())
    }

    #[test]
    fn holders_are_found_in_any_letter_case() {
        let seen = inventory(&[("svc_web", &["http/MEM1.contoso.com"]), ("MEM1$", &["HOST/MEM1"])]);
        assert_eq!(seen.holders("HTTP/mem1.contoso.com"), ["svc_web"]);
        assert!(seen.holders("HTTP/mem1").is_empty());
    }

    #[test]
    fn letter_case_is_no_difference_and_a_value_is() {
        let a = inventory(&[("MEM1$", &["HOST/MEM1"])]);
        assert!(a.difference(&inventory(&[("MEM1$", &["host/mem1"])])).is_empty());
        let b = inventory(&[("MEM1$", &["HOST/MEM1"]), ("svc_web", &["HTTP/mem1"])]);
        assert_eq!(a.difference(&b), ["- svc_web http/mem1"]);
        assert_eq!(b.difference(&a), ["+ svc_web http/mem1"]);
    }
}
