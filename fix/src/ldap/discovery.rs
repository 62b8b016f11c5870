//! Finding domain controllers.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{Resolver, TokioResolver};

use super::access::LdapAccess;
use super::directory::LdapDirectory;
use super::env;
use super::krb5_conf::Krb5Conf;
use super::srv::{Srv, ordered};
use crate::directory_error::DirectoryError;

/// How long DNS may take for one question.
const PATIENCE: Duration = Duration::from_secs(5);

/// Finds the domain controllers of a domain by DNS (MS-ADTS 6.3.2 and 6.3.6): the SRV records
/// `_ldap._tcp.dc._msdcs.<domain>`, in the order of RFC 2782. Where DNS knows none, the hosts that
/// `krb5.conf` names as KDCs of the realm stand in: in Active Directory every KDC is a domain
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
#[derive(Clone, Debug)]
pub struct Discovery {
    domain: String,
    name_server: Option<SocketAddr>,
}

impl Discovery {
    /// Of this DNS domain.
    pub fn of(domain: &str) -> Self {
        Self { domain: domain.trim_end_matches('.').to_ascii_lowercase(), name_server: None }
    }

    /// Of the domain of Kerberos' default realm.
    pub fn of_default_realm() -> Result<Self, DirectoryError> {
        let realm = krb5_confs().find_map(|conf| conf.default_realm);
        let realm = realm.ok_or_else(|| DirectoryError::NotFound {
            domain: "the default realm".to_owned(),
            reason: "krb5.conf names no default_realm".to_owned(),
        })?;
        Ok(Self::of(&realm))
    }

    /// Asks this name server, and not those of the system.
    #[must_use]
    pub fn asking(mut self, name_server: SocketAddr) -> Self {
        self.name_server = Some(name_server);
        self
    }

    /// Host names of domain controllers, the one to try first in front.
    pub async fn domain_controllers(&self) -> Result<Vec<String>, DirectoryError> {
        self.hosts(&format!("_ldap._tcp.dc._msdcs.{}.", self.domain)).await
    }

    /// Host names of global catalogs; the domain is that of the forest's root here.
    pub async fn global_catalogs(&self) -> Result<Vec<String>, DirectoryError> {
        self.hosts(&format!("_gc._tcp.{}.", self.domain)).await
    }

    /// Connects to the first domain controller that can be used, by the access that is made of its
    /// name. If none can, the error names each and its reason.
    pub async fn connect(
        &self,
        access: impl Fn(&str) -> LdapAccess,
    ) -> Result<LdapDirectory, DirectoryError> {
        let mut failures = Vec::new();
        for name in self.domain_controllers().await? {
            match LdapDirectory::connect(access(&name)).await {
                Ok(directory) => return Ok(directory),
                // The next one would say the same, and count it as one more wrong password.
                Err(error) if error.ldap_code() == Some(crate::LdapCode::INVALID_CREDENTIALS) => {
                    return Err(error);
                }
                Err(error) => failures.push((name, error)),
            }
        }
        Err(DirectoryError::NoneUsable { domain: self.domain.clone(), failures })
    }

    async fn hosts(&self, question: &str) -> Result<Vec<String>, DirectoryError> {
        let reason = match self.ask(question).await {
            Ok(found) if !found.is_empty() => return Ok(ordered(found)),
            Ok(_) => format!("DNS has no record {question}"),
            Err(reason) => reason,
        };
        let confs: Vec<_> = krb5_confs().collect();
        let hosts: Vec<_> =
            confs.iter().flat_map(|conf| conf.kdcs(&self.domain)).map(str::to_owned).collect();
        if hosts.is_empty() {
            return Err(DirectoryError::NotFound { domain: self.domain.clone(), reason });
        }
        Ok(hosts)
    }

    async fn ask(&self, question: &str) -> Result<Vec<Srv>, String> {
        let resolver = self.resolver()?;
        let answer = tokio::time::timeout(PATIENCE, resolver.srv_lookup(question)).await;
        let answer = answer.map_err(|_| format!("DNS does not answer for {question}"))?;
        let answer = answer.map_err(|error| format!("{question}: {error}"))?;
        let records = answer.answers().iter().filter_map(|record| match &record.data {
            RData::SRV(srv) => Some(Srv {
                priority: srv.priority,
                weight: srv.weight,
                host: srv.target.to_utf8().trim_end_matches('.').to_owned(),
            }),
            _ => None,
        });
        // A target of "." says that there is no such service (RFC 2782).
        Ok(records.filter(|srv| !srv.host.is_empty()).collect())
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

/// The configuration of Kerberos, as far as it can be read.
fn krb5_confs() -> impl Iterator<Item = Krb5Conf> {
    env::krb5_conf().into_iter().map(|path| Krb5Conf::read(&path))
}
