//! The operations on an open shell: Receive, Send, Signal (MS-WSMV 3.1.4.10 to 3.1.4.14). And the
//! wishes that Create may have.

use crate::server::winrs::Shell;
use crate::soap::request::{Input, ShellSpec};
use crate::soap::{Fault, Request, ns, reply};

/// Room in a Receive reply for everything but the streams, and for the markup of a chunk.
const REPLY_OVERHEAD: usize = 4096;

/// A command shell has exactly these streams.
pub(super) fn with_supported_streams(spec: &ShellSpec) -> Result<ShellSpec, Fault> {
    let known = |streams: &Option<String>, names: &[&str]| {
        streams.as_deref().unwrap_or_default().split_whitespace().all(|name| names.contains(&name))
    };
    let supported = known(&spec.input_streams, &["stdin"])
        && known(&spec.output_streams, &["stdout", "stderr"]);
    if supported { Ok(spec.clone()) } else { Err(Fault::invalid_parameter()) }
}

/// Whether a shell can open with the client's code page.
///
/// Programs see UTF-8 in their environment, and the endpoint passes their bytes on unchanged. On
/// Windows, too, a code page changes no bytes; it tells programs what to write. If the first 128
/// characters of the page are ASCII, ASCII text arrives as the client expects. With other pages no
/// text would.
pub(super) fn with_supported_code_page(request: &Request) -> Result<(), Fault> {
    let Some(page) = request.option("WINRS_CODEPAGE") else { return Ok(()) };
    let page = page.trim().parse().map_err(|_| Fault::code_page_not_supported())?;
    if ASCII_PAGES.iter().any(|pages| pages.contains(&page)) {
        return Ok(());
    }
    Err(Fault::code_page_not_supported())
}

/// The code pages of Microsoft's list "Code Page Identifiers" that contain ASCII: those of
/// consoles, of Windows, Japanese, Chinese and Korean, ISO 8859, KOI8, GB 18030, and UTF-8.
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

pub(super) async fn receive(
    shell: &Shell,
    request: &Request,
    id: Option<&str>,
    envelope: usize,
) -> Result<String, Fault> {
    let id = id.ok_or_else(Fault::invalid_parameter)?;
    let command = shell.command(id)?;
    // Base64 makes four characters from three bytes, and small chunks carry much markup.
    let fits = envelope.saturating_sub(REPLY_OVERHEAD) / 2;
    let received = command.receive(request.operation_timeout, fits).await;
    let received = received.ok_or_else(Fault::timed_out)?;
    let mut merged: Vec<(&str, Vec<u8>)> = Vec::new();
    for (stream, data) in received.chunks {
        match merged.last_mut() {
            Some((last, merged)) if *last == stream => merged.extend(data),
            _ => merged.push((stream, data)),
        }
    }
    let chunks: Vec<_> = merged.iter().map(|(stream, data)| (*stream, data.as_slice())).collect();
    Ok(reply::received(id, &chunks, received.exit_code))
}

pub(super) async fn send(
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

pub(super) async fn signal(shell: &Shell, id: Option<&str>, code: &str) -> Result<String, Fault> {
    let id = id.ok_or_else(Fault::invalid_parameter)?;
    let name = code.strip_prefix(ns::SHELL).and_then(|rest| rest.strip_prefix("/signal/"));
    match name.map(str::to_ascii_lowercase).as_deref() {
        // Every client terminates a command that is done. That frees the command, and must succeed.
        Some("terminate") => shell.terminate(id).await,
        Some("ctrl_c" | "ctrl_break") => shell.command(id)?.interrupt(),
        _ => return Err(Fault::invalid_parameter()),
    }
    Ok(reply::SIGNALLED.to_owned())
}
