//! The verbs that use the lab as a client: connect and browse.

use spnlab_harness::{Account, Attempt, ConnectOptions, Lab, accounts};

use crate::cli::Connect;
use crate::error::Failure;
use crate::facts;
use crate::talk::Talk;

/// Exit status of `connect` and `browse` when the host refused: distinct from a remote command's
/// own small numbers.
pub(crate) const REFUSED: u8 = 10;

pub(crate) async fn connect(options: &Connect, talk: &Talk) -> Result<u8, Failure> {
    check_host(&options.host)?;
    let lab = Lab::attach(&options.lab.name).await?;
    let mut how = ConnectOptions::new(&options.host, &options.command)
        .include_port_in_spn(options.include_port_in_spn);
    how.user = account(&options.user)?;
    let attempt = lab.connect(&how).await?;
    talk.document("connect", &attempt);
    Ok(show(&attempt, talk))
}

/// Shows a connection: the command's output as its own, the facts as talk.
fn show(attempt: &Attempt, talk: &Talk) -> u8 {
    let status = if let Some(status) = &attempt.report.client_status {
        talk.warn(&status.message);
        REFUSED
    } else if !attempt.outcome.connected() {
        talk.warn("the connection failed; what a Windows client says in this case is not known");
        REFUSED
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
    status
}

pub(crate) async fn browse(name: &str, host: &str, talk: &Talk) -> Result<u8, Failure> {
    check_host(host)?;
    let lab = Lab::attach(name).await?;
    let visit = lab.browse(host, accounts::TRAINER).await?;
    talk.document("browse", &visit);
    talk.print(&visit.body);
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
