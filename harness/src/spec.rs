//! What kind of lab to start.

use crate::samba::SambaVersion;

/// How long a lab lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// It is removed when the [`Lab`](crate::Lab) is dropped; [`Lab::shutdown`](crate::Lab::shutdown) is the tidy way.
    Scope,
    /// It outlives the program and is found again by its labels.
    Detached,
}

impl Lifetime {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Detached => "detached",
        }
    }
}

/// What to start.
#[derive(Debug, Clone)]
pub struct LabSpec {
    /// Name: 1 to 32 lower-case letters, digits and dashes, beginning with a letter.
    pub name: String,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// With a second domain controller, which joins when the lab starts; costs some seconds.
    pub second_dc: bool,
    /// What the domain controllers run.
    pub samba: SambaVersion,
}

impl LabSpec {
    /// One domain controller, with the newest Samba.
    pub fn new(name: &str, lifetime: Lifetime) -> Self {
        let samba = SambaVersion::default();
        Self { name: name.to_owned(), lifetime, second_dc: false, samba }
    }
}
