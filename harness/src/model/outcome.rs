//! The outcome of one connection, as a snapshot may hold it: without time, address, nonce or id.
//!
//! Three facts stay apart: the stage that decided, the Kerberos code with its reporter, and the
//! status that a Windows client reports for it.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One connection attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KerberosOutcome {
    /// Host name as typed.
    pub target: String,
    /// The SPN that the client asked for.
    pub requested_spn: String,
    /// The client settings that shape it.
    pub client_settings: SettingsFact,
    /// Accounts that hold exactly this SPN. The judge reads them from the directory. `None` if the
    /// directory did not answer.
    pub holders: Option<Vec<String>>,
    /// What the KDC did.
    pub tgs: TgsFact,
    /// What the acceptor did with the ticket.
    pub ap: ApFact,
    /// HTTP status of the last response.
    pub http_status: Option<u16>,
    /// What WS-Management did, once the client was authenticated.
    pub winrm: WinrmFact,
    /// What a Windows client reports for this; `None` on success.
    pub client_status: Option<ClientFact>,
    /// What the remote command printed.
    pub remote: Option<RemoteFact>,
}

/// Client settings that shape the requested SPN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsFact {
    /// Registry value `spn_prefix`.
    pub spn_prefix: Option<String>,
    /// `-IncludePortInSPN`.
    pub include_port_in_spn: bool,
}

/// A Kerberos error code by name and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KrbCode {
    /// Protocol constant, such as `KRB_AP_ERR_MODIFIED`.
    pub name: String,
    /// Number (RFC 4120 section 7.5.9).
    pub code: i64,
}

impl std::fmt::Display for KrbCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.code)
    }
}

impl Serialize for KrbCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KrbCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let code = text.strip_suffix(')').and_then(|text| {
            let (name, code) = text.rsplit_once(" (")?;
            Some(Self { name: name.to_owned(), code: code.parse().ok()? })
        });
        code.ok_or_else(|| D::Error::custom(format!("\"{text}\" is no Kerberos code")))
    }
}

/// What the KDC answered to the TGS-REQ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TgsFact {
    /// A ticket.
    Issued(TicketFact),
    /// An error.
    Refused(KrbCode),
    /// The client did not get that far. The code is that of the refused AS exchange; it is `None`
    /// if the client did not reach the KDC.
    NotReached(Option<KrbCode>),
}

/// The clear part of the ticket, and the proof of whose key encrypted the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketFact {
    /// Server name.
    pub sname: String,
    /// Realm.
    pub realm: String,
    /// Encryption type by name and number.
    pub etype: String,
    /// Key version number.
    pub kvno: Option<i64>,
    /// Accounts whose keys decrypt it. The judge tries every account's keys; it does not ask the
    /// directory.
    pub encrypted_with_key_of: Vec<String>,
}

/// What the acceptor did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApFact {
    /// It decrypted the ticket.
    Accepted,
    /// It refused: with a KRB-ERROR on the wire, with one inside TLS, or without one.
    Refused {
        /// The code in the KRB-ERROR of the 401, as the capture has it.
        on_the_wire: Option<KrbCode>,
        /// The code in a KRB-ERROR that TLS hides from the capture. The client received it over
        /// HTTPS, and the endpoint says that it sent it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inside_tls: Option<KrbCode>,
        /// What the acceptor's own library said, from the endpoint's log.
        acceptor_said: Option<KrbCode>,
    },
    /// The client presented a ticket, and nothing came back that answers it.
    Unanswered,
    /// No ticket was presented.
    NotReached,
}

impl ApFact {
    /// The code that the acceptor answered with, on the wire or inside TLS.
    pub fn answered(&self) -> Option<&KrbCode> {
        match self {
            Self::Refused { on_the_wire, inside_tls, .. } => {
                on_the_wire.as_ref().or(inside_tls.as_ref())
            }
            Self::Accepted | Self::Unanswered | Self::NotReached => None,
        }
    }
}

/// What WS-Management did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WinrmFact {
    /// It served the request.
    Served,
    /// It answered with a fault.
    Fault {
        /// WSManFault code; 5 is access denied.
        code: Option<i64>,
        /// Its text.
        text: Option<String>,
    },
    /// No request reached it.
    NotReached,
}

/// The status that a Windows client reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientFact {
    /// Name and number, such as `SEC_E_WRONG_PRINCIPAL (0x80090322)`.
    pub would_report: String,
    /// `FullyQualifiedErrorId`.
    pub fully_qualified_error_id: String,
    /// Windows' message up to its list of possible causes. The evidence has the whole message.
    pub message: String,
}

/// What the remote command did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteFact {
    /// The command line.
    pub command: String,
    /// Exit code.
    pub exit_code: i64,
    /// Standard output.
    pub stdout: String,
}

impl KerberosOutcome {
    /// Whether the connection succeeded: authenticated, and served.
    pub fn connected(&self) -> bool {
        self.ap == ApFact::Accepted && self.winrm == WinrmFact::Served
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_written() {
        let code = KrbCode { name: "KRB_AP_ERR_MODIFIED".into(), code: 41 };
        let text = serde_json::to_string(&code).unwrap();
        assert_eq!(serde_json::from_str::<KrbCode>(&text).unwrap(), code);
        for wrong in ["\"\"", "\"KRB_AP_ERR_MODIFIED\"", "\"KRB (x)\"", "\"KRB (41\""] {
            assert!(serde_json::from_str::<KrbCode>(wrong).is_err(), "{wrong}");
        }
    }
}
