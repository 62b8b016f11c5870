//! How many refusals of each peer get a line.
//!
//! A peer has a stock of lines, which refills slowly. The harness tries at most twice a second, and
//! reads the line of each attempt. So it stays far below.

use super::Event;
use crate::server::lock::lock;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

/// Lines that a peer may have at once.
const STOCK: u32 = 100;
/// Time until it gets one more.
const EVERY: Duration = Duration::from_millis(100);
/// How often the other refusals are counted in a line.
const SUM_EVERY: Duration = Duration::from_secs(10);
/// Peers with a stock of their own. All further peers share one.
const PEERS: usize = 1024;
const OTHERS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

struct Peer {
    stock: u32,
    /// Time of the last refill.
    filled: Instant,
    more: u64,
    /// Start of the count.
    since: Instant,
}

#[derive(Default)]
struct Refusals(HashMap<IpAddr, Peer>);

static REFUSALS: LazyLock<Mutex<Refusals>> = LazyLock::new(Mutex::default);

/// Counts a refusal; returns whether it gets a line.
pub(super) fn is_written(peer: IpAddr) -> bool {
    lock(&REFUSALS).is_written(peer, Instant::now())
}

/// The counts that are due now.
pub(super) fn due() -> Vec<Event<'static>> {
    lock(&REFUSALS).sums(Instant::now(), SUM_EVERY)
}

/// All counts.
pub(super) fn all() -> Vec<Event<'static>> {
    lock(&REFUSALS).sums(Instant::now(), Duration::ZERO)
}

impl Peer {
    fn new(now: Instant) -> Self {
        Self { stock: STOCK, filled: now, more: 0, since: now }
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled);
        let count = u32::try_from(passed.as_nanos() / EVERY.as_nanos()).unwrap_or(STOCK).min(STOCK);
        self.stock = (self.stock + count).min(STOCK);
        self.filled = if self.stock == STOCK { now } else { self.filled + EVERY * count };
    }
}

impl Refusals {
    fn is_written(&mut self, peer: IpAddr, now: Instant) -> bool {
        let known = self.0.contains_key(&peer) || self.0.len() < PEERS;
        let peer =
            self.0.entry(if known { peer } else { OTHERS }).or_insert_with(|| Peer::new(now));
        peer.fill(now);
        if let Some(stock) = peer.stock.checked_sub(1) {
            peer.stock = stock;
            return true;
        }
        if peer.more == 0 {
            peer.since = now;
        }
        peer.more += 1;
        false
    }

    /// Returns the counts, and forgets quiet peers.
    fn sums(&mut self, now: Instant, after: Duration) -> Vec<Event<'static>> {
        let mut sums = Vec::new();
        self.0.retain(|address, peer| {
            let seconds = now.saturating_duration_since(peer.since);
            if peer.more > 0 && seconds >= after {
                let (more, seconds) = (std::mem::take(&mut peer.more), seconds.as_secs());
                let peer =
                    if *address == OTHERS { "others".to_owned() } else { address.to_string() };
                sums.push(Event::Refusals { peer, more, seconds });
            }
            peer.fill(now);
            peer.more > 0 || peer.stock < STOCK
        });
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    const TWO: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

    /// Makes `count` refusals, one in each `every`. Returns how many were written, and how many
    /// only counted.
    fn after(refusals: &mut Refusals, peer: IpAddr, every: Duration, count: u32) -> (u32, u64) {
        let begun = Instant::now();
        let (mut written, mut summed) = (0, 0);
        for number in 0..count {
            let now = begun + every * number;
            written += u32::from(refusals.is_written(peer, now));
            summed += sum(&refusals.sums(now, SUM_EVERY));
        }
        let end = begun + every * count + SUM_EVERY;
        (written, summed + sum(&refusals.sums(end, SUM_EVERY)))
    }

    fn sum(events: &[Event<'_>]) -> u64 {
        let more = |event: &Event<'_>| match event {
            Event::Refusals { more, .. } => *more,
            other => panic!("{other:?}"),
        };
        events.iter().map(more).sum()
    }

    #[test]
    fn an_honest_rate_is_written_line_by_line() {
        let mut refusals = Refusals::default();
        assert_eq!(after(&mut refusals, ONE, EVERY, 10_000), (10_000, 0));
        assert_eq!(after(&mut refusals, ONE, Duration::ZERO, STOCK), (STOCK, 0));
    }

    #[test]
    fn a_flood_is_counted_and_disturbs_nobody_else() {
        let mut refusals = Refusals::default();
        // 3,000 each second, for a minute.
        let (written, summed) = after(&mut refusals, ONE, Duration::from_nanos(333_333), 180_000);
        assert!((600..=STOCK + 610).contains(&written), "{written}");
        assert_eq!(u64::from(written) + summed, 180_000);
        assert!(refusals.is_written(TWO, Instant::now()));
    }

    #[test]
    fn peers_are_forgotten_and_many_count_as_one() {
        let mut refusals = Refusals::default();
        let now = Instant::now();
        for number in 0..u32::try_from(10 * PEERS).unwrap() {
            refusals.is_written(Ipv4Addr::from_bits(number + 1).into(), now);
        }
        assert_eq!(refusals.0.len(), PEERS + 1);
        let sums = refusals.sums(now + SUM_EVERY, SUM_EVERY);
        assert!(
            matches!(&sums[..], [Event::Refusals { peer, .. }] if peer == "others"),
            "{sums:?}"
        );
        refusals.sums(now + SUM_EVERY * 2, SUM_EVERY);
        assert!(refusals.0.is_empty());
    }
}
