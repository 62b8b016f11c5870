//! What kind of lab to start.

use std::path::PathBuf;

use super::SambaVersion;

/// How long a lab lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// The harness removes it when the [`Lab`](crate::Lab) is dropped.
    /// [`Lab::shutdown`](crate::Lab::shutdown) is the tidy way.
    Scope,
    /// It outlives the program. Other programs find it by its labels.
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

/// What takes the place of the lab's own parts, to be judged. By default, nothing does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnParts {
    /// A program of the host in place of `winrm-client` in CLIENT.
    pub client_program: Option<PathBuf>,
    /// An image in place of that of CLIENT.
    pub client_image: Option<String>,
    /// An image in place of that of MEM1.
    pub endpoint_image: Option<String>,
    /// An image in place of that of the domain controllers.
    pub dc_image: Option<String>,
}

/// What to start.
#[derive(Debug, Clone)]
pub struct LabSpec {
    /// Name: 1 to 32 lower-case letters, digits and dashes, beginning with a letter.
    pub name: String,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// With a second domain controller, which joins when the lab starts. This costs some seconds.
    pub second_dc: bool,
    /// The Samba version of the domain controllers.
    pub samba: SambaVersion,
    /// What takes the place of the lab's own client, endpoint or domain controller.
    pub own: OwnParts,
    /// Its parts reach what the engine's host reaches. Without this, nothing leaves the lab's
    /// network.
    pub internet: bool,
}

/// A lab for a test: it lives as long as its [`Lab`](crate::Lab).
impl Default for LabSpec {
    fn default() -> Self {
        Self::new("test", Lifetime::Scope)
    }
}

impl LabSpec {
    /// One domain controller, with the newest Samba version.
    pub fn new(name: &str, lifetime: Lifetime) -> Self {
        let samba = SambaVersion::default();
        Self {
            name: name.to_owned(),
            lifetime,
            second_dc: false,
            samba,
            own: OwnParts::default(),
            internet: false,
        }
    }
}
