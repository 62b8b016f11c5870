//! Finding domain controllers.

use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{Resolver, TokioResolver};
use tokio::time::{Instant, timeout_at};

use super::access::LdapAccess;
use super::directory::LdapDirectory;
use super::env;
use super::failure::unexpected;
use super::krb5_conf::Krb5Conf;
use super::srv::{Srv, ordered};
use crate::directory::DirectoryError;
use crate::names::same;

/// How long one question to DNS may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most domain controllers that are tried, and the limit for all of them. DNS may name thousands.
const MOST_TRIED: usize = 16;
const LONGEST_TRY: Duration = Duration::from_secs(120);
/// Longest host name (RFC 1035 section 2.3.4), without its last dot.
const LONGEST_NAME: usize = 253;

/// Host names, and whether they come from DNS or from this machine's configuration.
struct Found {
    hosts: Vec<String>,
    by_dns: bool,
}

/// Finds the domain controllers of a domain by DNS (MS-ADTS 6.3.2 and 6.3.6): the SRV records
/// `_ldap._tcp.dc._msdcs.<domain>`, in the order of RFC 2782. If DNS knows none, it takes the hosts
/// that `krb5.conf` names as KDCs of the realm. In Active Directory every KDC is a domain
/// controller.
///
/// ```no_run
/// # #[cfg(feature = "kerberos")]
/// # async fn example() -> Result<(), spnfix::DirectoryError> {
/// use spnfix::{Discovery, LdapAccess};
///
/// let found = Discovery::of("contoso.com");
/// let dir = found.connect(|dc| LdapAccess::sealed(dc).with_global_catalog()).await?;
/// # Ok(())
/// # }
/// ```
///
/// It displays as the domain, with the source of its name if nobody gave it.
#[derive(Clone, Debug)]
pub struct Discovery {
    domain: String,
    /// Where the domain's name comes from, if nobody gave it.
    source: Option<&'static str>,
    name_server: Option<SocketAddr>,
}

impl fmt::Display for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            None => f.write_str(&self.domain),
            Some(source) => write!(f, "{} ({source})", self.domain),
        }
    }
}

impl Discovery {
    /// Finds those of this DNS domain.
    pub fn of(domain: &str) -> Self {
        let domain = domain.trim_end_matches('.').to_ascii_lowercase();
        Self { domain, source: None, name_server: None }
    }

    /// Finds those of the domain of Kerberos' default realm. It may be the realm of a sample file.
    pub fn of_default_realm() -> Result<Self, DirectoryError> {
        let conf = Krb5Conf::read(&env::krb5_conf());
        let realm = conf.default_realm().ok_or_else(|| DirectoryError::NotFound {
            domain: "the default realm".to_owned(),
            reason: format!("krb5.conf names no default_realm{}", passed_over(&conf)),
        })?;
        Ok(Self { source: Some("default_realm in krb5.conf"), ..Self::of(realm) })
    }

    /// Finds those of the domain of the user whose ticket is in the cache.
    #[cfg(feature = "kerberos")]
    pub async fn of_ticket() -> Result<Self, DirectoryError> {
        // A file may make the library wait, or crash.
        if let Some(why) = Krb5Conf::read(&env::krb5_conf()).trap {
            let domain = "the realm of your ticket".to_owned();
            let reason = format!("no Kerberos library can read the configuration: {why}");
            return Err(DirectoryError::NotFound { domain, reason });
        }
        let realm = super::kerberos::realm(PATIENCE).await?;
        Ok(Self { source: Some("the realm of your ticket"), ..Self::of(&realm) })
    }

    /// Asks this name server in place of the system's.
    #[must_use]
    pub fn asking(mut self, name_server: SocketAddr) -> Self {
        self.name_server = Some(name_server);
        self
    }

    /// Host names of domain controllers, the first to try in front.
    pub async fn domain_controllers(&self) -> Result<Vec<String>, DirectoryError> {
        Ok(self.found().await?.hosts)
    }

    async fn found(&self) -> Result<Found, DirectoryError> {
        self.hosts(&format!("_ldap._tcp.dc._msdcs.{}.", self.domain)).await
    }

    /// Host names of global catalogs. Here the domain is the forest's root domain.
    pub async fn global_catalogs(&self) -> Result<Vec<String>, DirectoryError> {
        Ok(self.hosts(&format!("_gc._tcp.{}.", self.domain)).await?.hosts)
    }

    /// Connects to the first usable domain controller; `access` makes the access from its name. If
    /// none is usable, the error names each one and its reason.
    ///
    /// It does not trust DNS: the server must serve the domain. A host outside of the domain gets
    /// no password if the access trusts every authority of the system.
    pub async fn connect(
        &self,
        access: impl Fn(&str) -> LdapAccess,
    ) -> Result<LdapDirectory, DirectoryError> {
        let (mut failures, deadline) = (Vec::new(), Instant::now() + LONGEST_TRY);
        let found = self.found().await?;
        for name in found.hosts.into_iter().take(MOST_TRIED) {
            let doing = format!("use {name}");
            let connect = self.connect_to(&name, access(&name), found.by_dns);
            let late = |_| DirectoryError::TimedOut { doing, after: LONGEST_TRY };
            match timeout_at(deadline, connect).await.map_err(late).flatten() {
                Ok(directory) => return Ok(directory),
                // The next one would refuse the password too, and count one more failed logon.
                Err(error) if error.ldap_code() == Some(crate::LdapCode::INVALID_CREDENTIALS) => {
                    return Err(error);
                }
                Err(error) => failures.push((name, error)),
            }
        }
        Err(DirectoryError::NoneUsable { domain: self.to_string(), failures })
    }

    async fn connect_to(
        &self,
        name: &str,
        access: LdapAccess,
        by_dns: bool,
    ) -> Result<LdapDirectory, DirectoryError> {
        let doing = format!("use {name}");
        if by_dns && access.trusts_any_authority() && !self.holds(name) {
            let reason = format!(
                "DNS names it, and it is outside of {}: if it is a domain controller, name it or \
                 its CA",
                self.domain
            );
            return Err(unexpected(&doing, reason));
        }
        let directory = LdapDirectory::connect(access).await?;
        let served = directory.served();
        let names = [Some(served.dns_name()), served.netbios.clone()];
        if names.iter().flatten().any(|name| same(name, &self.domain)) {
            return Ok(directory);
        }
        Err(unexpected(&doing, format!("it serves the domain {}", served.dns_name())))
    }

    /// Whether the host's name is below the domain's.
    fn holds(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        host.strip_suffix(&self.domain).is_some_and(|above| above.ends_with('.'))
    }

    async fn hosts(&self, question: &str) -> Result<Found, DirectoryError> {
        let reason = match self.ask(question).await {
            Ok(found) if !found.is_empty() => {
                return Ok(Found { hosts: ordered(found), by_dns: true });
            }
            Ok(_) => format!("DNS has no record {question}"),
            Err(reason) => reason,
        };
        let conf = Krb5Conf::read(&env::krb5_conf());
        let hosts: Vec<_> = conf.kdcs(&self.domain).into_iter().map(str::to_owned).collect();
        if hosts.is_empty() {
            let reason = reason + &passed_over(&conf);
            return Err(DirectoryError::NotFound { domain: self.to_string(), reason });
        }
        Ok(Found { hosts, by_dns: false })
    }

    async fn ask(&self, question: &str) -> Result<Vec<Srv>, String> {
        let resolver = self.resolver()?;
        let answer = tokio::time::timeout(PATIENCE, resolver.srv_lookup(question)).await;
        let answer = answer.map_err(|_| format!("DNS does not answer for {question}"))?;
        let answer = answer.map_err(|error| format!("{question}: {error}"))?;
        let mut hosts = HashSet::new();
        let records = answer.answers().iter().filter_map(|record| match &record.data {
            RData::SRV(srv) => Some(Srv {
                priority: srv.priority,
                weight: srv.weight,
                host: srv.target.to_utf8().trim_end_matches('.').to_owned(),
            }),
            _ => None,
        });
        // A target of "." says that there is no such service (RFC 2782).
        Ok(records.filter(|srv| is_host(&srv.host) && hosts.insert(srv.host.clone())).collect())
    }

    fn resolver(&self) -> Result<TokioResolver, String> {
        let builder = match self.name_server {
            None => Resolver::builder_tokio().map_err(|error| error.to_string())?,
            Some(server) => {
                let (mut udp, mut tcp) = (ConnectionConfig::udp(), ConnectionConfig::tcp());
                (udp.port, tcp.port) = (server.port(), server.port());
                let server = NameServerConfig::new(server.ip(), true, vec![udp, tcp]);
                let config = ResolverConfig::from_name_servers(vec![server]);
                Resolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        builder.build().map_err(|error| error.to_string())
    }
}

/// Whether this is a host name. A label may hold any bytes, and the name becomes part of an
/// address, of a principal and of messages.
fn is_host(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(plain)
}

/// The first part of the configuration that was skipped, for the error.
fn passed_over(conf: &Krb5Conf) -> String {
    conf.passed_over.as_ref().map_or_else(String::new, |why| format!(" (not read: {why})"))
}
