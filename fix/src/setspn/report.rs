//! `-X`: SPNs on several accounts. With `--shadowed` also what else leads tickets astray: shadowed
//! aliases, misplaced HOST names, stale holders.
//!
//! It walks through the directory once and collects nothing. Memory holds eight bytes for each
//! distinct SPN, and the text of each suspect. Then it asks the directory for the literal holders
//! of the suspects. So the result depends neither on hashes nor on changes during the walk.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Event, Listener};
use super::outcome::Outcome;
use super::reach::{reach, targets};
use super::request::{Request, Target};
use super::sightings::Sightings;
use super::suspects::Suspects;
use super::sweep::Sweep;
use super::walk::walk;
use super::{duplicates, misplaced, shadowed, stale};
use crate::names::same;

/// Walks through all targets and reports what is wrong across them.
pub(super) async fn report(
    request: &Request,
    with_shadowed: bool,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    let scope = request.scope;
    let targets = check(request, domains, listener).await?;
    let (mut sightings, mut noted) = (Sightings::new(), Vec::new());
    let mut entries = 0;
    listener.hear(Event::Walked { entries, scope })?;
    for target in &targets {
        let dir = reach(domains, listener, target.name()).await?;
        let mut suspects =
            if with_shadowed { Some(Suspects::new(dir.mappings().await?)) } else { None };
        walk(dir, scope, &mut entries, listener, |dn, spns| {
            if let Some(suspects) = &mut suspects {
                suspects.note(dn, &spns);
            }
            sightings.note(&spns);
        })
        .await?;
        noted.extend(suspects);
    }
    let repeated = sightings.take_repeated();
    let left = Suspects::left(noted, &sightings, &repeated);
    drop(sightings);
    listener.hear(Event::WalkEnded { entries })?;
    let mut sweep = Sweep::new(targets, scope, with_shadowed, domains, listener).await?;
    let mut wrong = duplicates::confirm(&repeated, &mut sweep).await?;
    if with_shadowed {
        wrong += shadowed::confirm(&left.aliases, &mut sweep).await?;
        let hosts: Vec<String> = left.hosts.into_iter().collect();
        wrong += misplaced::confirm(&hosts, &mut sweep).await?;
        wrong += stale::confirm(&left.of_conflicts, &mut sweep).await?;
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
