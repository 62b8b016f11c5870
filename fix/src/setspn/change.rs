//! `-S`, `-A`, `-D` and `-R`: single values, one after the other.

use super::ask::ask;
use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Edit, Event, Listener};
use super::find::{Found, Nobody, find};
use super::outcome::Outcome;
use super::owner::host_spns;
use super::reach::reach;
use super::request::{Request, Target, Who};
use super::undo::{Undo, of_addition, of_deletion};
use crate::directory::{Account, AccountKind, Directory, DirectoryError, LdapCode, Scope};
use crate::names::{Spn, fold, holds, same};

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
        Found::Nobody(nobody) => return nobody.tell(who, true, listener),
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
    edit(Edit::Add, &values, at.additions(&values), at, domains, listener).await
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
            edit(Edit::Add, &values, at.additions(&values), at, domains, listener).await
        }
        Found::Nobody(nobody) => nobody.tell(who, true, listener),
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
        Found::Nobody(nobody) => return nobody.tell(who, true, listener),
    };
    let at = At { account: &account, home: home.as_deref() };
    let scope = reach(domains, listener, at.home).await?.reach();
    let home = at.home.map_or(Target::Current, |name| Target::Named(name.to_owned()));
    let value = [fold(spn)];
    let mut found = ask(&value, &[home], scope, domains, listener).await?;
    // For a value that is no SPN, more than its holders may be found.
    found.retain(|holder| spn.parse::<Spn>().is_ok() || holds(&holder.spns, spn));
    let (mine, others): (Vec<Account>, Vec<Account>) =
        found.into_iter().partition(|holder| holder.is(&account.dn));
    let stored = account.spns.iter().find(|value| same(value, spn));
    let shown = [spn.to_owned()];
    // The directory folds more than this crate does, so its answer counts, too.
    if stored.is_none() && mine.is_empty() && !others.is_empty() {
        listener.hear(Event::Changing { edit: Edit::Delete, account: &account, values: &shown })?;
        listener.hear(Event::NotHeld { account: &account, value: spn, holders: &others })?;
        return Ok(Outcome::NotFound);
    }
    // If nobody seems to hold it, the directory still gets the request.
    let stored = stored.map_or(spn, String::as_str);
    let mut undo = of_deletion(stored, &others, at.account, at.home);
    if let (Ok(spn), false) = (stored.parse(), undo.commands.is_empty()) {
        let dir = reach(domains, listener, at.home).await?;
        undo.caution = alias_elsewhere(dir, &spn, at.account).await?;
    }
    let write = Write { value: stored.to_owned(), undo };
    edit(Edit::Delete, &shown, vec![write], at, domains, listener).await
}

/// Samba refuses `HOST/x` while another account holds an alias of it, such as `HTTP/x`.
async fn alias_elsewhere(
    dir: &mut dyn Directory,
    spn: &Spn,
    account: &Account,
) -> Result<Option<String>, SetspnError> {
    let mappings = dir.mappings().await?;
    let aliases: Vec<Spn> =
        mappings.aliases_of(spn.class()).map(|class| spn.with_class(class)).collect();
    let holders = dir.holders(&aliases, Scope::Domain).await?;
    let other = holders.iter().find(|holder| !holder.is(&account.dn));
    Ok(other.and_then(|other| {
        let alias = aliases.iter().find_map(|alias| other.stored(alias).first().copied())?;
        let name = &other.name;
        Some(format!("Samba refuses this undo while {name} holds {alias}, an alias of {spn}"))
    }))
}

/// `-R`: adds `HOST/<name>` and `HOST/<DNS name>` if they are missing.
pub(super) async fn reset(
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    let (computer, home) = match find(who, domains, listener).await? {
        Found::Account(account, home) if account.kind == AccountKind::Computer => (account, home),
        Found::Account(..) => return Nobody::user(None).tell(who, true, listener),
        Found::Nobody(nobody) => return nobody.tell(who, true, listener),
    };
    let shown = host_spns(&computer);
    let missing: Vec<String> =
        shown.iter().filter(|value| !holds(&computer.spns, value)).cloned().collect();
    let at = At { account: &computer, home: home.as_deref() };
    edit(Edit::Add, &shown, at.additions(&missing), at, domains, listener).await
}

/// An account, and its domain.
#[derive(Clone, Copy)]
struct At<'a> {
    account: &'a Account,
    home: Option<&'a str>,
}

impl At<'_> {
    fn additions(self, values: &[String]) -> Vec<Write> {
        let write = |value: &String| Write {
            value: value.clone(),
            undo: of_addition(value, self.account, self.home),
        };
        values.iter().map(write).collect()
    }
}

/// A value, and what undoes its change.
struct Write {
    value: String,
    undo: Undo,
}

/// Reports `shown` and makes the writes, one by one, until the directory refuses one.
async fn edit(
    edit: Edit,
    shown: &[String],
    writes: Vec<Write>,
    at: At<'_>,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    listener.hear(Event::Changing { edit, account: at.account, values: shown })?;
    let dir = reach(domains, listener, at.home).await?;
    let (mut undo, mut failed) = (Undo::default(), None);
    for one in writes {
        match write(dir, edit, &at.account.dn, &one.value).await {
            Ok(()) => undo.append(one.undo),
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
    if !undo.commands.is_empty() {
        listener.hear(Event::Undo(&undo.commands))?;
    }
    for why in &undo.none {
        listener.hear(Event::NoUndo(why))?;
    }
    if let Some(caution) = &undo.caution {
        listener.hear(Event::Hint(caution))?;
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
    match (edit, error) {
        (Edit::Delete, DirectoryError::Refused { code: LdapCode::NO_SUCH_ATTRIBUTE, .. }) => {
            Outcome::NotFound
        }
        // The directory answered. A duplicate is its refusal, too.
        (_, DirectoryError::Refused { .. } | DirectoryError::Duplicate { .. }) => Outcome::Refused,
        _ => Outcome::NoDirectory,
    }
}
