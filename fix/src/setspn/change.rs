//! `-S`, `-A`, `-D` and `-R`: single values, one after the other.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Edit, Event, Listener};
use super::find::{Found, NO_SUCH_USER, find};
use super::outcome::Outcome;
use super::reach::reach;
use super::request::{Request, Target, Who};
use super::undo::undo;
use crate::directory::{Account, AccountKind, Directory, DirectoryError, LdapCode};
use crate::names::{Spn, holds, same};

/// `-S`: adds the value if no account of the targets holds it.
pub(super) async fn add_checked(
    request: &Request,
    spn: &Spn,
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    let (account, home) = match find(who, domains, listener).await? {
        Found::Account(account, home) => (account, home),
        Found::Nobody(code) => return nobody(who, code, listener),
    };
    let own = || vec![home.clone().map_or(Target::Current, Target::Named)];
    let targets = if request.targets.is_empty() { own() } else { request.targets.clone() };
    let mut held = false;
    for target in &targets {
        let dir = reach(domains, listener, target.name()).await?;
        let domain = dir.domain().await?;
        listener
            .hear(Event::Checking { scope: request.scope, root: domain.root(request.scope) })?;
        for holder in dir.holders(std::slice::from_ref(spn), request.scope).await? {
            listener.hear(Event::Holder(&holder))?;
            held = true;
        }
    }
    if held {
        listener.hear(Event::AlreadyHeld)?;
        return Ok(Outcome::Duplicate);
    }
    listener.hear(Event::Free)?;
    let values = [spn.to_string()];
    let at = At { account: &account, home: home.as_deref() };
    edit(Edit::Add, &values, &values, at, domains, listener).await
}

/// `-A`: adds, without a check of its own.
pub(super) async fn add(
    spn: &Spn,
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    match find(who, domains, listener).await? {
        Found::Account(account, home) => {
            let values = [spn.to_string()];
            let at = At { account: &account, home: home.as_deref() };
            edit(Edit::Add, &values, &values, at, domains, listener).await
        }
        Found::Nobody(code) => nobody(who, code, listener),
    }
}

/// `-D`: deletes the value as the account stores it, whatever case the user typed.
pub(super) async fn delete(
    spn: &str,
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    let (account, home) = match find(who, domains, listener).await? {
        Found::Account(account, home) => (account, home),
        Found::Nobody(code) => return nobody(who, code, listener),
    };
    // If the value seems absent, the directory still gets the request: it folds more than this
    // crate does.
    let stored = account.spns.iter().find(|value| same(value, spn)).map_or(spn, String::as_str);
    let (shown, stored) = ([spn.to_owned()], [stored.to_owned()]);
    let at = At { account: &account, home: home.as_deref() };
    edit(Edit::Delete, &shown, &stored, at, domains, listener).await
}

/// `-R`: adds `HOST/<name>` and `HOST/<DNS name>` if they are missing.
pub(super) async fn reset(
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    let (computer, home) = match find(who, domains, listener).await? {
        Found::Account(account, home) if account.kind == AccountKind::Computer => (account, home),
        Found::Account(..) => return nobody(who, NO_SUCH_USER, listener),
        Found::Nobody(code) => return nobody(who, code, listener),
    };
    let shown = host_spns(&computer);
    let missing: Vec<String> =
        shown.iter().filter(|value| !holds(&computer.spns, value)).cloned().collect();
    let at = At { account: &computer, home: home.as_deref() };
    edit(Edit::Add, &shown, &missing, at, domains, listener).await
}

fn host_spns(computer: &Account) -> Vec<String> {
    let name = computer.setspn_name();
    let derived = || format!("{name}.{}", computer.domain()).to_lowercase();
    let full = computer.dns_host_name.clone().unwrap_or_else(derived);
    let mut values = vec![format!("HOST/{name}")];
    if !same(&full, name) {
        values.push(format!("HOST/{full}"));
    }
    values
}

fn nobody(who: &Who, code: u32, listener: &mut dyn Listener) -> Result<Outcome, SetspnError> {
    listener.hear(Event::NoAccount { name: &who.typed, code, edit: true })?;
    Ok(Outcome::NoAccount)
}

/// An account, and its domain.
struct At<'a> {
    account: &'a Account,
    home: Option<&'a str>,
}

/// Reports `shown` and writes `values`, one by one, until the directory refuses one.
async fn edit(
    edit: Edit,
    shown: &[String],
    values: &[String],
    at: At<'_>,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    listener.hear(Event::Changing { edit, account: at.account, values: shown })?;
    let dir = reach(domains, listener, at.home).await?;
    let mut written = Vec::new();
    let mut failed = None;
    for value in values {
        match write(dir, edit, &at.account.dn, value).await {
            Ok(()) => written.push(undo(edit, value, at.account, at.home)),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let outcome = match failed {
        None => {
            listener.hear(Event::Updated)?;
            Outcome::Done
        }
        Some(error) => {
            let outcome = outcome(edit, &error);
            listener.hear(Event::Refused { edit, dn: &at.account.dn, error: &error })?;
            outcome
        }
    };
    if !written.is_empty() {
        listener.hear(Event::Undo(&written))?;
    }
    Ok(outcome)
}

async fn write(
    dir: &mut dyn Directory,
    edit: Edit,
    dn: &str,
    value: &str,
) -> Result<(), DirectoryError> {
    match edit {
        Edit::Add => dir.add(dn, value).await,
        Edit::Delete => dir.delete(dn, value).await,
    }
}

fn outcome(edit: Edit, error: &DirectoryError) -> Outcome {
    match (edit, error.ldap_code()) {
        (Edit::Delete, Some(LdapCode::NO_SUCH_ATTRIBUTE)) => Outcome::NotFound,
        (_, Some(_)) => Outcome::Refused,
        (_, None) => Outcome::NoDirectory,
    }
}
