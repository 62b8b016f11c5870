//! `spnlab connect`.

use std::sync::Arc;

use spnlab_harness::{Attempt, Authentication, ConnectOptions, Lab, Role};

use crate::cli::{Connect, Scheme, name_option};
use crate::console::Console;
use crate::failure::Failure;
use crate::reader::{Reader, on_a_terminal};
use crate::state::{RunEvidence, note_attempt};
use crate::typed::account;
use crate::{prompt, show};

/// The command of a script that names none.
const DEFAULT_COMMAND: &str = "hostname; whoami";

/// Whether to open a session: on a terminal, without a command, and without `--json`.
pub(crate) fn opens_session(options: &Connect, console: &Console) -> bool {
    let one_command = options.command.is_some() || options.ask_dc2 || options.keep_tickets;
    !one_command && !console.is_json() && on_a_terminal()
}

pub(super) async fn connect(options: &Connect, console: &Arc<Console>) -> Result<u8, Failure> {
    let lab = console.works_in(Lab::attach(&options.lab.name).await?);
    let command = options.command.as_deref();
    let mut how = ConnectOptions::new(&options.host, command.unwrap_or(DEFAULT_COMMAND))
        .include_port_in_spn(options.include_port_in_spn)
        .keep_tickets(options.keep_tickets);
    if options.ask_dc2 {
        how.domain_controller = Role::Dc2;
    }
    how.user = account(&options.user)?;
    how.use_ssl = options.use_ssl;
    how.channel_binding = !options.no_channel_binding;
    how.authentication = match options.authentication {
        Scheme::Kerberos => Authentication::Kerberos,
        Scheme::Negotiate => Authentication::Negotiate,
    };
    let folder = options.evidence.as_deref();
    let evidence = RunEvidence::open("connect", &options.lab.name, folder, console)?;
    let details = show::Details {
        wire: options.wire,
        events: options.events,
        message: options.message,
        picture: options.picture,
        cmdlet: None,
    };
    if opens_session(options, console) {
        let next = show::next(&how, &name_option(&options.lab.name));
        let after = |attempt: &Attempt| {
            evidence.say(console);
            if !attempt.outcome.connected() {
                console.explain(&next);
            }
        };
        let look = prompt::Look { details, after: &after, prompt_end: " $ " };
        let mut reader = Reader::terminal();
        return prompt::session(&lab, how, &look, &evidence, &mut reader, console).await;
    }
    let attempt = lab.connect_watched(&how, &evidence.watch(console)).await?;
    note_attempt(&lab, &attempt, &evidence, console).await;
    console.document("connect", &evidence.with_path(&attempt));
    let status = show::connection(&attempt, details, console);
    evidence.say(console);
    if !attempt.outcome.connected() {
        if attempt.cached {
            console.explain("the ticket was kept from before: spnlab klist purge removes it");
        }
        console.explain(&show::next(&how, &name_option(&options.lab.name)));
    }
    Ok(status)
}
