//! The labels on every container, network and volume of a lab: they are the only record of it.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::owner::Owner;

/// Name of the lab, as given to `spnlab up --name`.
pub const LABEL_LAB: &str = "org.spnlab.lab";
/// Role of the part: see [`Role`].
pub const LABEL_ROLE: &str = "org.spnlab.role";
/// Identifies one start of one lab.
pub const LABEL_SESSION: &str = "org.spnlab.session";
/// When the part was created (RFC 3339).
pub const LABEL_CREATED: &str = "org.spnlab.created";
/// How long the lab lives: `scope` (dies with the program that made it) or `detached`.
pub(crate) const LABEL_LIFETIME: &str = "org.spnlab.lifetime";
/// Which process made it: see [`crate::owner::Owner`].
pub(crate) const LABEL_OWNER: &str = "org.spnlab.owner";

/// End of the name of a dc1 whose lab is not ready yet.
pub(crate) const STARTING: &str = "-starting";

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
    /// The administrator's workstation.
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

/// Which lab, and which start of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabIdentity {
    /// Name given by the user.
    pub name: String,
    /// Unique for each start.
    pub session: String,
    /// Creation time (RFC 3339, seconds).
    pub created: String,
}

impl LabIdentity {
    /// A new identity for a lab of this name.
    pub fn new(name: &str) -> Self {
        let id = uuid::Uuid::new_v4().simple().to_string();
        Self {
            name: name.to_owned(),
            session: id[..12].to_owned(),
            created: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        }
    }

    /// The labels of one part.
    pub(crate) fn labels(&self, role: Role, lifetime: &str) -> Vec<(String, String)> {
        [
            (LABEL_LAB, self.name.as_str()),
            (LABEL_ROLE, role.as_str()),
            (LABEL_SESSION, self.session.as_str()),
            (LABEL_CREATED, self.created.as_str()),
            (LABEL_LIFETIME, lifetime),
            (LABEL_OWNER, Owner::me().to_string().as_str()),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
    }

    /// Name of dc1 until the lab is ready. Labels cannot be changed once an object exists, names can:
    /// a lab whose dc1 still has this name has not come up.
    pub(crate) fn starting_name(&self) -> String {
        format!("{}{STARTING}", self.object_name(Role::Dc1))
    }

    /// Name of a Docker object of this lab; unique because the session is.
    pub(crate) fn object_name(&self, role: Role) -> String {
        format!("spnlab-{}-{}-{role}", self.name, self.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_starts_of_one_name_differ() {
        let (a, b) = (LabIdentity::new("x"), LabIdentity::new("x"));
        assert_ne!(a.session, b.session);
        assert_ne!(a.object_name(Role::Dc1), b.object_name(Role::Dc1));
    }

    #[test]
    fn roles_survive_the_label() {
        for role in [Role::Dc1, Role::Dc2, Role::Mem1, Role::Client, Role::Network] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("dc9"), None);
    }
}
