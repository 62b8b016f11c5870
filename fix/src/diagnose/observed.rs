//! What a client saw.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::certainty::Certainty;

/// How a connection ended, as the client saw it.
///
/// ```
/// use spnfix::Observed;
///
/// assert_eq!(Observed::from_endpoint(41).to_string(), "the target answered KRB_AP_ERR_MODIFIED (41)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "saw", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Observed {
    /// It works.
    Accepted,
    /// A Kerberos error (RFC 4120 7.5.9).
    Kerberos {
        /// The code.
        code: u32,
        /// During which exchange.
        stage: Stage,
        /// Who reported it.
        reporter: Reporter,
    },
    /// No domain controller answered.
    NoKdc,
    /// The name of the target is not in DNS.
    NameNotFound,
    /// The target's port does not answer.
    Unreachable,
    /// The logon worked. Then the target denied access (5).
    AccessDenied,
    /// A client of Windows reported a status. Nobody saw the wire.
    ClientStatus(Box<ClientStatus>),
}

/// A status that a client of Windows reported, and one thing that it may stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientStatus {
    /// `SEC_E_WRONG_PRINCIPAL`
    pub name: String,
    /// 0x80090322
    pub number: u32,
    /// The cause, in the words of `docs/client-status.md`.
    pub cause: String,
    /// How certain it is that Windows reports the status for this cause.
    pub certainty: Certainty,
    /// The same as an observation, if there is a word for it.
    pub stands_for: Option<Observed>,
}

/// An exchange of Kerberos (RFC 4120 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The user logs on (AS).
    Logon,
    /// The client asks for the ticket to the target (TGS).
    Ticket,
    /// The client presents the ticket to the target (AP).
    Connection,
}

/// Who reports a Kerberos error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reporter {
    /// The domain controller.
    Kdc,
    /// The target.
    Endpoint,
}

impl ClientStatus {
    /// What it stands for, in words.
    pub(super) fn meaning(&self) -> String {
        self.stands_for.as_ref().map_or_else(|| self.cause.clone(), ToString::to_string)
    }
}

/// A number as Windows prints it.
fn hex(number: u32) -> String {
    if number <= 0xffff { number.to_string() } else { format!("{number:#010X}") }
}

impl Observed {
    /// What was observed: of a client's status, what it stands for.
    pub(super) fn meant(&self) -> &Self {
        match self {
            Self::ClientStatus(status) => status.stands_for.as_ref().unwrap_or(self),
            _ => self,
        }
    }

    /// The target refused the ticket with this code.
    pub fn from_endpoint(code: u32) -> Self {
        Self::Kerberos { code, stage: Stage::Connection, reporter: Reporter::Endpoint }
    }

    /// The domain controller refused the logon with this code.
    pub fn from_logon(code: u32) -> Self {
        Self::Kerberos { code, stage: Stage::Logon, reporter: Reporter::Kdc }
    }

    /// The domain controller refused the ticket to the target with this code.
    pub fn from_ticket_request(code: u32) -> Self {
        Self::Kerberos { code, stage: Stage::Ticket, reporter: Reporter::Kdc }
    }

    /// Whether the target could not decrypt the ticket. Windows says 41. Other acceptors say which
    /// part did not match: 31 (integrity), 35 (not us), 44 (key version), 45 (no key).
    pub(super) fn ticket_does_not_open(&self) -> bool {
        matches!(
            self,
            Self::Kerberos { code: 31 | 35 | 41 | 44 | 45, reporter: Reporter::Endpoint, .. }
        )
    }

    /// Whether the domain controller did not find exactly one account of the name. During the
    /// logon, code 7 is about the realm itself.
    pub(super) fn no_such_name(&self) -> bool {
        matches!(
            self,
            Self::Kerberos { code: 7 | 8, stage: Stage::Ticket, reporter: Reporter::Kdc }
        )
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("the target let the client in"),
            Self::Kerberos { code, stage, reporter } => {
                let name = name_of(*code);
                let code = name.map_or_else(|| code.to_string(), |name| format!("{name} ({code})"));
                match (reporter, stage) {
                    (Reporter::Endpoint, _) => write!(f, "the target answered {code}"),
                    (Reporter::Kdc, Stage::Logon) => {
                        write!(f, "the domain controller refused the user's logon: {code}")
                    }
                    (Reporter::Kdc, _) => {
                        write!(f, "the domain controller refused the ticket: {code}")
                    }
                }
            }
            Self::NoKdc => f.write_str("no domain controller answered"),
            Self::NameNotFound => f.write_str("DNS does not know the target's name"),
            Self::Unreachable => f.write_str("the target's port did not answer"),
            Self::AccessDenied => {
                f.write_str("the target knew the user and refused him: access denied (5)")
            }
            Self::ClientStatus(status) => {
                let ClientStatus { name, number, .. } = &**status;
                let number = hex(*number);
                write!(f, "the client reports {name} ({number}), and nobody looked at the wire. ")?;
                write!(
                    f,
                    "It may stand for this: {} ({})",
                    status.meaning(),
                    status.certainty.name()
                )
            }
        }
    }
}

/// RFC 4120 7.5.9.
pub(super) fn name_of(code: u32) -> Option<&'static str> {
    Some(match code {
        6 => "KDC_ERR_C_PRINCIPAL_UNKNOWN",
        7 => "KDC_ERR_S_PRINCIPAL_UNKNOWN",
        8 => "KDC_ERR_PRINCIPAL_NOT_UNIQUE",
        14 => "KDC_ERR_ETYPE_NOSUPP",
        18 => "KDC_ERR_CLIENT_REVOKED",
        23 => "KDC_ERR_KEY_EXPIRED",
        24 => "KDC_ERR_PREAUTH_FAILED",
        31 => "KRB_AP_ERR_BAD_INTEGRITY",
        32 => "KRB_AP_ERR_TKT_EXPIRED",
        33 => "KRB_AP_ERR_TKT_NYV",
        35 => "KRB_AP_ERR_NOT_US",
        37 => "KRB_AP_ERR_SKEW",
        41 => "KRB_AP_ERR_MODIFIED",
        44 => "KRB_AP_ERR_BADKEYVER",
        45 => "KRB_AP_ERR_NOKEY",
        _ => return None,
    })
}
