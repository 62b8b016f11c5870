//! How many connections each holder may have.
//!
//! A quota has a number of slots, and each holder has at most a share of them. A connection beyond
//! that evicts another one of the same holder, or of the holder with the most. It evicts the one
//! for whose peer the endpoint has waited longest, because an honest client answers soon. So a
//! crowd of silent connections disturbs only itself, even if a proxy gives all peers one address.

use super::deadline::Phase;
use crate::server::lock::lock;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex};

struct Taken<K> {
    next: u64,
    slots: BTreeMap<u64, (K, Phase)>,
}

/// Connections by holder; a key identifies the holder.
pub(crate) struct ConnectionQuota<K> {
    taken: Arc<Mutex<Taken<K>>>,
    slots: usize,
    share: usize,
}

impl<K> Clone for ConnectionQuota<K> {
    fn clone(&self) -> Self {
        Self { taken: Arc::clone(&self.taken), ..*self }
    }
}

/// A slot of a quota. Dropping it frees the slot.
pub(crate) struct ConnectionSlot<K> {
    taken: Arc<Mutex<Taken<K>>>,
    number: u64,
    holder: K,
}

impl<K> ConnectionSlot<K> {
    pub(crate) fn holder(&self) -> &K {
        &self.holder
    }
}

impl<K> Drop for ConnectionSlot<K> {
    fn drop(&mut self) {
        lock(&self.taken).slots.remove(&self.number);
    }
}

impl<K: Clone + Eq + Hash> ConnectionQuota<K> {
    /// A number of slots, and the fraction of them that one holder may have.
    pub(crate) fn new(slots: usize, (numerator, denominator): (usize, usize)) -> Self {
        let share = (slots * numerator / denominator).max(1);
        let taken = Taken { next: 0, slots: BTreeMap::new() };
        Self { taken: Arc::new(Mutex::new(taken)), slots, share }
    }

    /// Takes a slot. `None` if no slot is free, and the endpoint is busy with every connection that
    /// it could evict.
    pub(crate) fn admit(&self, holder: &K, phase: &Phase) -> Option<ConnectionSlot<K>> {
        let mut taken = lock(&self.taken);
        let slots = &mut taken.slots;
        let own = slots.values().filter(|(other, _)| other == holder).count();
        let evicted = if own >= self.share {
            Some(longest_waiting(slots.iter().filter(|(_, (other, _))| other == holder), |_| 0)?)
        } else if slots.len() >= self.slots {
            let mut counts = HashMap::new();
            for (other, _) in slots.values() {
                *counts.entry(other).or_insert(0) += 1;
            }
            let count = |other: &K| counts.get(other).copied().unwrap_or(0);
            Some(longest_waiting(slots.iter(), count)?)
        } else {
            None
        };
        if let Some((_, phase)) = evicted.and_then(|number| slots.remove(&number)) {
            phase.evict();
        }
        let number = taken.next;
        taken.next += 1;
        taken.slots.insert(number, (holder.clone(), phase.clone()));
        Some(ConnectionSlot { taken: Arc::clone(&self.taken), number, holder: holder.clone() })
    }
}

/// The connection to evict: of the holders with the most, the one whose peer the endpoint has
/// waited for longest.
fn longest_waiting<'a, K: 'a>(
    slots: impl Iterator<Item = (&'a u64, &'a (K, Phase))>,
    count: impl Fn(&K) -> usize,
) -> Option<u64> {
    let waiting = slots
        .filter_map(|(number, (holder, phase))| Some((number, holder, phase.waiting_since()?)));
    waiting
        .max_by_key(|(_, holder, since)| (count(holder), Reverse(*since)))
        .map(|(number, ..)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::{advance, timeout};

    async fn is_evicted(phase: &Phase) -> bool {
        timeout(Duration::ZERO, phase.evicted()).await.is_ok()
    }

    struct Admitted {
        phase: Phase,
        _slot: Option<ConnectionSlot<char>>,
    }

    async fn admitted(quota: &ConnectionQuota<char>, holder: char) -> Admitted {
        advance(Duration::from_millis(1)).await;
        let phase = Phase::default();
        let slot = quota.admit(&holder, &phase);
        assert!(slot.is_some(), "{holder}");
        Admitted { phase, _slot: slot }
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_a_share_the_own_longest_wait_ends() {
        let quota = ConnectionQuota::new(8, (1, 4));
        let other = admitted(&quota, 'b').await;
        let first = admitted(&quota, 'a').await;
        let second = admitted(&quota, 'a').await;
        let third = admitted(&quota, 'a').await;
        assert!(is_evicted(&first.phase).await);
        assert!(!is_evicted(&second.phase).await && !is_evicted(&other.phase).await);
        // Busy connections stay.
        second.phase.busy();
        let _fourth = admitted(&quota, 'a').await;
        assert!(is_evicted(&third.phase).await && !is_evicted(&second.phase).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_quota_loses_one_of_those_with_the_most() {
        let quota = ConnectionQuota::new(4, (3, 4));
        let single = admitted(&quota, 'b').await;
        let crowd =
            [admitted(&quota, 'a').await, admitted(&quota, 'a').await, admitted(&quota, 'a').await];
        let _new = admitted(&quota, 'c').await;
        assert!(is_evicted(&crowd[0].phase).await && !is_evicted(&single.phase).await);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_admitted_where_all_are_served() {
        let quota = ConnectionQuota::new(2, (1, 2));
        let first = admitted(&quota, 'a').await;
        first.phase.busy();
        assert!(quota.admit(&'a', &Phase::default()).is_none());
        let second = admitted(&quota, 'b').await;
        second.phase.busy();
        assert!(quota.admit(&'c', &Phase::default()).is_none());
        // A dropped slot is free.
        drop(first);
        let _third = admitted(&quota, 'c').await;
    }
}
