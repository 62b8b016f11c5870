//! The network of an address.
//!
//! Uses: no other room.

use std::net::{IpAddr, Ipv6Addr};

/// The address, or for IPv6 the network of one subscriber.
pub(crate) fn peer_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subscriber_is_one_peer() {
        let network = |address: &str| peer_network(address.parse().unwrap());
        let same = |a: &str, b: &str| network(a) == network(b);
        assert!(same("10.0.0.1", "::ffff:10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
        assert!(same("2001:db8::1", "2001:db8::ffff:2"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
    }
}
