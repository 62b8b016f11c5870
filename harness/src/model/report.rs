//! What `winrm-client` reports of one connection: its JSON document, version 1.

use serde::{Deserialize, Serialize};

use super::ports::TLS;

/// The document that `winrm-client --json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientReport {
    /// Version of this document: 1.
    pub version: u32,
    /// Host name as typed.
    pub target: String,
    /// Port connected to.
    pub port: u16,
    /// Client principal.
    pub principal: String,
    /// What shaped the requested SPN.
    pub settings: Settings,
    /// The SPN that the client asked the KDC for.
    pub requested_spn: String,
    /// The AS exchange.
    #[serde(rename = "as")]
    pub as_exchange: Stage,
    /// The TGS exchange.
    pub tgs: Tgs,
    /// The AP exchange.
    pub ap: Ap,
    /// HTTP.
    pub http: Http,
    /// WS-Management, above HTTP.
    pub winrm: Winrm,
    /// What a Windows client reports for this outcome; `None` on success.
    pub client_status: Option<ClientStatus>,
    /// The command that ran.
    pub command: Option<CommandResult>,
    /// The credential cache that the client used.
    pub ccache: Option<String>,
}

/// Client settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Registry value `spn_prefix`.
    pub spn_prefix: Option<String>,
    /// `-IncludePortInSPN`.
    pub include_port_in_spn: bool,
}

/// A stage with a Kerberos code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// How it ended.
    pub result: String,
    /// Kerberos error code.
    pub code: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// What the library said.
    pub text: Option<String>,
}

/// The TGS exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tgs {
    /// `issued`, `refused` or `not-reached`.
    pub result: String,
    /// Server name in the ticket.
    pub sname: Option<String>,
    /// Realm in the ticket.
    pub realm: Option<String>,
    /// Encryption type of the ticket.
    pub etype: Option<i64>,
    /// Its name.
    pub etype_name: Option<String>,
    /// Key version of the ticket.
    pub kvno: Option<i64>,
    /// Kerberos error code.
    pub code: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// What the library said.
    pub text: Option<String>,
}

/// The AP exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ap {
    /// `accepted`, `refused`, `refused-without-token`, `scheme-not-offered`, `unanswered` or
    /// `not-reached`.
    pub result: String,
    /// Code in the KRB-ERROR received.
    pub code: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// What the library said.
    pub text: Option<String>,
    /// Server name in the KRB-ERROR.
    pub server_name: Option<String>,
}

/// HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    /// Status of the last response.
    pub status: Option<u16>,
    /// Address and port of the client's end of the connection.
    pub local_address: Option<String>,
}

/// WS-Management.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Winrm {
    /// `ok`, `fault` or `not-reached`.
    pub result: String,
    /// WSManFault code.
    pub code: Option<i64>,
    /// Its text.
    pub text: Option<String>,
}

/// What a Windows client reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientStatus {
    /// Whose words these are.
    pub reported_by: String,
    /// SECURITY_STATUS or Win32 code.
    pub hex: String,
    /// The same as a signed number.
    pub signed: i64,
    /// Its name.
    pub name: String,
    /// Code of the WS-Management error.
    pub wsman_code: Option<i64>,
    /// `FullyQualifiedErrorId` of `Enter-PSSession`.
    pub fully_qualified_error_id: String,
    /// The message with Windows' own line breaks.
    pub message: String,
}

/// A command that ran on the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandResult {
    /// The command line.
    pub command: String,
    /// Its exit code.
    pub exit_code: i64,
    /// Whether the client left out what came after the first 4 MiB of a stream.
    pub truncated: bool,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl ClientReport {
    /// Whether the endpoint saw a ticket. If it did, its log has a record.
    pub(crate) fn presented_ticket(&self) -> bool {
        matches!(self.ap.result.as_str(), "accepted" | "refused" | "refused-without-token")
    }

    /// Whether the endpoint gave no answer about the ticket.
    pub fn unanswered(&self) -> bool {
        self.ap.result == "unanswered"
    }

    /// Whether the client used WinRM over HTTPS, where a capture does not show the messages.
    pub fn is_inside_tls(&self) -> bool {
        self.port == TLS
    }

    /// Whether a KDC's error ended the attempt. The wire must then have this error.
    pub(crate) fn refused_by_kdc(&self) -> bool {
        self.as_exchange.code.or(self.tgs.code).is_some()
    }

    /// The text for the stage that failed, if there is one.
    pub fn reason(&self) -> Option<&str> {
        let texts = [&self.winrm.text, &self.ap.text, &self.tgs.text, &self.as_exchange.text];
        texts.into_iter().find_map(|text| text.as_deref())
    }
}
