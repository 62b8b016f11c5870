//! Enumerations that a client reads page by page (WS-Enumeration: Enumerate, then Pull).

use crate::server::lock::lock;
use crate::soap::{Fault, new_guid};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// Enumerations at one time. A client that leaves many behind ends the oldest ones.
const MOST: usize = 256;
/// How long an enumeration waits for its next Pull.
const PULLED_WITHIN: Duration = Duration::from_secs(60);

/// The items of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Enumerated {
    /// The caller's own shells.
    Shells,
    /// The commands of one of them.
    CommandsOf(String),
}

struct Enumeration {
    owner: String,
    of: Enumerated,
    rest: Vec<String>,
    since: Instant,
}

/// Every unfinished enumeration, by its context.
#[derive(Default)]
pub(crate) struct Enumerations(Mutex<HashMap<String, Enumeration>>);

/// The items of one answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) of: Enumerated,
    pub(super) ids: Vec<String>,
    /// The enumeration context, if there may be more.
    pub(super) context: Option<String>,
}

impl Enumerations {
    /// Starts an enumeration; returns its first `count` items. With a count of 0, all items wait
    /// for the first Pull.
    pub(super) fn start(
        &self,
        owner: &str,
        of: Enumerated,
        mut ids: Vec<String>,
        count: usize,
    ) -> Page {
        if count > 0 && count >= ids.len() {
            return Page { of, ids, context: None };
        }
        let rest = ids.split_off(count);
        let mut all = lock(&self.0);
        all.retain(|_, one| one.since.elapsed() < PULLED_WITHIN);
        if all.len() >= MOST {
            let oldest = all.iter().min_by_key(|(_, one)| one.since).map(|(id, _)| id.clone());
            oldest.and_then(|id| all.remove(&id));
        }
        let id = new_guid();
        let (owner, since) = (owner.to_owned(), Instant::now());
        all.insert(id.clone(), Enumeration { owner, of: of.clone(), rest, since });
        Page { of, ids, context: Some(id) }
    }

    /// The next items of an owner's own enumeration.
    pub(super) fn next(&self, owner: &str, context: &str, count: usize) -> Result<Page, Fault> {
        let mut all = lock(&self.0);
        let own =
            |one: &&mut Enumeration| one.owner == owner && one.since.elapsed() < PULLED_WITHIN;
        let one = all.get_mut(context).filter(own).ok_or_else(Fault::unknown_enumeration)?;
        let after = one.rest.split_off(count.min(one.rest.len()));
        let ids = std::mem::replace(&mut one.rest, after);
        let of = one.of.clone();
        one.since = Instant::now();
        if one.rest.is_empty() {
            all.remove(context);
            return Ok(Page { of, ids, context: None });
        }
        Ok(Page { of, ids, context: Some(context.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|n| n.to_string()).collect()
    }

    #[tokio::test]
    async fn pages_of_an_enumeration() {
        let all = Enumerations::default();
        let start = |count, first| {
            all.start("a", Enumerated::CommandsOf("S".to_owned()), ids(count), first)
        };
        let whole = start(2, 2);
        assert_eq!((whole.ids, whole.context), (ids(2), None));
        let first = start(3, 1);
        let id = first.context.unwrap();
        assert_eq!(first.ids, ids(1));
        // Another user's looks as if it did not exist.
        assert!(all.next("b", &id, 1).is_err());
        assert_eq!(all.next("a", &id, 1).unwrap().ids, ["1"]);
        let last = all.next("a", &id, 9).unwrap();
        assert_eq!((last.ids, last.context), (vec!["2".to_owned()], None));
        // It keeps its kind of items.
        assert_eq!(last.of, Enumerated::CommandsOf("S".to_owned()));
        assert!(all.next("a", &id, 1).is_err());
        let empty = start(0, 0);
        assert!(empty.ids.is_empty());
        let last = all.next("a", &empty.context.unwrap(), 1).unwrap();
        assert_eq!((last.ids, last.context), (Vec::new(), None));
    }

    #[tokio::test(start_paused = true)]
    async fn enumerations_are_bounded_in_number_and_time() {
        let all = Enumerations::default();
        let start = || all.start("a", Enumerated::Shells, ids(1), 0).context;
        let first = start();
        for _ in 0..MOST {
            tokio::time::advance(Duration::from_millis(1)).await;
            start();
        }
        assert!(all.next("a", &first.unwrap(), 1).is_err());
        let last = start();
        tokio::time::advance(PULLED_WITHIN).await;
        assert!(all.next("a", &last.unwrap(), 1).is_err());
    }
}
