//! How the directory fails.

use std::error::Error as StdError;
use std::time::Duration;

use crate::ldap_code::LdapCode;

/// Why a question or a write did not succeed.
#[derive(Debug, thiserror::Error)]
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
        /// Whose certificate was expected.
        server_name: String,
        /// Where.
        address: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
        /// Whether the certificate was refused, and not the protocol.
        certificate: bool,
    },
    /// The certificate authority that was given cannot be used.
    #[error("the given CA certificate cannot be used: {reason}")]
    CertificateAuthority {
        /// Why.
        reason: String,
    },
    /// A server that answers, and says no.
    #[error("the directory refused to {doing}: {code}: {text}")]
    Refused {
        /// What was asked of it.
        doing: String,
        /// Its result code.
        code: LdapCode,
        /// Its own words.
        text: String,
    },
    /// No answer in time.
    #[error("no answer within {} s when trying to {doing}", after.as_secs_f32())]
    TimedOut {
        /// What was asked.
        doing: String,
        /// The limit.
        after: Duration,
    },
    /// The connection broke.
    #[error("the connection broke when trying to {doing}")]
    Lost {
        /// What was asked.
        doing: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An answer that makes no sense.
    #[error("cannot {doing}: {reason}")]
    Unexpected {
        /// What was asked.
        doing: String,
        /// What is odd.
        reason: String,
    },
    /// A question about the forest without a global catalog.
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
    /// A bind that would be anonymous (RFC 4513 section 5.1.2).
    #[error("the password of {user} is empty")]
    NoPassword {
        /// Whose.
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
                "check that the domain controller runs and that the port is LDAPS (636, global \
                 catalog 3269)"
            }
            Self::Tls { certificate: true, .. } => {
                "give the CA that issued the server's certificate, and the server name that stands \
                 in it"
            }
            Self::Tls { .. } => "check that the port speaks LDAPS (636, global catalog 3269)",
            Self::CertificateAuthority { .. } => "give the CA certificate as a PEM file",
            Self::Refused { code, text, .. } => refused_hint(*code, text),
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

fn refused_hint(code: LdapCode, text: &str) -> &'static str {
    match code.0 {
        49 => bind_hint(text),
        50 => "use an account that may write servicePrincipalName on that object",
        19 => "another account holds this name, or it is not a proper SPN: look with setspn -Q",
        16 => "the value is gone already: look at the account and plan again",
        20 => "the value is there already: look at the account and plan again",
        32 => "the object was moved, renamed or deleted: look and plan again",
        10 => "connect to a domain controller of the account's domain",
        8 | 13 => "this server wants TLS: connect to its LDAPS port",
        53 => "a global catalog port is read-only: write to the domain controller's LDAPS port",
        3 | 4 | 11 => "the server limits such questions: ask for a narrower name",
        51 | 52 => "the server is busy or starting: try again",
        1 => "bind first: this server answers nothing to anonymous clients",
        _ => "read the directory's own words above; the domain controller's log may say more",
    }
}

/// Active Directory puts the Windows error into its words: `…, data 52e, …`.
fn bind_hint(text: &str) -> &'static str {
    let data = text.split("data ").nth(1).unwrap_or_default();
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
