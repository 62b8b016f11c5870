//! The operations on a running shell: Command, Receive, Send, Signal (MS-WSMV 3.1.4.10 to 3.1.4.14).

use super::shell::Shell;
use crate::soap::reply;
use crate::soap::request::{Input, ShellSpec};
use crate::soap::{Fault, Request, ns};
use nix::sys::signal::Signal;

/// What a Receive reply needs besides the streams, and per chunk.
const REPLY_OVERHEAD: usize = 4096;

/// A command shell has these streams and no others.
pub(crate) fn with_supported_streams(spec: &ShellSpec) -> Result<ShellSpec, Fault> {
    let known = |streams: &Option<String>, names: &[&str]| {
        streams.as_deref().unwrap_or_default().split_whitespace().all(|name| names.contains(&name))
    };
    let supported = known(&spec.input_streams, &["stdin"])
        && known(&spec.output_streams, &["stdout", "stderr"]);
    if supported { Ok(spec.clone()) } else { Err(Fault::invalid_parameter()) }
}

/// What to execute: the text through the shell, or a program of its own.
pub(crate) fn argv(
    direct: bool,
    command: &str,
    arguments: &[String],
) -> Result<Vec<String>, Fault> {
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

pub(crate) async fn receive(
    shell: &Shell,
    request: &Request,
    id: Option<&str>,
    envelope: usize,
) -> Result<String, Fault> {
    let id = id.ok_or_else(Fault::invalid_parameter)?;
    let command = shell.command(id)?;
    // Base64 makes four characters of three bytes, and small chunks carry much markup.
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

pub(crate) async fn send(
    shell: &Shell,
    request: &Request,
    input: &[Input],
) -> Result<String, Fault> {
    for part in input {
        let id = part.command_id.as_deref().ok_or_else(Fault::invalid_parameter)?;
        let command = shell.command(id)?;
        if !command.send(part.data.clone(), part.end, request.operation_timeout).await {
            return Err(Fault::timed_out());
        }
    }
    Ok(reply::SENT.to_owned())
}

pub(crate) fn signal(shell: &Shell, id: Option<&str>, code: &str) -> Result<String, Fault> {
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
