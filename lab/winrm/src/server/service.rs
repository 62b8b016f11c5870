//! WS-Management operations on the command shell resource: from envelope to envelope.

use super::account::Allowed;
use super::log::{self, Event};
use super::shell::{Shell, Shells};
use crate::soap::reply::{self, ShellFacts};
use crate::soap::request::{Input, ShellSpec};
use crate::soap::{Body, Fault, Request, ns};
use nix::sys::signal::Signal;
use std::net::IpAddr;
use std::sync::Arc;

/// MaxEnvelopeSizekb 500.
pub(crate) const MAX_ENVELOPE: usize = 512_000;
/// What a Receive reply needs besides the streams, and per chunk.
const REPLY_OVERHEAD: usize = 4096;

/// Who sends a request, and from where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) principal: &'a str,
    pub(crate) address: IpAddr,
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
    pub(crate) allowed: Allowed,
    pub(crate) machine: String,
}

impl Service {
    /// Executes one request.
    pub(crate) async fn answer(&self, caller: Caller<'_>, envelope: &str) -> Answer {
        let fault = |fault: &Fault, relates_to: &str| Answer {
            is_fault: true,
            text: reply::fault(fault, relates_to, &self.machine),
        };
        if envelope.len() > MAX_ENVELOPE {
            return fault(&Fault::request_too_big(), "");
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
        let account = self.allowed.account(caller.principal).map_err(|error| {
            log::write(&Event::Denied { principal: caller.principal, reason: error.to_string() });
            Fault::access_denied()
        })?;
        if request.resource_uri != ns::CMD {
            return Err(Fault::unknown_resource(&request.resource_uri));
        }
        let find = || self.shells.find(caller.principal, request.shell_id.as_deref());
        let operation = operation(&request.action).ok_or_else(Fault::unknown_action)?;
        match (operation, &request.body) {
            ("Create", Body::Shell(spec)) => {
                let spec = with_supported_streams(spec)?;
                let shell = self.shells.open(caller.principal, account, spec)?;
                Ok(created(caller, &shell))
            }
            ("Delete", _) => {
                self.shells.delete(caller.principal, request.shell_id.as_deref())?;
                Ok(String::new())
            }
            ("Command", Body::Command { id, command, arguments }) => {
                let direct = request.flag("WINRS_SKIP_CMD_SHELL").unwrap_or(false);
                let argv = argv(direct, command, arguments)?;
                Ok(reply::command_started(&find()?.start(id.clone(), argv)?))
            }
            ("Receive", Body::Receive(id)) => receive(&find()?, request, id.as_deref()).await,
            ("Send", Body::Send(input)) => send(&find()?, request, input).await,
            ("Signal", Body::Signal { command_id, code }) => {
                signal(&find()?, command_id.as_deref(), code)
            }
            _ => Err(Fault::bad_schema()),
        }
    }
}

fn operation(action: &str) -> Option<&str> {
    let of = |namespace| action.strip_prefix(namespace)?.strip_prefix('/');
    let transfer = of(ns::TRANSFER).filter(|name| ["Create", "Delete"].contains(name));
    let shell = of(ns::SHELL);
    transfer.or(shell.filter(|name| ["Command", "Receive", "Send", "Signal"].contains(name)))
}

fn with_supported_streams(spec: &ShellSpec) -> Result<ShellSpec, Fault> {
    let known = |streams: &Option<String>, names: &[&str]| {
        streams.as_deref().unwrap_or_default().split_whitespace().all(|name| names.contains(&name))
    };
    let supported = known(&spec.input_streams, &["stdin"])
        && known(&spec.output_streams, &["stdout", "stderr"]);
    if supported { Ok(spec.clone()) } else { Err(Fault::invalid_parameter()) }
}

fn created(caller: Caller<'_>, shell: &Shell) -> String {
    let (user, realm) = caller.principal.split_once('@').unwrap_or((caller.principal, ""));
    reply::created(&ShellFacts {
        id: &shell.id,
        address: caller.endpoint,
        owner: &format!("{realm}\\{user}"),
        client_ip: &caller.address.to_string(),
        idle_timeout: shell.idle_timeout,
        input_streams: &shell.input_streams,
        output_streams: &shell.output_streams,
    })
}

/// What to execute: the text through the shell, or a program of its own.
fn argv(direct: bool, command: &str, arguments: &[String]) -> Result<Vec<String>, Fault> {
    if command.trim().is_empty() || command.contains('\0') {
        return Err(Fault::invalid_parameter());
    }
    if direct {
        let words = arguments.iter().flat_map(|text| text.split_whitespace());
        return Ok(std::iter::once(command.trim()).chain(words).map(str::to_owned).collect());
    }
    let mut line = command.to_owned();
    for argument in arguments {
        line.push(' ');
        line.push_str(argument);
    }
    Ok(vec!["/bin/sh".to_owned(), "-c".to_owned(), line])
}

async fn receive(shell: &Arc<Shell>, request: &Request, id: Option<&str>) -> Result<String, Fault> {
    let id = id.ok_or_else(Fault::invalid_parameter)?;
    let command = shell.command(id)?;
    // Base64 makes four characters of three bytes, and small chunks carry much markup.
    let envelope = request.max_envelope.min(MAX_ENVELOPE);
    let room = envelope.saturating_sub(REPLY_OVERHEAD) / 2;
    let received = command.receive(request.operation_timeout, room).await;
    let received = received.ok_or_else(Fault::timed_out)?;
    let mut merged: Vec<(&str, Vec<u8>)> = Vec::new();
    for chunk in received.chunks {
        match merged.last_mut() {
            Some((stream, data)) if *stream == chunk.stream => data.extend(chunk.data),
            _ => merged.push((chunk.stream, chunk.data)),
        }
    }
    let chunks: Vec<_> = merged.iter().map(|(stream, data)| (*stream, data.as_slice())).collect();
    Ok(reply::received(id, &chunks, received.exit_code))
}

async fn send(shell: &Arc<Shell>, request: &Request, input: &[Input]) -> Result<String, Fault> {
    for part in input {
        let id = part.command_id.as_deref().ok_or_else(Fault::invalid_parameter)?;
        let command = shell.command(id)?;
        if !command.send(part.data.clone(), part.end, request.operation_timeout).await {
            return Err(Fault::timed_out());
        }
    }
    Ok(reply::SENT.to_owned())
}

fn signal(shell: &Arc<Shell>, id: Option<&str>, code: &str) -> Result<String, Fault> {
    let id = id.ok_or_else(Fault::invalid_parameter)?;
    let name = code.strip_prefix(ns::SHELL).and_then(|rest| rest.strip_prefix("/signal/"));
    match name.map(str::to_ascii_lowercase).as_deref() {
        // Every client terminates a command that is done; that frees it, and must succeed.
        Some("terminate") => shell.terminate(id),
        Some("ctrl_c" | "ctrl_break") => shell.command(id)?.signal(Signal::SIGINT),
        _ => return Err(Fault::invalid_parameter()),
    }
    Ok(reply::SIGNALLED.to_owned())
}
