//! WS-Management operations: from envelope to envelope.

use super::account::{Account, Allowed};
use super::config::Limits;
use super::enumerating::Enumerations;
use super::log::{self, Event};
use super::operations;
use super::shells::Shells;
use super::views;
use crate::sid::Sid;
use crate::soap::{Body, Fault, Request, identify, ns, reply};
use std::net::IpAddr;

/// Who sends a request, and from where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) principal: &'a str,
    /// The groups in its ticket's PAC.
    pub(crate) groups: &'a [Sid],
    pub(crate) address: IpAddr,
    /// `http` or `https`.
    pub(crate) transport: &'a str,
    /// The endpoint's URL as the client wrote it in `Host`.
    pub(crate) endpoint: &'a str,
}

/// The answer to one envelope.
pub(crate) struct Answer {
    pub(crate) is_fault: bool,
    pub(crate) text: String,
}

/// The service behind every connection.
pub(crate) struct Service {
    pub(crate) shells: Shells,
    pub(crate) enumerations: Enumerations,
    pub(crate) allowed: Allowed,
    pub(crate) limits: Limits,
    pub(crate) machine: String,
    pub(crate) allow_unencrypted: bool,
    pub(crate) channel_binding: &'static str,
}

/// An operation on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Create,
    Delete,
    GetShell,
    GetConfig,
    Enumerate,
    EnumerateCommands,
    Pull,
    Command,
    Receive,
    Send,
    Signal,
}

impl Operation {
    fn of(request: &Request) -> Result<Self, Fault> {
        let (resource, action) = (request.resource_uri.as_str(), request.action.as_str());
        let of = |namespace| action.strip_prefix(namespace)?.strip_prefix('/');
        let transfer = of(ns::TRANSFER);
        let enumeration = of(ns::ENUMERATION);
        let operation = match resource {
            ns::CONFIG => transfer.filter(|name| *name == "Get").map(|_| Self::GetConfig),
            ns::COMMANDS => match enumeration {
                Some("Enumerate") => Some(Self::EnumerateCommands),
                Some("Pull") => Some(Self::Pull),
                _ => None,
            },
            ns::CMD | ns::SHELL => match (transfer, enumeration, of(ns::SHELL)) {
                (Some("Create"), ..) => Some(Self::Create),
                (Some("Delete"), ..) => Some(Self::Delete),
                (Some("Get"), ..) => Some(Self::GetShell),
                (_, Some("Enumerate"), _) => Some(Self::Enumerate),
                (_, Some("Pull"), _) => Some(Self::Pull),
                (.., Some("Command")) => Some(Self::Command),
                (.., Some("Receive")) => Some(Self::Receive),
                (.., Some("Send")) => Some(Self::Send),
                (.., Some("Signal")) => Some(Self::Signal),
                _ => None,
            },
            _ => return Err(Fault::unknown_resource(resource)),
        };
        operation.ok_or_else(Fault::unknown_action)
    }
}

impl Service {
    /// Executes one request.
    pub(crate) async fn answer(&self, caller: Caller<'_>, envelope: &str) -> Answer {
        let fault = |fault: &Fault, relates_to: &str| Answer {
            is_fault: true,
            text: reply::fault(fault, relates_to, &self.machine),
        };
        if envelope.len() > self.limits.envelope {
            return fault(&Fault::request_too_big(), "");
        }
        // Everybody who has authenticated may ask who is here.
        if identify::is_identify(envelope) {
            return Answer { is_fault: false, text: identify::response(Some(caller.transport)) };
        }
        let request = match Request::read(envelope) {
            Ok(request) => request,
            Err(error) => return fault(&error, ""),
        };
        match self.execute(caller, &request).await {
            Ok(body) => Answer {
                is_fault: false,
                text: reply::success(&request.action, &request.message_id, &body),
            },
            Err(error) => fault(&error, &request.message_id),
        }
    }

    async fn execute(&self, caller: Caller<'_>, request: &Request) -> Result<String, Fault> {
        let account = self.account(caller)?;
        let find = || self.shells.find(caller.principal, request.shell_id.as_deref());
        match (Operation::of(request)?, &request.body) {
            (Operation::Create, Body::Shell(spec)) => {
                let spec = operations::with_supported_streams(spec)?;
                operations::with_supported_code_page(request)?;
                let shell = self.shells.open(caller, account, spec, &self.limits)?;
                Ok(views::created(caller, &shell))
            }
            (Operation::Delete, _) => {
                self.shells.delete(caller.principal, request.shell_id.as_deref())?;
                Ok(String::new())
            }
            (Operation::GetShell, _) => Ok(views::listed(caller, &*find()?)),
            (Operation::GetConfig, _) => Ok(views::config(self)),
            (Operation::Enumerate, Body::Enumerate(asked)) => {
                views::enumerate(self, caller, asked, views::Of::Shells)
            }
            (Operation::EnumerateCommands, Body::Enumerate(asked)) => {
                // Windows takes the shell's id as a selector of the resource, too.
                let shell = asked.shell_id.as_ref().or(request.shell_id.as_ref());
                let shell = shell.cloned().ok_or_else(Fault::missing_selector)?;
                views::enumerate(self, caller, asked, views::Of::CommandsOf(shell))
            }
            (Operation::Pull, Body::Pull(asked)) => views::pull(self, caller, asked),
            (Operation::Command, Body::Command { id, command, arguments }) => {
                let direct = request.flag("WINRS_SKIP_CMD_SHELL").unwrap_or(false);
                let line = operations::command_line(direct, command, arguments)?;
                Ok(reply::command_started(&find()?.start(id.clone(), line, &self.limits)?))
            }
            (Operation::Receive, Body::Receive(id)) => {
                let room = request.max_envelope.min(self.limits.envelope);
                operations::receive(&*find()?, request, id.as_deref(), room).await
            }
            (Operation::Send, Body::Send(input)) => {
                operations::send(&*find()?, request, input).await
            }
            (Operation::Signal, Body::Signal { command_id, code }) => {
                operations::signal(&*find()?, command_id.as_deref(), code)
            }
            _ => Err(Fault::bad_schema()),
        }
    }

    fn account(&self, caller: Caller<'_>) -> Result<Account, Fault> {
        self.allowed.account(caller.principal, caller.groups).map_err(|error| {
            log::write(&Event::Denied { principal: caller.principal, reason: error.to_string() });
            Fault::access_denied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(resource: &str, action: &str) -> Result<Operation, u32> {
        let text = format!(
            r#"<s:Envelope xmlns:s="{}" xmlns:a="{}" xmlns:w="{}"><s:Header><a:Action>{action}</a:Action><a:MessageID>1</a:MessageID><w:ResourceURI>{resource}</w:ResourceURI></s:Header><s:Body/></s:Envelope>"#,
            ns::SOAP,
            ns::ADDRESSING,
            ns::WSMAN
        );
        Operation::of(&Request::read(&text).unwrap()).map_err(|fault| fault.code)
    }

    #[test]
    fn resources_and_their_actions() {
        let transfer = |name: &str| format!("{}/{name}", ns::TRANSFER);
        let shell = |name: &str| format!("{}/{name}", ns::SHELL);
        assert_eq!(operation(ns::CMD, &transfer("Create")), Ok(Operation::Create));
        assert_eq!(operation(ns::SHELL, &transfer("Get")), Ok(Operation::GetShell));
        assert_eq!(operation(ns::CONFIG, &transfer("Get")), Ok(Operation::GetConfig));
        assert_eq!(operation(ns::CMD, &shell("Receive")), Ok(Operation::Receive));
        let enumerate = format!("{}/Enumerate", ns::ENUMERATION);
        assert_eq!(operation(ns::SHELL, &enumerate), Ok(Operation::Enumerate));
        assert_eq!(operation(ns::COMMANDS, &enumerate), Ok(Operation::EnumerateCommands));
        for (resource, action) in [
            (ns::CONFIG, transfer("Put")),
            (ns::CONFIG, shell("Command")),
            (ns::CMD, shell("Connect")),
            (ns::COMMANDS, shell("Command")),
            (ns::COMMANDS, transfer("Get")),
            (ns::CMD, "urn:Create".to_owned()),
        ] {
            assert_eq!(operation(resource, &action), Err(2_150_858_753), "{action}");
        }
        assert_eq!(operation("urn:x", &transfer("Get")), Err(2_150_858_752));
    }
}
