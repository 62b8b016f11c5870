//! What can be looked at: shells and their commands (Get, Enumerate, Pull) and the service's settings.

use super::service::{Caller, Service};
use super::shell::Shell;
use crate::soap::config::{self, Settings};
use crate::soap::enumeration::{self, Enumerate, Pull};
use crate::soap::reply::{self, CommandFacts, ShellFacts};
use crate::soap::{Fault, MAX_TIMEOUT};

fn with_facts<R>(caller: Caller<'_>, shell: &Shell, write: impl Fn(&ShellFacts<'_>) -> R) -> R {
    let (user, realm) = shell.owner.split_once('@').unwrap_or((&shell.owner, ""));
    write(&ShellFacts {
        id: &shell.id,
        name: shell.name.as_deref(),
        address: caller.endpoint,
        owner: &format!("{realm}\\{user}"),
        client_ip: &shell.client.to_string(),
        run_time: shell.run_time(),
        inactivity: shell.inactivity(),
        idle_timeout: shell.idle_timeout,
        input_streams: &shell.input_streams,
        output_streams: &shell.output_streams,
    })
}

/// The body of the answer to Create.
pub(crate) fn created(caller: Caller<'_>, shell: &Shell) -> String {
    with_facts(caller, shell, reply::created)
}

/// The body of the answer to Get.
pub(crate) fn listed(caller: Caller<'_>, shell: &Shell) -> String {
    with_facts(caller, shell, reply::listed)
}

/// The body of the answer to Get of `winrm/config`.
pub(crate) fn config(service: &Service) -> String {
    config::config(&Settings {
        max_envelope_kb: service.limits.envelope / 1024,
        max_timeout_ms: MAX_TIMEOUT.as_millis(),
        allow_unencrypted: service.allow_unencrypted,
        channel_binding: service.channel_binding,
        max_shells_per_user: service.limits.shells_per_principal,
        max_processes_per_shell: service.limits.commands_per_shell,
        idle_timeout_ms: service.limits.idle.as_millis(),
    })
}

/// What a list is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    /// The caller's own shells.
    Shells,
    /// The commands of one of them.
    CommandsOf(String),
}

/// So much of a command's text stands in a list; a command may be as long as an envelope.
const SHOWN: usize = 4096;

/// What has ended since is left out.
fn items(service: &Service, caller: Caller<'_>, of: &Of, ids: &[String]) -> Vec<String> {
    let shell = |id: &String| service.shells.peek(caller.principal, id);
    match of {
        Of::Shells => ids.iter().filter_map(shell).map(|shell| listed(caller, &shell)).collect(),
        Of::CommandsOf(id) => {
            let Some(shell) = shell(id) else { return Vec::new() };
            ids.iter().filter_map(|id| listed_command(&shell, id)).collect()
        }
    }
}

fn listed_command(shell: &Shell, id: &str) -> Option<String> {
    let command = shell.command(id).ok()?;
    let end = command.line.char_indices().nth(SHOWN).map_or(command.line.len(), |(end, _)| end);
    let line = command.line.get(..end).unwrap_or_default();
    Some(reply::listed_command(&CommandFacts { id, line, done: command.is_done() }))
}

/// Starts a list. Looking at a shell is not using it.
pub(crate) fn enumerate(
    service: &Service,
    caller: Caller<'_>,
    asked: &Enumerate,
    of: Of,
) -> Result<String, Fault> {
    let mut ids = match &of {
        Of::Shells => service.shells.ids(caller.principal),
        Of::CommandsOf(id) => {
            let shell = service.shells.peek(caller.principal, id);
            shell.ok_or_else(Fault::unknown_shell)?.commands()
        }
    };
    if let (Of::Shells, Some(one)) = (&of, &asked.shell_id) {
        ids.retain(|id| id == one);
    }
    let part = service.enumerations.start(caller.principal, of, ids, asked.first.unwrap_or(0));
    // A list that was not begun yet needs a Pull even if it is empty.
    let items = items(service, caller, &part.of, &part.ids);
    Ok(enumeration::enumerated(part.context.as_deref(), &items))
}

/// The next part of a list.
pub(crate) fn pull(service: &Service, caller: Caller<'_>, asked: &Pull) -> Result<String, Fault> {
    let part = service.enumerations.next(caller.principal, &asked.context, asked.items)?;
    let items = items(service, caller, &part.of, &part.ids);
    Ok(enumeration::pulled(part.context.as_deref(), &items))
}
