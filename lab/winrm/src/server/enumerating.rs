//! Lists that a client reads in parts.

use super::shell::locked;
use super::views::Of;
use crate::soap::{Fault, new_guid};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// Lists at one time; a client that leaves many behind spoils nobody's but the oldest ones.
const LISTS: usize = 256;
/// How long a list waits for its next Pull.
const PATIENCE: Duration = Duration::from_secs(60);

struct List {
    owner: String,
    of: Of,
    rest: Vec<String>,
    since: Instant,
}

/// Every list that is not at its end.
#[derive(Default)]
pub(crate) struct Enumerations(Mutex<HashMap<String, List>>);

/// A part of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) of: Of,
    pub(crate) ids: Vec<String>,
    /// The list's id, if there may be more.
    pub(crate) context: Option<String>,
}

impl Enumerations {
    /// Starts a list; returns its first `count` items. With a count of 0 the items wait for the first
    /// Pull.
    pub(crate) fn start(&self, owner: &str, of: Of, mut ids: Vec<String>, count: usize) -> Part {
        if count > 0 && count >= ids.len() {
            return Part { of, ids, context: None };
        }
        let rest = ids.split_off(count);
        let mut lists = locked(&self.0);
        lists.retain(|_, list| list.since.elapsed() < PATIENCE);
        if lists.len() >= LISTS {
            let oldest = lists.iter().min_by_key(|(_, list)| list.since).map(|(id, _)| id.clone());
            oldest.and_then(|id| lists.remove(&id));
        }
        let id = new_guid();
        let list = List { owner: owner.to_owned(), of: of.clone(), rest, since: Instant::now() };
        lists.insert(id.clone(), list);
        Part { of, ids, context: Some(id) }
    }

    /// The next items of an owner's own list.
    pub(crate) fn next(&self, owner: &str, id: &str, count: usize) -> Result<Part, Fault> {
        let mut lists = locked(&self.0);
        let own = |list: &&mut List| list.owner == owner && list.since.elapsed() < PATIENCE;
        let list = lists.get_mut(id).filter(own).ok_or_else(Fault::unknown_enumeration)?;
        let after = list.rest.split_off(count.min(list.rest.len()));
        let ids = std::mem::replace(&mut list.rest, after);
        let of = list.of.clone();
        list.since = Instant::now();
        if list.rest.is_empty() {
            lists.remove(id);
            return Ok(Part { of, ids, context: None });
        }
        Ok(Part { of, ids, context: Some(id.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|n| n.to_string()).collect()
    }

    #[tokio::test]
    async fn parts_of_a_list() {
        let lists = Enumerations::default();
        let start =
            |count, first| lists.start("a", Of::CommandsOf("S".to_owned()), ids(count), first);
        let whole = start(2, 2);
        assert_eq!((whole.ids, whole.context), (ids(2), None));
        let first = start(3, 1);
        let id = first.context.unwrap();
        assert_eq!(first.ids, ids(1));
        // Somebody else's list looks as if it did not exist.
        assert!(lists.next("b", &id, 1).is_err());
        assert_eq!(lists.next("a", &id, 1).unwrap().ids, ["1"]);
        let last = lists.next("a", &id, 9).unwrap();
        assert_eq!((last.ids, last.context), (vec!["2".to_owned()], None));
        // It stays a list of the same things.
        assert_eq!(last.of, Of::CommandsOf("S".to_owned()));
        assert!(lists.next("a", &id, 1).is_err());
        let empty = start(0, 0);
        assert!(empty.ids.is_empty());
        let last = lists.next("a", &empty.context.unwrap(), 1).unwrap();
        assert_eq!((last.ids, last.context), (Vec::new(), None));
    }

    #[tokio::test(start_paused = true)]
    async fn lists_are_bounded_in_number_and_time() {
        let lists = Enumerations::default();
        let start = || lists.start("a", Of::Shells, ids(1), 0).context;
        let first = start();
        for _ in 0..LISTS {
            tokio::time::advance(Duration::from_millis(1)).await;
            start();
        }
        assert!(lists.next("a", &first.unwrap(), 1).is_err());
        let last = start();
        tokio::time::advance(PATIENCE).await;
        assert!(lists.next("a", &last.unwrap(), 1).is_err());
    }
}
