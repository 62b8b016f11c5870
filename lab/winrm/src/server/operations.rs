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

/// Whether a shell can be opened with the code page that its client asks for.
///
/// Programs are told UTF-8, and their bytes are passed on as they are, whatever the client says: on
/// Windows, too, a code page changes no bytes, but tells programs what to write. Where the first 128
/// characters of the page are ASCII, what is ASCII arrives as asked. Of other pages nothing would.
pub(crate) fn with_supported_code_page(request: &Request) -> Result<(), Fault> {
    let Some(page) = request.option("WINRS_CODEPAGE") else { return Ok(()) };
    let page = page.trim().parse().map_err(|_| Fault::code_page_not_supported())?;
    if ASCII_PAGES.iter().any(|pages| pages.contains(&page)) {
        return Ok(());
    }
    Err(Fault::code_page_not_supported())
}

/// The code pages of Microsoft's list "Code Page Identifiers" that hold ASCII: those of consoles, of
/// Windows, Japanese, Chinese and Korean, ISO 8859, KOI8, GB 18030, and UTF-8.
const ASCII_PAGES: &[std::ops::RangeInclusive<u32>] = &[
    437..=437,
    720..=720,
    737..=737,
    775..=775,
    850..=850,
    852..=852,
    855..=855,
    857..=858,
    860..=866,
    869..=869,
    874..=874,
    932..=932,
    936..=936,
    949..=950,
    1250..=1258,
    1361..=1361,
    20127..=20127,
    20866..=20866,
    21866..=21866,
    28591..=28599,
    28603..=28603,
    28605..=28605,
    54936..=54936,
    65001..=65001,
];

/// What to execute.
pub(crate) struct CommandLine {
    pub(crate) argv: Vec<String>,
    /// As the client wrote it.
    pub(crate) text: String,
}

/// The text through the shell, or a program of its own.
pub(crate) fn command_line(
    direct: bool,
    command: &str,
    arguments: &[String],
) -> Result<CommandLine, Fault> {
    if command.trim().is_empty() || command.contains('\0') {
        return Err(Fault::invalid_parameter());
    }
    let mut text = command.to_owned();
    for argument in arguments {
        text.push(' ');
        text.push_str(argument);
    }
    let argv = if direct {
        let words = arguments.iter().flat_map(|text| text.split_whitespace());
        std::iter::once(command.trim()).chain(words).map(str::to_owned).collect()
    } else {
        vec!["/bin/sh".to_owned(), "-c".to_owned(), text.clone()]
    };
    Ok(CommandLine { argv, text })
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
