//! The addresses of a lab's network: 32 of them, out of ranges that the user may name.
//!
//! Docker's own pools hold some thirty networks, each far larger than a lab. So a lab looks for a
//! small network that nothing on this host uses, and asks the engine for it. Two programs may
//! choose the same one. The engine then refuses the second program, which takes the next network.

use std::net::Ipv4Addr;

use crate::model::{Error, Result, Role};

/// Prefix length of a lab's network.
const LENGTH: u8 = 27;
/// A route with a shorter prefix leads everywhere, as a default route does.
const SHORTEST: u8 = 8;
/// The routes and addresses of this host (its main and local tables).
const ROUTES: &str = "/proc/net/fib_trie";
/// The first user id that MEM1's accounts may have: see [`Subnet::first_user`].
const FIRST_USER: u32 = 20_000;
/// How many accounts MEM1 has.
pub(crate) const USERS: u32 = 4;
/// How many labs can have user ids of their own.
const USER_BLOCKS: u32 = 10_000;

/// A block of addresses, `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    first: u32,
    length: u8,
}

impl Block {
    fn new(address: Ipv4Addr, length: u8) -> Self {
        Self { first: address.to_bits() & mask(length), length }
    }

    /// Reads a text such as `10.0.0.0/8`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.trim().split_once('/')?;
        let length = length.parse().ok().filter(|length| *length <= 32)?;
        Some(Self::new(address.parse().ok()?, length))
    }

    fn overlaps(self, other: Self) -> bool {
        let mask = mask(self.length.min(other.length));
        self.first & mask == other.first & mask
    }
}

fn mask(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or_default()
}

/// The network of one lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subnet(u32);

impl Subnet {
    /// `10.213.4.32/27`.
    pub(crate) fn cidr(self) -> String {
        format!("{}/{LENGTH}", self.at(0))
    }

    /// The engine's own address. Docker connects to published ports from it.
    pub(crate) fn bridge(self) -> Ipv4Addr {
        self.at(1)
    }

    /// An address that no host has: the default gateway of a lab without a way out.
    pub(crate) fn nobody(self) -> Ipv4Addr {
        self.at(30)
    }

    /// The addresses for containers that do not belong to the lab: the upper half.
    pub(crate) fn others(self) -> String {
        format!("{}/{}", self.at(16), LENGTH + 1)
    }

    /// The address of a part of the lab.
    pub(crate) fn of(self, role: Role) -> Ipv4Addr {
        self.at(match role {
            Role::Network => 0,
            Role::Dc1 => 2,
            Role::Mem1 => 3,
            Role::Client => 4,
            Role::Dc2 => 5,
        })
    }

    /// The first user id of MEM1's accounts. The kernel counts a user id's processes on the whole
    /// host, so labs side by side have different ids. All are below 65536, where a rootless
    /// engine's ids end.
    pub(crate) fn first_user(self) -> u32 {
        FIRST_USER + USERS * ((self.0 >> (32 - LENGTH)) % USER_BLOCKS)
    }

    fn at(self, host: u32) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.0 + host)
    }
}

/// The ranges in `SPNLAB_SUBNETS`: networks of 32 addresses or more, with commas between them.
///
/// # Errors
/// [`Error::BadSubnets`].
pub(crate) fn ranges(value: &str) -> Result<Vec<Block>> {
    let good = |block: &Block| (SHORTEST..=LENGTH).contains(&block.length);
    let all: Option<Vec<Block>> =
        value.split(',').map(|one| Block::parse(one).filter(good)).collect();
    all.ok_or_else(|| Error::BadSubnets { value: value.to_owned() })
}

/// The free networks of these ranges. `start` chooses where the search begins in each range.
pub(crate) fn free(
    ranges: Vec<Block>,
    taken: Vec<Block>,
    start: u32,
) -> impl Iterator<Item = Subnet> {
    let all = ranges.into_iter().flat_map(move |range| {
        let count = 1_u32 << (LENGTH - range.length);
        let place = move |turn| (start % count + turn) % count;
        (0..count).map(move |turn| range.first + (place(turn) << (32 - LENGTH)))
    });
    all.filter(move |first| {
        let network = Block { first: *first, length: LENGTH };
        !taken.iter().any(|other| other.overlaps(network))
    })
    .map(Subnet)
}

/// The addresses of this host, and those that it has routes to.
pub(crate) fn of_this_host() -> Vec<Block> {
    // Without the file, only the engine knows which addresses are in use.
    routes(&std::fs::read_to_string(ROUTES).unwrap_or_default())
}

/// Reads `/proc/net/fib_trie`: each address, and below it the lengths of the routes that begin
/// there.
fn routes(text: &str) -> Vec<Block> {
    let mut address = None;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if let Some(leaf) = line.strip_prefix("|-- ") {
            address = leaf.parse::<Ipv4Addr>().ok();
        } else if let Some((length, _)) = line.strip_prefix('/').and_then(|l| l.split_once(' ')) {
            let length = length.parse().ok().filter(|length| (SHORTEST..=32).contains(length));
            found.extend(address.zip(length).map(|(address, length)| Block::new(address, length)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::DEFAULT_SUBNETS;

    fn blocks(all: &[&str]) -> Vec<Block> {
        all.iter().map(|text| Block::parse(text).unwrap()).collect()
    }

    fn cidrs(ranges: &[&str], taken: &[&str], start: u32) -> Vec<String> {
        free(blocks(ranges), blocks(taken), start).map(Subnet::cidr).collect()
    }

    #[test]
    fn what_is_taken_is_left_out_and_each_start_begins_elsewhere() {
        let all = ["10.9.0.0/27", "10.9.0.32/27", "10.9.0.64/27", "10.9.0.96/27"];
        assert_eq!(cidrs(&["10.9.0.0/25"], &[], 0), all);
        assert_eq!(cidrs(&["10.9.0.0/25"], &[], 6), [all[2], all[3], all[0], all[1]]);
        assert_eq!(cidrs(&["10.9.0.0/25"], &["10.9.0.40/32", "10.9.0.64/26"], 0), [all[0]]);
        assert_eq!(cidrs(&["10.9.0.0/25"], &["10.0.0.0/8"], 0), Vec::<String>::new());
        let two = cidrs(&["10.9.0.0/27", "10.8.0.0/26"], &["10.9.0.0/24"], 1);
        assert_eq!(two, ["10.8.0.32/27", "10.8.0.0/27"]);
    }

    #[test]
    fn ranges_are_read_and_what_is_none_is_an_error() {
        assert_eq!(
            ranges("10.9.0.0/16, 10.8.7.1/27").unwrap(),
            blocks(&["10.9.0.0/16", "10.8.7.0/27"])
        );
        for bad in
            ["", "10.9.0.0", "10.9.0.0/28", "10.9.0.0/7", "10.9.0/24", "10.9.0.0/16,", "x/16"]
        {
            let error = ranges(bad).unwrap_err();
            assert_eq!(error.code(), "SPNLAB-SUBNETS", "{bad}");
        }
    }

    #[test]
    fn the_default_is_private_and_not_of_docker_s_own_pools() {
        let private = blocks(&["10.0.0.0/8", "172.16.0.0/12"]);
        let docker: Vec<Block> =
            (17..=31).map(|n| Block::new(Ipv4Addr::new(172, n, 0, 0), 16)).collect();
        for range in ranges(DEFAULT_SUBNETS).unwrap() {
            assert!(private.iter().any(|p| p.overlaps(range) && p.length <= range.length));
            assert!(!docker.iter().any(|pool| pool.overlaps(range)), "{range:?}");
        }
    }

    #[test]
    fn routes_and_addresses_of_the_host_are_taken_and_a_default_route_is_not() {
        let text = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n     +-- 10.9.0.0/23 2 0 1\n        |-- 10.9.0.0\n           /16 universe UNICAST\n           /24 link UNICAST\n        |-- 10.9.1.7\n           /32 host LOCAL\n";
        let wanted = blocks(&["10.9.0.0/16", "10.9.0.0/24", "10.9.1.7/32"]);
        assert_eq!(routes(text), wanted);
    }

    #[test]
    fn labs_side_by_side_have_addresses_and_users_of_their_own() {
        let all: Vec<Subnet> = free(blocks(&["10.213.0.0/16"]), Vec::new(), 77).collect();
        let users: std::collections::BTreeSet<u32> =
            all.iter().flat_map(|one| (0..USERS).map(|n| one.first_user() + n)).collect();
        assert_eq!((all.len(), users.len()), (2048, 2048 * 4));
        assert!(users.first() >= Some(&FIRST_USER) && users.last() < Some(&60_000));
        let one = all[0];
        let parts = [Role::Dc1, Role::Dc2, Role::Mem1, Role::Client].map(|role| one.of(role));
        let addresses: std::collections::BTreeSet<Ipv4Addr> =
            parts.into_iter().chain([one.bridge(), one.nobody()]).collect();
        assert_eq!(addresses.len(), 6);
        let whole = Block::parse(&one.cidr()).unwrap();
        let others = Block::parse(&one.others()).unwrap();
        for address in addresses {
            assert!(whole.overlaps(Block::new(address, 32)));
            assert_eq!(others.overlaps(Block::new(address, 32)), address == one.nobody());
        }
    }
}
