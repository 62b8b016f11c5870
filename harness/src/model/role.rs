//! The parts of a lab.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a part of the lab is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The domain controller.
    Dc1,
    /// The second domain controller, which few labs have.
    Dc2,
    /// The member server.
    Mem1,
    /// The user's workstation.
    Client,
    /// The lab's network.
    Network,
}

impl Role {
    /// The value of the role label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dc1 => "dc1",
            Self::Dc2 => "dc2",
            Self::Mem1 => "mem1",
            Self::Client => "client",
            Self::Network => "network",
        }
    }

    /// The role with this label value.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Dc1, Self::Dc2, Self::Mem1, Self::Client, Self::Network]
            .into_iter()
            .find(|r| r.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_survive_the_label() {
        for role in [Role::Dc1, Role::Dc2, Role::Mem1, Role::Client, Role::Network] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("dc9"), None);
    }
}
