//! What can be looked at: shells (Get, Enumerate, Pull) and the service's settings.

use super::service::{Caller, Service};
use super::shell::Shell;
use crate::soap::config::{self, Settings};
use crate::soap::enumeration::{self, Enumerate, Pull};
use crate::soap::reply::{self, ShellFacts};
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

/// Shells that have ended since are left out.
fn items(service: &Service, caller: Caller<'_>, ids: &[String]) -> Vec<String> {
    let shells = ids.iter().filter_map(|id| service.shells.peek(caller.principal, id));
    shells.map(|shell| listed(caller, &shell)).collect()
}

/// Starts a list of the caller's own shells.
pub(crate) fn enumerate(service: &Service, caller: Caller<'_>, asked: Enumerate) -> String {
    let ids = service.shells.ids(caller.principal);
    let (now, context) =
        service.enumerations.start(caller.principal, ids, asked.first.unwrap_or(0));
    // A list that was not begun yet needs a Pull even if it is empty.
    enumeration::enumerated(context.as_deref(), &items(service, caller, &now))
}

/// The next part of a list.
pub(crate) fn pull(service: &Service, caller: Caller<'_>, asked: &Pull) -> Result<String, Fault> {
    let (now, context) =
        service.enumerations.next(caller.principal, &asked.context, asked.items)?;
    Ok(enumeration::pulled(context.as_deref(), &items(service, caller, &now)))
}
