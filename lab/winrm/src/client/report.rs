//! The report of one run: one JSON document, every key always present.

use super::enter_pssession::{Destination, enter_pssession};
use super::settings::Authentication;
use super::status::{Condition, ENTER_PSSESSION_ID, WindowsStatus};
use crate::kerberos::token::TicketFacts;
use crate::kerberos::{ErrorCode, numbers};
use serde::Serialize;

/// Everything that one run saw.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The version of this document.
    pub version: u32,
    /// The target, as typed.
    pub target: String,
    /// Its port.
    pub port: u16,
    /// The client, with its realm.
    pub principal: String,
    /// The settings that decided the SPN.
    pub settings: Settings,
    /// The SPN.
    pub requested_spn: String,
    /// Initial credentials.
    #[serde(rename = "as")]
    pub as_stage: AsStage,
    /// The service ticket.
    pub tgs: TgsStage,
    /// The endpoint's answer to the ticket.
    pub ap: ApStage,
    /// The HTTP connection.
    pub http: HttpStage,
    /// The shell.
    pub winrm: WinrmStage,
    /// What a Windows client would show; see [`super::status`].
    pub client_status: Option<ClientStatus>,
    /// The result of the remote command.
    pub command: Option<CommandResult>,
    /// The place of the tickets.
    pub ccache: Option<String>,
}

/// The settings that decided the requested SPN.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    pub spn_prefix: Option<String>,
    pub include_port_in_spn: bool,
    pub authentication: Authentication,
    pub use_ssl: bool,
    pub channel_binding: bool,
}

/// Initial credentials.
#[derive(Debug, Clone, Serialize)]
pub struct AsStage {
    pub result: &'static str,
    pub code: Option<i32>,
    pub name: Option<&'static str>,
    pub text: Option<String>,
}

/// The service ticket.
#[derive(Debug, Clone, Serialize)]
pub struct TgsStage {
    pub result: &'static str,
    pub sname: Option<String>,
    pub realm: Option<String>,
    pub etype: Option<i32>,
    pub etype_name: Option<&'static str>,
    pub kvno: Option<u32>,
    pub code: Option<i32>,
    pub name: Option<&'static str>,
    pub text: Option<String>,
}

/// The endpoint's answer to the ticket.
#[derive(Debug, Clone, Serialize)]
pub struct ApStage {
    pub result: &'static str,
    pub code: Option<i32>,
    pub name: Option<&'static str>,
    pub text: Option<String>,
    pub server_name: Option<String>,
}

/// The HTTP connection.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HttpStage {
    pub status: Option<u16>,
    pub local_address: Option<String>,
    /// Schemes that a 401 offered.
    pub offers: Vec<String>,
}

/// The shell.
#[derive(Debug, Clone, Serialize)]
pub struct WinrmStage {
    pub result: &'static str,
    pub code: Option<u32>,
    pub text: Option<String>,
}

/// What a Windows client would show; see [`super::status`].
#[derive(Debug, Clone, Serialize)]
pub struct ClientStatus {
    pub reported_by: &'static str,
    pub hex: String,
    pub signed: i32,
    pub name: &'static str,
    pub wsman_code: u32,
    pub fully_qualified_error_id: &'static str,
    /// The FullyQualifiedErrorId of `New-PSSession`.
    pub new_pssession_id: String,
    /// How certain it is: `documented`, `transcript` or `inferred`.
    pub certainty: &'static str,
    pub message: String,
}

/// The result of the remote command.
#[derive(Debug, Clone, Serialize)]
pub struct CommandResult {
    pub command: String,
    pub exit_code: i32,
    /// Whether it wrote more than `stdout` or `stderr` hold: the first 4 MiB of each.
    pub truncated: bool,
    /// Number of bytes that it wrote.
    pub stdout_bytes: u64,
    pub stderr_bytes: u64,
    pub stdout: String,
    pub stderr: String,
}

const NOT_REACHED: &str = "not-reached";

impl Default for AsStage {
    fn default() -> Self {
        Self { result: NOT_REACHED, code: None, name: None, text: None }
    }
}

impl Default for TgsStage {
    fn default() -> Self {
        Self {
            result: NOT_REACHED,
            sname: None,
            realm: None,
            etype: None,
            etype_name: None,
            kvno: None,
            code: None,
            name: None,
            text: None,
        }
    }
}

impl Default for ApStage {
    fn default() -> Self {
        Self { result: NOT_REACHED, code: None, name: None, text: None, server_name: None }
    }
}

impl Default for WinrmStage {
    fn default() -> Self {
        Self { result: NOT_REACHED, code: None, text: None }
    }
}

impl TgsStage {
    /// The KDC issued a ticket.
    pub(crate) fn issued(facts: &TicketFacts) -> Self {
        Self {
            result: "issued",
            sname: Some(facts.sname.clone()),
            realm: Some(facts.realm.clone()),
            etype: Some(facts.etype),
            etype_name: Some(numbers::etype_name(facts.etype)),
            kvno: facts.kvno,
            ..Self::default()
        }
    }

    /// The KDC issued no ticket.
    pub(crate) fn refused(
        code: Option<i32>,
        unreachable: Option<&'static str>,
        text: String,
    ) -> Self {
        let name = code.map(|code| ErrorCode::new(code).name).or(unreachable);
        Self { result: "refused", code, name, text: Some(text), ..Self::default() }
    }
}

impl Report {
    /// The report of a run before its first stage.
    pub(crate) fn new(target: &str, port: u16, settings: Settings, requested_spn: String) -> Self {
        Self {
            version: 1,
            target: target.to_owned(),
            port,
            principal: String::new(),
            settings,
            requested_spn,
            as_stage: AsStage::default(),
            tgs: TgsStage::default(),
            ap: ApStage::default(),
            http: HttpStage::default(),
            winrm: WinrmStage::default(),
            client_status: None,
            command: None,
            ccache: None,
        }
    }

    /// Records what a Windows client would show.
    pub(crate) fn would_show(&mut self, condition: Condition) {
        self.would_report(&condition.status());
    }

    /// Records what a Windows client would show, for a status outside of the table.
    pub(crate) fn would_report(&mut self, status: &WindowsStatus) {
        let destination = Destination {
            target: &self.target,
            port: self.port,
            spn: &self.requested_spn,
            authentication: self.settings.authentication,
            offers: &self.http.offers,
        };
        self.client_status = Some(ClientStatus {
            reported_by: "what a Windows client reports",
            hex: status.hex(),
            signed: status.signed(),
            name: status.name,
            wsman_code: status.wsman_code,
            fully_qualified_error_id: ENTER_PSSESSION_ID,
            new_pssession_id: status.new_pssession_id(),
            certainty: status.certainty.word(),
            message: enter_pssession(status, &destination),
        });
    }

    /// The failed stage, the Kerberos code, and its reporter. `None` without a code.
    pub fn kerberos_code(&self) -> Option<String> {
        let stages = [
            ("AP", "the endpoint", self.ap.code),
            ("TGS", "the KDC", self.tgs.code),
            ("AS", "the KDC", self.as_stage.code),
        ];
        stages.into_iter().find_map(|(stage, reporter, code)| {
            let code = ErrorCode::new(code?);
            Some(format!("stage {stage}: {} ({}) from {reporter}", code.name, code.code))
        })
    }
}
