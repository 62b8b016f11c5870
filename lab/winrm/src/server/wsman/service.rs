//! One request: its operation and its answer.

use super::enumerations::{Enumerated, Enumerations};
use super::{listing, shell_operations};
use crate::kerberos::Sid;
use crate::server::config::{CbtHardeningLevel, Limits};
use crate::server::log::{self, Event};
use crate::server::security::{AccountError, Allowed, Caller};
use crate::server::spawner::Spawner;
use crate::server::winrs::{CommandLine, Shells};
use crate::soap::config::{Settings, config};
use crate::soap::{Body, Fault, MAX_TIMEOUT, Message, Request, identify, ns, reply};

/// The answer to one envelope.
pub(crate) struct Answer {
    pub(crate) is_fault: bool,
    pub(crate) text: String,
}

/// The service behind every connection.
pub(crate) struct Service {
    pub(crate) spawner: Spawner,
    pub(crate) shells: Shells,
    pub(crate) enumerations: Enumerations,
    pub(crate) allowed: Allowed,
    pub(crate) limits: Limits,
    pub(crate) machine: String,
    pub(crate) allow_unencrypted: bool,
    pub(crate) hardening: CbtHardeningLevel,
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
    /// The largest envelope that the service reads for a client. Every authenticated client may
    /// send Identify. Only allowed clients may send more.
    pub(crate) fn largest(&self, principal: &str, groups: &[Sid]) -> usize {
        if self.allowed.admits(principal, groups) {
            self.limits.envelope
        } else {
            identify::LARGEST.min(self.limits.envelope)
        }
    }

    /// Reads an envelope.
    pub(crate) fn read(&self, envelope: &str, largest: usize) -> Result<Message, Fault> {
        match envelope.len() {
            size if size > self.limits.envelope => Err(Fault::request_too_big()),
            size if size > largest => Err(Fault::access_denied()),
            _ => Message::read(envelope),
        }
    }

    /// Executes one request, if it is readable.
    pub(crate) async fn answer(
        &self,
        caller: Caller<'_>,
        message: Result<Message, Fault>,
    ) -> Answer {
        let fault = |fault: &Fault, relates_to: &str| Answer {
            is_fault: true,
            text: reply::fault(fault, relates_to, &self.machine),
        };
        let request = match message {
            Ok(Message::Identify) => {
                let text = identify::response(Some(caller.transport));
                return Answer { is_fault: false, text };
            }
            Ok(Message::Request(request)) => request,
            // Only allowed clients learn what is wrong with it.
            Err(error) => return fault(&self.admit(caller).err().unwrap_or(error), ""),
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
        self.admit(caller)?;
        let (shells, enumerations) = (&self.shells, &self.enumerations);
        let find = || shells.find(caller.owner, request.shell_id.as_deref());
        match (Operation::of(request)?, &request.body) {
            (Operation::Create, Body::Shell(spec)) => {
                let spec = shell_operations::with_supported_streams(spec)?;
                shell_operations::with_supported_code_page(request)?;
                let account = self.allowed.account(caller.principal, caller.groups);
                let account = account.map_err(|error| Self::denied(caller, &error))?;
                let shell = shells.open(caller, account, spec, &self.limits)?;
                Ok(listing::created(caller, &shell))
            }
            (Operation::Delete, _) => {
                shells.delete(caller.owner, request.shell_id.as_deref()).await?;
                Ok(String::new())
            }
            (Operation::GetShell, _) => Ok(listing::listed(caller, &*find()?)),
            (Operation::GetConfig, _) => Ok(self.config()),
            (Operation::Enumerate, Body::Enumerate(asked)) => {
                listing::enumerate(shells, enumerations, caller, asked, Enumerated::Shells)
            }
            (Operation::EnumerateCommands, Body::Enumerate(asked)) => {
                // Windows takes the shell's id as a selector of the resource, too.
                let shell = asked.shell_id.as_ref().or(request.shell_id.as_ref());
                let shell = shell.cloned().ok_or_else(Fault::missing_selector)?;
                listing::enumerate(
                    shells,
                    enumerations,
                    caller,
                    asked,
                    Enumerated::CommandsOf(shell),
                )
            }
            (Operation::Pull, Body::Pull(asked)) => {
                listing::pull(shells, enumerations, caller, asked)
            }
            (Operation::Command, Body::Command { id, command, arguments }) => {
                let direct = request.flag("WINRS_SKIP_CMD_SHELL").unwrap_or(false);
                let line = CommandLine::new(direct, command, arguments)?;
                let shell = find()?;
                let started = shell.start(&self.spawner, id.clone(), line, &self.limits).await?;
                Ok(reply::command_started(&started))
            }
            (Operation::Receive, Body::Receive(id)) => {
                let envelope = request.max_envelope.min(self.limits.envelope);
                shell_operations::receive(&*find()?, request, id.as_deref(), envelope).await
            }
            (Operation::Send, Body::Send(input)) => {
                shell_operations::send(&*find()?, request, input).await
            }
            (Operation::Signal, Body::Signal { command_id, code }) => {
                shell_operations::signal(&*find()?, command_id.as_deref(), code).await
            }
            _ => Err(Fault::bad_schema()),
        }
    }

    /// `winrm/config`.
    fn config(&self) -> String {
        config(&Settings {
            max_envelope_kb: self.limits.envelope / 1024,
            max_timeout_ms: MAX_TIMEOUT.as_millis(),
            allow_unencrypted: self.allow_unencrypted,
            hardening: self.hardening.name(),
            max_shells_per_user: self.limits.shells_per_principal,
            max_processes_per_shell: self.limits.commands_per_shell,
            idle_timeout_ms: self.limits.idle.as_millis(),
        })
    }

    /// Whether the caller may use the service. Only a new shell needs the account.
    fn admit(&self, caller: Caller<'_>) -> Result<(), Fault> {
        let user = self.allowed.user(caller.principal, caller.groups);
        user.map(drop).map_err(|error| Self::denied(caller, &error))
    }

    fn denied(caller: Caller<'_>, error: &AccountError) -> Fault {
        let denied = Event::Denied { principal: caller.principal, reason: error.to_string() };
        log::refused(caller.address, &denied);
        match error {
            AccountError::NoDescriptors(_) => Fault::out_of("file descriptors"),
            _ => Fault::access_denied(),
        }
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
