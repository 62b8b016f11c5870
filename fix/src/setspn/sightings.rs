//! Finds SPNs that are on more than one account.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasher;

/// Keeps eight bytes for each distinct SPN, whatever its length, and the text only of those that
/// come again.
///
/// 200,000 SPNs need less than 3 MiB. Two SPNs may share a hash. Then both look repeated, so the
/// caller asks the directory about each of them. A repeated SPN is never missed.
#[derive(Debug)]
pub(super) struct Sightings<S = RandomState> {
    hashes: HashSet<u64>,
    repeated: BTreeSet<String>,
    build: S,
}

impl Sightings {
    pub(super) fn new() -> Self {
        Self::with_hasher(RandomState::new())
    }
}

impl<S: BuildHasher> Sightings<S> {
    fn with_hasher(build: S) -> Self {
        Self { hashes: HashSet::new(), repeated: BTreeSet::new(), build }
    }

    /// Records the folded SPNs of one more account, each once.
    pub(super) fn note(&mut self, of_account: &BTreeSet<String>) {
        for spn in of_account {
            if !self.hashes.insert(self.build.hash_one(spn)) {
                self.repeated.insert(spn.clone());
            }
        }
    }

    /// Whether a folded SPN may have come before; `false` is certain.
    pub(super) fn may_hold(&self, spn: &str) -> bool {
        self.hashes.contains(&self.build.hash_one(spn))
    }

    /// Folded SPNs that may be on several accounts: all that are, and perhaps a few more.
    pub(super) fn take_repeated(&mut self) -> Vec<String> {
        std::mem::take(&mut self.repeated).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::hash::{BuildHasherDefault, Hasher};

    use proptest::prelude::*;

    use super::*;

    /// A hash of two bits, so nearly everything collides.
    #[derive(Default)]
    struct TwoBits(u64);

    impl Hasher for TwoBits {
        fn write(&mut self, bytes: &[u8]) {
            self.0 += bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>();
        }

        fn finish(&self) -> u64 {
            self.0 % 4
        }
    }

    proptest! {
            #[test]
            fn no_repeated_spn_escapes_even_where_all_collide(
                accounts in proptest::collection::vec(
                    proptest::collection::btree_set("[a-d]{1,2}", 0..5), 0..12),
            ) {
                let build = BuildHasherDefault::<TwoBits>::default();
                let (mut poor, mut good) = (Sightings::with_hasher(build), Sightings::new());
                let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
                for account in &accounts {
                    for spn in account {
    *counts.entry(spn).or_default() += 1;
    }
                    poor.note(account);
                    good.note(account);
                }
                let (poor_found, found) = (poor.take_repeated(), good.take_repeated());
                for (spn, count) in counts {
                    prop_assert!(count < 2 || poor_found.contains(spn));
                    prop_assert_eq!(count > 1, found.contains(spn));
                    prop_assert!(poor.may_hold(spn) && good.may_hold(spn));
                }
            }
        }

    #[test]
    fn a_large_directory_is_remembered_in_a_few_bytes_for_each_spn() {
        let mut sightings = Sightings::new();
        for number in 0..200_000 {
            sightings.note(&BTreeSet::from([format!("http/host{number}.a.long.name.contoso.com")]));
        }
        // For each place one byte of the table itself, and eight of the hash.
        let bytes = sightings.hashes.capacity() * 8 / 7 * (size_of::<u64>() + 1);
        assert!(sightings.repeated.is_empty());
        assert!(bytes < 5 << 20, "{bytes}");
    }
}
