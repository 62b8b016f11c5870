//! SPNs that shadow an alias of another account: the situation of KB 4549715.
//!
//! `HTTP/mem1` is an alias of `HOST/mem1` until an account holds it literally. If that account does
//! not hold `HOST/mem1`, tickets for `HTTP/mem1` are encrypted with its key. The directory's own
//! `sPNMappings` say which classes are aliases.

use std::collections::{BTreeSet, HashMap};

use super::ask::{AT_ONCE, Holding, ask};
use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Event, Listener, Shadowed};
use super::reach::reach;
use super::request::Target;
use super::sightings::Sightings;
use super::walk::walk;
use crate::directory::Scope;
use crate::names::{ServiceClass, SpnMappings, fold};

/// A folded SPN and what it is an alias of.
pub(super) type Suspect = (String, String);

/// Walks through all targets again. It looks for aliases whose other name may exist, but is not on
/// the same account.
pub(super) async fn suspects(
    targets: &[Target],
    scope: Scope,
    entries: &mut u64,
    sightings: &Sightings,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Vec<Suspect>, SetspnError> {
    let mut suspects = BTreeSet::new();
    for target in targets {
        let dir = reach(domains, listener, target.name()).await?;
        let mut aliases = Aliases { mappings: dir.mappings().await?, known: HashMap::new() };
        let take = |spns: BTreeSet<String>| {
            for spn in &spns {
                let Some(other) = aliases.other_name(spn) else { continue };
                if !spns.contains(&other) && sightings.may_hold(&other) {
                    suspects.insert((spn.clone(), other));
                }
            }
        };
        walk(dir, scope, entries, listener, take).await?;
    }
    Ok(suspects.into_iter().collect())
}

/// A directory has few service classes and many SPNs, so each class is looked up once.
struct Aliases {
    mappings: SpnMappings,
    known: HashMap<String, Option<String>>,
}

/// Most classes that are remembered: far more than a directory has.
const CLASSES: usize = 1000;

impl Aliases {
    /// `host/mem1` for `http/mem1`. It splits the text without the grammar, because values that are
    /// no SPNs can still be requested.
    fn other_name(&mut self, spn: &str) -> Option<String> {
        let (class, rest) = spn.split_once('/')?;
        let other = match self.known.get(class) {
            Some(known) => known.clone(),
            None => self.look_up(class),
        };
        other.map(|other| format!("{other}/{rest}")).filter(|other| other != spn)
    }

    fn look_up(&mut self, class: &str) -> Option<String> {
        let parsed = class.parse::<ServiceClass>().ok();
        let stands_for = parsed.and_then(|class| self.mappings.stands_for(&class).cloned());
        let other = stands_for.map(|class| fold(class.as_str()));
        if self.known.len() < CLASSES {
            self.known.insert(class.to_owned(), other.clone());
        }
        other
    }
}

/// Asks for the holders of the suspects and of the names behind the aliases, and reports the real
/// ones.
pub(super) async fn confirm(
    suspects: &[Suspect],
    targets: &[Target],
    scope: Scope,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<usize, SetspnError> {
    let mut count = 0;
    for some in suspects.chunks(AT_ONCE / 2) {
        let values: Vec<String> =
            some.iter().flat_map(|(spn, other)| [spn.clone(), other.clone()]).collect();
        let accounts = ask(&values, targets, scope, domains, listener).await?;
        for (spn, other) in some {
            let owners = Holding::of(other, &accounts);
            let holders = Holding::of(spn, &accounts).without(&owners);
            if let (Some(spn), Some(alias_of)) = (holders.spelled(), owners.spelled()) {
                let found = Shadowed {
                    spn: spn.to_owned(),
                    accounts: holders.dns(),
                    alias_of: alias_of.to_owned(),
                    owners: owners.dns(),
                };
                listener.hear(Event::Shadowed(&found))?;
                count += 1;
            }
        }
    }
    Ok(count)
}
