//! Shells and their commands from the client's side: the answers to Create, Get, Enumerate and
//! Pull. Looking at a shell does not use it.

use super::enumerations::{Enumerated, Enumerations};
use crate::server::security::Caller;
use crate::server::winrs::{Shell, Shells};
use crate::soap::Fault;
use crate::soap::enumeration::{self, Enumerate, Pull};
use crate::soap::reply::{self, CommandFacts, ShellFacts};

fn with_facts<R>(caller: Caller<'_>, shell: &Shell, write: impl Fn(&ShellFacts<'_>) -> R) -> R {
    let (user, realm) = shell.principal.split_once('@').unwrap_or((&shell.principal, ""));
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
pub(super) fn created(caller: Caller<'_>, shell: &Shell) -> String {
    with_facts(caller, shell, reply::created)
}

/// The body of the answer to Get.
pub(super) fn listed(caller: Caller<'_>, shell: &Shell) -> String {
    with_facts(caller, shell, reply::listed)
}

/// The items, without those that have ended since.
fn items(shells: &Shells, caller: Caller<'_>, of: &Enumerated, ids: &[String]) -> Vec<String> {
    let shell = |id: &String| shells.peek(caller.owner, id);
    match of {
        Enumerated::Shells => {
            ids.iter().filter_map(shell).map(|shell| listed(caller, &shell)).collect()
        }
        Enumerated::CommandsOf(id) => {
            let Some(shell) = shell(id) else { return Vec::new() };
            ids.iter().filter_map(|id| listed_command(&shell, id)).collect()
        }
    }
}

fn listed_command(shell: &Shell, id: &str) -> Option<String> {
    let command = shell.command(id).ok()?;
    let (line, done) = (&command.line, command.is_done());
    Some(reply::listed_command(&CommandFacts { id, line, done }))
}

/// Starts an enumeration.
pub(super) fn enumerate(
    shells: &Shells,
    enumerations: &Enumerations,
    caller: Caller<'_>,
    asked: &Enumerate,
    of: Enumerated,
) -> Result<String, Fault> {
    let mut ids = match &of {
        Enumerated::Shells => shells.ids(caller.owner),
        Enumerated::CommandsOf(id) => {
            let shell = shells.peek(caller.owner, id);
            shell.ok_or_else(Fault::unknown_shell)?.commands()
        }
    };
    if let (Enumerated::Shells, Some(one)) = (&of, &asked.shell_id) {
        ids.retain(|id| id == one);
    }
    // Without OptimizeEnumeration, even an empty enumeration needs a Pull.
    let page = enumerations.start(caller.owner, of, ids, asked.first.unwrap_or(0));
    let items = items(shells, caller, &page.of, &page.ids);
    Ok(enumeration::enumerated(page.context.as_deref(), &items))
}

/// The next page of an enumeration.
pub(super) fn pull(
    shells: &Shells,
    enumerations: &Enumerations,
    caller: Caller<'_>,
    asked: &Pull,
) -> Result<String, Fault> {
    let page = enumerations.next(caller.owner, &asked.context, asked.items)?;
    let items = items(shells, caller, &page.of, &page.ids);
    Ok(enumeration::pulled(page.context.as_deref(), &items))
}
