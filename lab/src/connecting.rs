//! The verbs that use the lab as a client: connect and browse.

use spnlab_harness::{
    Account, Attempt, Authentication, ClientReport, ConnectOptions, Lab, Role, accounts,
    list_events,
};

use crate::cli::{Connect, Scheme};
use crate::error::Failure;
use crate::facts;
use crate::interactive;
use crate::talk::{Talk, fit};

/// Exit status of `connect` and `browse` when the host refused: distinct from a remote command's
/// own small numbers.
pub(crate) const REFUSED: u8 = 10;

/// What runs where there is no command and nobody to ask for one.
const DEFAULT_COMMAND: &str = "hostname; whoami";

/// Whether a session is opened: on a terminal, without a command, and without `--json`.
pub(crate) fn is_interactive(options: &Connect, talk: &Talk) -> bool {
    options.command.is_none() && !options.ask_dc2 && !talk.is_json() && interactive::on_a_terminal()
}

pub(crate) async fn connect(options: &Connect, talk: &Talk) -> Result<u8, Failure> {
    check_host(&options.host)?;
    let lab = Lab::attach(&options.lab.name).await?;
    let command = options.command.as_deref();
    let mut how = ConnectOptions::new(&options.host, command.unwrap_or(DEFAULT_COMMAND))
        .include_port_in_spn(options.include_port_in_spn);
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
    if is_interactive(options, talk) {
        return interactive::interactive(&lab, how, talk).await;
    }
    let attempt = lab.connect(&how).await?;
    talk.document("connect", &attempt);
    Ok(show(&attempt, talk))
}

/// Shows a connection: the command's output as its own, the facts as talk.
pub(crate) fn show(attempt: &Attempt, talk: &Talk) -> u8 {
    let status = if !attempt.outcome.connected() || attempt.report.client_status.is_some() {
        show_refusal(&attempt.report, talk)
    } else if let Some(ran) = &attempt.report.command {
        talk.print(ran.stdout.trim_end());
        if !ran.stderr.is_empty() {
            talk.warn(ran.stderr.trim_end());
        }
        u8::try_from(ran.exit_code).unwrap_or(1)
    } else {
        0
    };
    talk.say("\nwhat Kerberos did");
    for line in facts::of(attempt) {
        talk.say(&format!("  {line}"));
    }
    talk.say("\non the wire");
    for line in attempt.wire.trace.to_string().lines() {
        talk.say(&format!("  {}", line.replace('\t', "  ")));
    }
    if !attempt.outcome.connected() {
        talk.say(&format!("\n{}", fit(&list_events(&attempt.windows_events))));
    }
    status
}

/// Shows why there is no connection, in Windows' words where they are known.
pub(crate) fn show_refusal(report: &ClientReport, talk: &Talk) -> u8 {
    if let Some(status) = &report.client_status {
        talk.warn(&status.message);
    } else {
        talk.warn("the connection failed; what a Windows client says in this case is not known");
        if let Some(text) = report.reason() {
            talk.warn(text);
        }
    }
    REFUSED
}

pub(crate) async fn browse(name: &str, host: &str, talk: &Talk) -> Result<u8, Failure> {
    check_host(host)?;
    let lab = Lab::attach(name).await?;
    let visit = lab.browse(host, accounts::TRAINER).await?;
    talk.document("browse", &visit);
    talk.print(&visit.body);
    for line in facts::of_visit(&visit) {
        talk.say(&format!("  {line}"));
    }
    match &visit.error {
        Some(error) => talk.warn(error),
        None => talk.say(&format!("{} answered {}", visit.url, visit.http_status)),
    }
    Ok(if visit.logged_in() { 0 } else { REFUSED })
}

/// A host name or address without a port; anything else would end up in the SPN as typed.
fn check_host(host: &str) -> Result<(), Failure> {
    let good = !host.is_empty()
        && !host.starts_with('-')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if good { Ok(()) } else { Err(Failure::BadHost { host: host.to_owned() }) }
}

pub(crate) fn account(name: &str) -> Result<Account, Failure> {
    accounts::by_name(name).ok_or_else(|| Failure::UnknownName {
        kind: "account",
        name: name.to_owned(),
        known: accounts::ALL.iter().map(|a| a.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_are_taken() {
        for good in ["mem1", "mem1.contoso.com", "10.0.0.1", "a_b"] {
            assert!(check_host(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "mem1:5985", "a b", "a@b", "http://mem1"] {
            assert!(check_host(bad).is_err(), "{bad}");
        }
    }
}
