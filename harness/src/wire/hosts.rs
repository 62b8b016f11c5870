//! Which host has which address.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Names for addresses; an address without a name is printed as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hosts(BTreeMap<IpAddr, String>);

impl Hosts {
    /// The name of this address.
    pub fn name(&self, address: IpAddr) -> Option<&str> {
        self.0.get(&address).map(String::as_str)
    }
}

impl<N: Into<String>> FromIterator<(IpAddr, N)> for Hosts {
    fn from_iter<I: IntoIterator<Item = (IpAddr, N)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(address, name)| (address, name.into())).collect())
    }
}
