//! Why the directory failed.

use std::error::Error as StdError;
use std::time::Duration;

use super::ldap_code::LdapCode;

/// What is wrong with a TLS connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsProblem {
    /// An authority that the client does not trust issued the certificate.
    UnknownIssuer,
    /// The certificate is for other names.
    WrongName,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is invalid for another reason.
    BadCertificate,
    /// The server speaks no TLS, or none that the client accepts.
    Protocol,
}

/// What is wrong with Kerberos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KerberosProblem {
    /// There is no credential cache, or no ticket in it.
    NoTicket,
    /// The ticket has expired.
    TicketExpired,
    /// KRB_AP_ERR_SKEW (37): the clocks differ by more than five minutes.
    ClockSkew,
    /// KDC_ERR_S_PRINCIPAL_UNKNOWN (7): no account holds `ldap/<server name>`.
    UnknownServer,
    /// No KDC of the realm is known, or none answers.
    KdcUnreachable,
    /// Something else, in the words of the Kerberos library.
    Other,
}

/// Why a question or a write failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// No connection.
    #[error("cannot connect to the directory at {address}")]
    Unreachable {
        /// Where.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// Connected, but TLS failed.
    #[error("no trusted TLS connection to {server_name} at {address}")]
    Tls {
        /// The name that the certificate must carry.
        server_name: String,
        /// Where.
        address: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
        /// What is wrong.
        problem: TlsProblem,
    },
    /// The given certificate authority is unusable.
    #[error("the given CA certificate cannot be used: {reason}")]
    CertificateAuthority {
        /// Why.
        reason: String,
    },
    /// The server refused.
    #[error("the directory refused to {doing}: {code}: {text}")]
    Refused {
        /// What spnfix wanted.
        doing: String,
        /// Its result code.
        code: LdapCode,
        /// Its own words.
        text: String,
    },
    /// Samba deletes no value that several accounts hold.
    #[error("the directory refused to delete {value} from {dn}: {other} holds it as well")]
    Duplicate {
        /// The account.
        dn: String,
        /// The value to delete.
        value: String,
        /// `sAMAccountName` of another holder.
        other: String,
    },
    /// No answer in time.
    #[error("no answer within {} s when trying to {doing}", after.as_secs_f32())]
    TimedOut {
        /// What spnfix wanted.
        doing: String,
        /// The limit.
        after: Duration,
    },
    /// The connection broke.
    #[error("the connection broke when trying to {doing}")]
    Lost {
        /// What spnfix wanted.
        doing: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The answer makes no sense.
    #[error("cannot {doing}: {reason}")]
    Unexpected {
        /// What spnfix wanted.
        doing: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A question about the forest, without a global catalog.
    #[error("no global catalog is given, so the forest cannot be searched")]
    NoGlobalCatalog,
    /// An account of another domain.
    #[error("the account {account} is not in the domain {served} that this server holds")]
    OtherDomain {
        /// As typed.
        account: String,
        /// The domain of the server.
        served: String,
    },
    /// Kerberos failed before it reached the server.
    #[error("no Kerberos bind to {principal}: {text}")]
    Kerberos {
        /// The server's principal, `ldap/dc1.contoso.com`.
        principal: String,
        /// What is wrong.
        problem: KerberosProblem,
        /// The words of the Kerberos library.
        text: String,
    },
    /// A password would cross the network in the clear.
    #[error("the password of {user} would not be protected by TLS")]
    Unprotected {
        /// The user.
        user: String,
    },
    /// No domain controller was found.
    #[error("no domain controller of {domain} is found: {reason}")]
    NotFound {
        /// The DNS domain.
        domain: String,
        /// Why.
        reason: String,
    },
    /// None of the domain controllers that were found is usable.
    #[error("no domain controller of {domain} can be used: {}", joined(failures))]
    NoneUsable {
        /// The DNS domain.
        domain: String,
        /// Each domain controller that was tried, and why it failed.
        failures: Vec<(String, DirectoryError)>,
    },
    /// A simple bind without a password would be anonymous (RFC 4513 section 5.1.2).
    #[error("the password of {user} is empty")]
    NoPassword {
        /// The user.
        user: String,
    },
}

impl DirectoryError {
    /// Stable code; for a refusal it carries LDAP's number: `SPNFIX-LDAP-50`.
    pub fn code(&self) -> String {
        match self {
            Self::Unreachable { .. } => "SPNFIX-UNREACHABLE".to_owned(),
            Self::Tls { .. } => "SPNFIX-TLS".to_owned(),
            Self::CertificateAuthority { .. } => "SPNFIX-CA".to_owned(),
            Self::Refused { code, .. } => format!("SPNFIX-LDAP-{}", code.0),
            Self::TimedOut { .. } => "SPNFIX-TIMEOUT".to_owned(),
            Self::Lost { .. } => "SPNFIX-CONNECTION-LOST".to_owned(),
            Self::Unexpected { .. } => "SPNFIX-UNEXPECTED-ANSWER".to_owned(),
            Self::NoGlobalCatalog => "SPNFIX-NO-GLOBAL-CATALOG".to_owned(),
            Self::OtherDomain { .. } => "SPNFIX-OTHER-DOMAIN".to_owned(),
            Self::NoPassword { .. } => "SPNFIX-NO-PASSWORD".to_owned(),
            Self::Kerberos { .. } => "SPNFIX-KERBEROS".to_owned(),
            Self::Unprotected { .. } => "SPNFIX-UNPROTECTED".to_owned(),
            Self::NotFound { .. } => "SPNFIX-NO-DC".to_owned(),
            Self::NoneUsable { .. } => "SPNFIX-NO-USABLE-DC".to_owned(),
            Self::Duplicate { .. } => "SPNFIX-DUPLICATE".to_owned(),
        }
    }

    /// LDAP's result code, if the directory answered.
    pub fn ldap_code(&self) -> Option<LdapCode> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "check that the domain controller runs and that the port is open: LDAPS 636, else \
                 389; global catalog 3269, else 3268 (if this server is none, name one with --gc)"
            }
            Self::Tls { problem, .. } => problem.hint(),
            Self::Kerberos { problem, .. } => problem.hint(),
            Self::Unprotected { .. } => "use LDAPS or StartTLS, or bind with Kerberos",
            Self::NotFound { .. } => {
                "check the domain's name and that this machine asks the domain's DNS, or name a \
                 domain controller"
            }
            Self::NoneUsable { failures, .. } => {
                return failures.first().map_or_else(String::new, |(_, error)| error.hint());
            }
            Self::CertificateAuthority { .. } => "give the CA certificate as a PEM file",
            Self::Refused { code, text, .. } => refused_hint(*code, text),
            Self::Duplicate { .. } => {
                "Samba deletes no duplicate value by value: on the domain controller, `samba-tool spn \
                 delete`, which writes the account's other values anew, while nobody else changes them"
            }
            Self::TimedOut { .. } | Self::Lost { .. } => {
                "try again; after a write, read the account first: it may have been made"
            }
            Self::Unexpected { .. } => {
                "check that the server is an Active Directory domain controller"
            }
            Self::NoGlobalCatalog => "give the address of a global catalog (port 3269)",
            Self::OtherDomain { .. } => "connect to a domain controller of the account's domain",
            Self::NoPassword { .. } => "give the password; an empty one would bind as nobody",
        }
        .to_owned()
    }
}

impl TlsProblem {
    fn hint(self) -> &'static str {
        match self {
            Self::UnknownIssuer => "give the CA that issued the server's certificate",
            Self::WrongName => {
                "connect by a name that stands in the server's certificate, such as its full DNS name"
            }
            Self::Expired => "renew the domain controller's certificate, or set this clock right",
            Self::NotYetValid => "set this clock right: the certificate is from its future",
            Self::BadCertificate => {
                "look at the certificate: `openssl s_client -connect <address>`"
            }
            Self::Protocol => {
                "check that the port speaks TLS: LDAPS 636, global catalog 3269; 389 and 3268 need \
                 StartTLS"
            }
        }
    }
}

impl KerberosProblem {
    fn hint(self) -> &'static str {
        match self {
            Self::NoTicket => "get a ticket: kinit <user>@<REALM>; KRB5CCNAME names its cache",
            Self::TicketExpired => "get a new ticket: kinit",
            Self::ClockSkew => "set this machine's clock right: five minutes off is too much",
            Self::UnknownServer => {
                "connect by the domain controller's full DNS name, not by an alias or an address"
            }
            Self::KdcUnreachable => {
                "check krb5.conf, DNS and that port 88 of a domain controller is open"
            }
            Self::Other => "look with klist, and with KRB5_TRACE=/dev/stderr",
        }
    }
}

fn joined(failures: &[(String, DirectoryError)]) -> String {
    let each = failures.iter().map(|(name, error)| format!("{name}: {error}"));
    each.collect::<Vec<_>>().join("; ")
}

fn refused_hint(code: LdapCode, text: &str) -> &'static str {
    match code.0 {
        49 => bind_hint(text),
        50 => "use an account that may write servicePrincipalName on that object",
        19 => constraint_hint(text),
        16 => "the value is gone already: look at the account and plan again",
        20 => "the value is there already: look at the account and plan again",
        32 => "the object was moved, renamed or deleted: look and plan again",
        10 => "connect to a writable domain controller of the account's domain",
        8 | 13 => "this server wants TLS or a sealed connection: use LDAPS, StartTLS or Kerberos",
        53 => "a global catalog port is read-only: write to the domain controller's own port",
        3 | 4 | 11 => "the server limits such questions: ask for a narrower name",
        51 | 52 => "the server is busy or starting: try again",
        1 => "bind first: this server answers nothing to anonymous clients",
        _ => "read the directory's own words above; the domain controller's log may say more",
    }
}

/// Why the directory refused an SPN. It reads the words of Samba's `samldb` and `acl` modules and
/// Windows' error number (MS-ERREF: ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST).
fn constraint_hint(text: &str) -> &'static str {
    let text = text.to_ascii_lowercase();
    if text.contains("000021c7") || text.contains("would cause a conflict") {
        "another account of the forest holds this name or one that means the same: find it with \
         setspn -F -Q, and delete it there only if that account should not have it"
    } else if text.contains("components") {
        "this is no proper SPN: service/host, service/host:port or service/host/domain"
    } else if text.contains("spn validation failed") {
        "a computer may write only SPNs of its own names and without a port: use an account that may \
         write servicePrincipalName"
    } else {
        "another account holds this name, or it is not a proper SPN: look with setspn -F -Q"
    }
}

/// Active Directory puts the Windows error into its message: `…, data 52e, …`.
fn bind_hint(text: &str) -> &'static str {
    let data = text.split("data ").nth(1).unwrap_or_default();
    if text.contains("80090346") {
        return "the server wants the bind tied to TLS (channel binding), or something between here \
                and there ends the TLS connection";
    }
    match data.split([',', ' ']).next().unwrap_or_default() {
        "533" => "the account is disabled",
        "775" => "the account is locked out",
        "532" | "773" => "the password has expired or must be changed first",
        "701" => "the account has expired",
        _ => "check user (name@domain or DOMAIN\\name) and password",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u32, text: &str) -> DirectoryError {
        let doing = "add HTTP/mem1 to CN=x".to_owned();
        DirectoryError::Refused { doing, code: LdapCode(code), text: text.to_owned() }
    }

    #[test]
    fn a_refusal_carries_name_number_and_words() {
        let error = refused(50, "no rights");
        assert_eq!(
            error.to_string(),
            "the directory refused to add HTTP/mem1 to CN=x: insufficientAccessRights (50): no rights"
        );
        assert_eq!(error.code(), "SPNFIX-LDAP-50");
        assert!(error.hint().contains("servicePrincipalName"));
    }

    #[test]
    fn the_windows_error_of_a_bind_is_read() {
        let hint = refused(49, "80090308: LdapErr: DSID-1, comment: x, data 533, v1").hint();
        assert_eq!(hint, "the account is disabled");
        assert!(refused(49, "data 52e, v1").hint().starts_with("check user"));
        assert!(refused(49, "").hint().starts_with("check user"));
    }

    #[test]
    fn every_code_has_a_next_step() {
        for code in 0..100 {
            assert!(!refused(code, "").hint().is_empty());
            assert!(LdapCode(code).to_string().contains(&format!("({code})")));
        }
    }
}
