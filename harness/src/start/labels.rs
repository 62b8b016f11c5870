//! The labels on every container, network and volume of a lab. They are the only record of it.

use super::owner::Owner;
use crate::model::{LabIdentity, Role};

/// Name of the lab, as given to `spnlab up --name`.
pub const LABEL_LAB: &str = "org.spnlab.lab";
/// Role of the part: see [`Role`].
pub const LABEL_ROLE: &str = "org.spnlab.role";
/// Identifies one start of one lab.
pub const LABEL_SESSION: &str = "org.spnlab.session";
/// When the part was created (RFC 3339).
pub const LABEL_CREATED: &str = "org.spnlab.created";
/// How long the lab lives: `scope` (it ends with the program that made it) or `detached`.
pub(super) const LABEL_LIFETIME: &str = "org.spnlab.lifetime";
/// Which process made it: see [`Owner`].
pub(super) const LABEL_OWNER: &str = "org.spnlab.owner";

/// The labels of one part.
pub(super) fn labels(identity: &LabIdentity, role: Role, lifetime: &str) -> Vec<(String, String)> {
    [
        (LABEL_LAB, identity.name.as_str()),
        (LABEL_ROLE, role.as_str()),
        (LABEL_SESSION, identity.session.as_str()),
        (LABEL_CREATED, identity.created.as_str()),
        (LABEL_LIFETIME, lifetime),
        (LABEL_OWNER, Owner::me().to_string().as_str()),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}
