//! Which Samba version a lab's domain controllers run.

use serde::{Deserialize, Serialize};

/// A Samba version, as a Debian release packages it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum SambaVersion {
    /// 4.22, of Debian 13.
    #[default]
    #[serde(rename = "4.22")]
    V4_22,
    /// 4.17, of Debian 12.
    #[serde(rename = "4.17")]
    V4_17,
}

impl SambaVersion {
    /// All versions that labs run.
    pub const ALL: [Self; 2] = [Self::V4_22, Self::V4_17];

    /// Major and minor number.
    pub fn name(self) -> &'static str {
        match self {
            Self::V4_22 => "4.22",
            Self::V4_17 => "4.17",
        }
    }

    /// The version with this number.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.name() == name)
    }

    /// The Debian release that packages it.
    pub(crate) fn suite(self) -> &'static str {
        match self {
            Self::V4_22 => "trixie",
            Self::V4_17 => "bookworm",
        }
    }

    /// The packages of a domain controller in that release.
    pub(crate) fn packages(self) -> &'static str {
        match self {
            Self::V4_22 => "samba-ad-dc samba-ad-provision",
            Self::V4_17 => {
                "samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind python3-samba"
            }
        }
    }

    /// The version in Samba's own answer, `Version 4.22.11-Debian-…`.
    pub(crate) fn of_answer(said: &str) -> Option<Self> {
        let number = said.trim().strip_prefix("Version ")?;
        Self::ALL.into_iter().find(|version| {
            number.strip_prefix(version.name()).is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

impl std::fmt::Display for SambaVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_samba_says() {
        let of = SambaVersion::of_answer;
        assert_eq!(of("Version 4.22.11-Debian-4.22.11+dfsg\n"), Some(SambaVersion::V4_22));
        assert_eq!(of("Version 4.17.12-Debian\n"), Some(SambaVersion::V4_17));
        assert_eq!(of("Version 4.2.14-Debian\n"), None);
        assert_eq!(of("4.17.12"), None);
        for version in SambaVersion::ALL {
            assert_eq!(SambaVersion::named(version.name()), Some(version));
        }
    }
}
