//! How to reach a directory.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

/// How to reach a domain controller, and as whom.
///
/// The usual cases are one line each:
///
/// ```no_run
/// use spnfix::{Bind, LdapAccess, Trust};
///
/// // LDAPS (636), a given certificate authority, name and password.
/// # let (ca_pem, password) = (String::new(), String::new());
/// let bind = Bind::simple("admin@contoso.com", password);
/// let access = LdapAccess::ldaps("dc1.contoso.com", Trust::Ca(ca_pem), bind);
///
/// // As Windows' own tools do it: port 389, sealed by Kerberos, with the ticket at hand.
/// # #[cfg(feature = "kerberos")]
/// let access = LdapAccess::sealed("dc1.contoso.com").with_global_catalog();
///
/// // The port is forwarded: TCP goes elsewhere, the name stays the server's.
/// # #[cfg(feature = "kerberos")]
/// let access = LdapAccess::sealed("dc1.contoso.com").at("127.0.0.1:32768");
/// ```
#[derive(Clone, Debug)]
pub struct LdapAccess {
    pub(super) server_name: String,
    pub(super) address: String,
    pub(super) gc: Option<String>,
    pub(super) protection: Protection,
    pub(super) bind: Bind,
    pub(super) timeouts: Timeouts,
}

impl LdapAccess {
    /// LDAPS: TLS from the first byte, on port 636.
    pub fn ldaps(server_name: &str, trust: Trust, bind: Bind) -> Self {
        Self::new(server_name, Protection::Ldaps(trust), bind)
    }

    /// StartTLS: TLS on port 389, before anything else (RFC 4511 section 4.14).
    pub fn start_tls(server_name: &str, trust: Trust, bind: Bind) -> Self {
        Self::new(server_name, Protection::StartTls(trust), bind)
    }

    /// Port 389, bound and sealed by Kerberos (RFC 4752). It needs a ticket (`kinit`), but neither
    /// a certificate nor a password.
    #[cfg(feature = "kerberos")]
    pub fn sealed(server_name: &str) -> Self {
        Self::new(server_name, Protection::Sealed, Bind::Kerberos)
    }

    /// Any combination. Connecting refuses a simple bind without TLS.
    pub fn new(server_name: &str, protection: Protection, bind: Bind) -> Self {
        let server_name = server_name.trim_end_matches('.').to_owned();
        let address = with_port(&server_name, protection.port());
        Self { server_name, address, gc: None, protection, bind, timeouts: Timeouts::default() }
    }

    /// Connects to this `host:port`, or to the usual port of this host, in place of the server's
    /// name.
    #[must_use]
    pub fn at(mut self, address: &str) -> Self {
        self.address = with_port(address, self.protection.port());
        self
    }

    /// Uses the same server's global catalog for the forest: port 3269, or 3268 if the connection
    /// starts without TLS.
    #[must_use]
    pub fn with_global_catalog(mut self) -> Self {
        self.gc = Some(with_port(&self.server_name, self.protection.gc_port()));
        self
    }

    /// As [`Self::with_global_catalog`], at this `host:port` or host. A host name means another
    /// server, which must prove that name. An IP address or `localhost` is a forwarded port of the
    /// same server.
    #[must_use]
    pub fn with_global_catalog_at(mut self, address: &str) -> Self {
        self.gc = Some(with_port(address, self.protection.gc_port()));
        self
    }

    /// The access to the global catalog, if one is set.
    pub(super) fn catalog(&self) -> Option<Self> {
        let address = self.gc.clone()?;
        let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
        let forwarded =
            host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok();
        let server_name = if forwarded { self.server_name.clone() } else { host.to_owned() };
        Some(Self { server_name, address, gc: None, ..self.clone() })
    }

    /// Whether any authority that the system trusts can vouch for a server that gets a password.
    /// Public authorities issue a certificate to every owner of a name.
    pub(super) fn trusts_any_authority(&self) -> bool {
        matches!(self.bind, Bind::Simple { .. })
            && matches!(
                self.protection,
                Protection::Ldaps(Trust::System) | Protection::StartTls(Trust::System)
            )
    }

    /// Sets other time limits.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The name that the certificate must carry and that the ticket is for (`ldap/<name>`).
    pub fn server_name(&self) -> &str {
        &self.server_name
    }

    /// Where the TCP connection goes.
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address. Adds the port if there is none.
fn with_port(address: &str, port: u16) -> String {
    if let Ok(ip) = address.parse::<std::net::Ipv6Addr>() {
        return format!("[{ip}]:{port}");
    }
    let after_brackets = address.rsplit(']').next().unwrap_or(address);
    if after_brackets.contains(':') { address.to_owned() } else { format!("{address}:{port}") }
}

/// What protects the connection from reading and changing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Protection {
    /// TLS from the first byte.
    Ldaps(Trust),
    /// TLS after the StartTLS operation.
    StartTls(Trust),
    /// Kerberos with confidentiality.
    #[cfg(feature = "kerberos")]
    Sealed,
}

impl Protection {
    pub(super) fn port(&self) -> u16 {
        if matches!(self, Self::Ldaps(_)) { 636 } else { 389 }
    }

    fn gc_port(&self) -> u16 {
        if matches!(self, Self::Ldaps(_)) { 3269 } else { 3268 }
    }
}

/// Whose certificates are valid.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Trust {
    /// Those of these certificate authorities, in PEM, and of no others.
    Ca(String),
    /// Those of the authorities that the system trusts.
    System,
}

/// How to authenticate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Bind {
    /// Name and password (RFC 4513 section 5.1.3), inside TLS only.
    Simple {
        /// `name@domain`, `DOMAIN\name` or a DN.
        user: String,
        /// The password.
        password: Password,
    },
    /// The ticket in the default credential cache (`KRB5CCNAME`), by SASL GSSAPI (RFC 4752). Inside
    /// TLS, the bind carries the server's certificate as channel binding (RFC 5929 section 4).
    #[cfg(feature = "kerberos")]
    Kerberos,
}

impl Bind {
    /// Name and password.
    pub fn simple(user: &str, password: impl Into<Password>) -> Self {
        Self::Simple { user: user.to_owned(), password: password.into() }
    }
}

/// A password. It is never printed, and wiped from memory when dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Time limits.
///
/// ```
/// use std::time::Duration;
/// let mut timeouts = spnfix::Timeouts::default();
/// timeouts.operation = Duration::from_secs(60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For each of the TCP connection, TLS and the bind.
    pub connect: Duration,
    /// For each question or write, with all its pages and parts.
    pub operation: Duration,
    /// For each page of a walk over all holders.
    pub page: Duration,
    /// For a walk over all holders.
    pub walk: Duration,
}

/// The time limit of a walk, in pages that each take their whole limit.
const PAGES_OF_A_WALK: u32 = 120;

impl Timeouts {
    /// One limit for each step of connecting, each question and each page. A walk gets 120 times
    /// that.
    pub fn each(limit: Duration) -> Self {
        let walk = limit.saturating_mul(PAGES_OF_A_WALK);
        Self { connect: limit, operation: limit, page: limit, walk }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), ..Self::each(Duration::from_secs(30)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_output_holds_the_password() {
        let bind = Bind::simple("trainer@contoso.com", "geheim");
        let access = LdapAccess::ldaps("dc1.contoso.com", Trust::System, bind);
        let text = format!("{access:?} {access:#?}");
        assert!(!text.contains("geheim"), "{text}");
        assert!(text.contains("trainer@contoso.com"));
    }

    #[test]
    fn addresses_get_the_usual_port() {
        let table = [
            ("dc1.contoso.com", "dc1.contoso.com:636"),
            ("dc1:1636", "dc1:1636"),
            ("10.0.0.1", "10.0.0.1:636"),
            ("fd00::1", "[fd00::1]:636"),
            ("[fd00::1]", "[fd00::1]:636"),
            ("[fd00::1]:1636", "[fd00::1]:1636"),
        ];
        for (given, expected) in table {
            let bind = Bind::simple("x", "y");
            let access = LdapAccess::ldaps("dc1", Trust::System, bind).at(given);
            assert_eq!(access.address(), expected);
        }
        let access = LdapAccess::start_tls("dc1.", Trust::System, Bind::simple("x", "y"));
        let access = access.with_global_catalog();
        assert_eq!((access.address(), access.gc.as_deref()), ("dc1:389", Some("dc1:3268")));
    }

    #[test]
    fn a_global_catalog_elsewhere_proves_itself_under_its_own_name() {
        let table = [
            ("dc2.contoso.com", "dc2.contoso.com", "dc2.contoso.com:3269"),
            ("dc2.contoso.com.:4000", "dc2.contoso.com", "dc2.contoso.com.:4000"),
            ("127.0.0.1:32768", "dc1", "127.0.0.1:32768"),
            ("localhost:1", "dc1", "localhost:1"),
            ("[::1]:1", "dc1", "[::1]:1"),
            ("fd00::1", "dc1", "[fd00::1]:3269"),
        ];
        for (given, name, address) in table {
            let bind = Bind::simple("x", "y");
            let access = LdapAccess::ldaps("dc1", Trust::System, bind);
            let catalog = access.with_global_catalog_at(given).catalog().unwrap();
            assert_eq!((catalog.server_name(), catalog.address()), (name, address), "{given}");
        }
        let access = LdapAccess::ldaps("dc1", Trust::System, Bind::simple("x", "y"));
        assert!(access.catalog().is_none());
    }
}
