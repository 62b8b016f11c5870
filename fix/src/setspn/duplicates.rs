//! `-X`: SPNs on several accounts. With `--shadowed` also SPNs that shadow an alias.
//!
//! It walks through the directory and collects nothing. Memory holds eight bytes for each distinct
//! SPN, and the text of each suspect. Then it asks the directory for the literal holders of the
//! suspects. So the result depends neither on hashes nor on changes during the walk.

use super::ask::{AT_ONCE, Holding, ask};
use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Duplicate, Event, Listener};
use super::outcome::Outcome;
use super::reach::{reach, targets};
use super::request::{Request, Target};
use super::shadowed;
use super::sightings::Sightings;
use super::walk::walk;
use crate::directory::Scope;
use crate::names::same;

/// Walks through all targets and reports what is wrong across them.
pub(super) async fn report(
    request: &Request,
    shadowed: bool,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    let scope = request.scope;
    let targets = check(request, domains, listener).await?;
    let mut sightings = Sightings::new();
    let mut entries = 0;
    listener.hear(Event::Walked { entries, scope })?;
    for target in &targets {
        let dir = reach(domains, listener, target.name()).await?;
        walk(dir, scope, &mut entries, listener, |spns| sightings.note(spns)).await?;
    }
    let (repeated, accounts) = (sightings.take_repeated(), entries);
    let suspects = if shadowed {
        shadowed::suspects(&targets, scope, &mut entries, &sightings, domains, listener).await?
    } else {
        Vec::new()
    };
    drop(sightings);
    listener.hear(Event::WalkEnded { entries: accounts })?;
    let mut wrong = duplicates(&repeated, &targets, scope, domains, listener).await?;
    listener.hear(Event::Duplicates { count: wrong })?;
    if shadowed {
        let count = shadowed::confirm(&suspects, &targets, scope, domains, listener).await?;
        listener.hear(Event::ShadowedEnd { count })?;
        wrong += count;
    }
    Ok(if wrong == 0 { Outcome::Done } else { Outcome::Duplicate })
}

/// Announces the targets. Two names for one domain or forest count once, else every SPN would be a
/// duplicate.
async fn check(
    request: &Request,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Vec<Target>, SetspnError> {
    let (mut roots, mut distinct): (Vec<String>, Vec<Target>) = (Vec::new(), Vec::new());
    for target in targets(request) {
        let domain = reach(domains, listener, target.name()).await?.domain().await?;
        let root = domain.root(request.scope);
        if !roots.iter().any(|known| same(known, root)) {
            listener.hear(Event::Checking { scope: request.scope, root })?;
            roots.push(root.to_owned());
            distinct.push(target);
        }
    }
    Ok(distinct)
}

/// Asks for the holders of the suspects, and reports those with several holders.
async fn duplicates(
    suspects: &[String],
    targets: &[Target],
    scope: Scope,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<usize, SetspnError> {
    let mut count = 0;
    for some in suspects.chunks(AT_ONCE) {
        let accounts = ask(some, targets, scope, domains, listener).await?;
        for suspect in some {
            let holding = Holding::of(suspect, &accounts);
            if let (Some(spn), true) = (holding.spelled(), holding.len() > 1) {
                let found = Duplicate { spn: spn.to_owned(), accounts: holding.dns() };
                listener.hear(Event::Duplicate(&found))?;
                count += 1;
            }
        }
    }
    Ok(count)
}
