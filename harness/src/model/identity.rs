//! The identity of a lab, and the names of its objects in Docker.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::Role;

/// The end of dc1's name until its lab is ready.
pub(crate) const STARTING: &str = "-starting";

/// One start of one lab.
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

    /// Name of dc1 until the lab is ready. An object's name can change, its labels cannot. A lab
    /// whose dc1 still has this name never became ready.
    pub(crate) fn starting_name(&self) -> String {
        format!("{}{STARTING}", self.object_name(Role::Dc1))
    }

    /// Name of a Docker object of this lab. It is unique because the session is.
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
}
