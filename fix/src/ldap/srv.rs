//! The order in which SRV records are tried (RFC 2782).

use std::hash::{BuildHasher, RandomState};

/// An SRV record. It leaves out the port, as LDAP's is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Srv {
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) host: String,
}

/// Hosts in the order to try them. The lowest priority comes first. Hosts of one priority come at
/// random, in proportion to their weights.
pub(super) fn ordered(records: Vec<Srv>) -> Vec<String> {
    let mut drawn = 0_u64;
    order(records, |below| {
        drawn += 1;
        // This only spreads load: the keys of a hasher are random enough.
        RandomState::new().hash_one(drawn) % below
    })
}

fn order(mut records: Vec<Srv>, mut chance: impl FnMut(u64) -> u64) -> Vec<String> {
    let mut hosts = Vec::with_capacity(records.len());
    // Records without weight come first, so that they get a chance.
    records.sort_by_key(|srv| (srv.priority, srv.weight));
    while let Some(first) = records.first() {
        let priority = first.priority;
        let same = records.iter().take_while(|srv| srv.priority == priority);
        let total: u64 = same.clone().map(|srv| u64::from(srv.weight)).sum();
        let drawn = chance(total + 1);
        let mut sum = 0;
        let at = same.clone().position(|srv| {
            sum += u64::from(srv.weight);
            sum >= drawn
        });
        hosts.push(records.remove(at.unwrap_or(0)).host);
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn srv(priority: u16, weight: u16, host: &str) -> Srv {
        Srv { priority, weight, host: host.to_owned() }
    }

    #[test]
    fn priority_comes_first_and_weight_decides_among_equals() {
        let records =
            || vec![srv(10, 5, "far"), srv(0, 100, "big"), srv(0, 0, "rare"), srv(0, 10, "small")];
        assert_eq!(order(records(), |_| 0), ["rare", "small", "big", "far"]);
        assert_eq!(order(records(), |below| below - 1), ["big", "small", "rare", "far"]);
        assert_eq!(ordered(records()).last().map(String::as_str), Some("far"));
        assert_eq!(ordered(Vec::new()), Vec::<String>::new());
    }
}
