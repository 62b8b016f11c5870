//! What a target's file says. A password is never in it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::env;

/// A domain and a host in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    /// The DNS name of the domain. The server must serve this one.
    pub(crate) domain: String,
    /// The domain controller. Without it, the domain's DNS names one.
    pub(crate) server: Option<String>,
    /// PEM file of the CA that vouches for the domain controller.
    pub(crate) ca: Option<PathBuf>,
    /// The WinRM host, as users type it.
    pub(crate) host: String,
    /// Who connects to the host.
    pub(crate) user: Who,
    /// Who reads the directory and, with --may-write, writes to it.
    pub(crate) operator: Who,
    /// Scenarios that are known to end otherwise in this domain.
    #[serde(default)]
    pub(crate) differs: Vec<Differs>,
    /// Whether scenarios may write to the directory.
    #[serde(skip)]
    pub(crate) may_write: bool,
}

/// An account, and where its password is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Who {
    /// The account without its domain.
    pub(crate) name: String,
    password_env: Option<String>,
    password_file: Option<PathBuf>,
}

/// A scenario that is known to end otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Differs {
    /// Its title.
    pub(crate) scenario: String,
    /// Why.
    pub(crate) because: String,
}

/// Why there is no target.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    /// The file.
    #[error("{} cannot be read: {reason}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A password.
    #[error("the password of {name} {reason}")]
    Password {
        /// Whose.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

static TARGET: OnceLock<Target> = OnceLock::new();

impl Target {
    /// Reads a file. Paths in it are relative to its folder.
    pub(crate) fn read(file: &Path) -> Result<Self, TargetError> {
        let failed = |reason: String| TargetError::File { file: file.to_owned(), reason };
        let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        let mut target: Self = toml::from_str(&text).map_err(|error| failed(error.to_string()))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let files = [&mut target.user.password_file, &mut target.operator.password_file];
        for path in files.into_iter().chain([&mut target.ca]).flatten() {
            *path = folder.join(&*path);
        }
        target.user.password()?;
        target.operator.password()?;
        Ok(target)
    }

    /// Makes it the target of this run.
    pub(crate) fn set(self) {
        let _ = TARGET.set(self);
    }

    /// The target of this run.
    ///
    /// # Panics
    /// If the run has none.
    pub(crate) fn of_run() -> &'static Self {
        TARGET.get().unwrap_or_else(|| panic!("this scenario needs --target FILE"))
    }

    /// The name of the host without the domain's.
    pub(crate) fn short_name(&self) -> &str {
        self.host.split('.').next().unwrap_or_default()
    }
}

impl Who {
    /// The password: from the environment, or the first line of a file.
    pub(crate) fn password(&self) -> Result<String, TargetError> {
        let failed = |reason: String| TargetError::Password { name: self.name.clone(), reason };
        match (&self.password_env, &self.password_file) {
            (Some(name), None) => env::named(name)
                .ok_or_else(|| failed(format!("is in the variable {name}, which is not set"))),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| failed(format!("is in {}: {error}", file.display())))?;
                Ok(text.lines().next().unwrap_or_default().to_owned())
            }
            _ => Err(failed("needs one of password_env and password_file".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
domain = "contoso.com"
host = "mem1.contoso.com"
ca = "ca.pem"
[user]
name = "trainer"
password_file = "user"
[operator]
name = "spn_operator"
password_file = "operator"
"#;

    fn read(text: &str) -> Result<Target, TargetError> {
        let folder = tempfile::tempdir().unwrap();
        for name in ["user", "operator"] {
            std::fs::write(folder.path().join(name), format!("{name}'s\n")).unwrap();
        }
        let file = folder.path().join("target.toml");
        std::fs::write(&file, text).unwrap();
        let target = Target::read(&file)?;
        assert_eq!(target.ca, Some(folder.path().join("ca.pem")));
        assert_eq!(target.user.password().unwrap(), "user's");
        Ok(target)
    }

    #[test]
    fn a_file_names_a_domain_a_host_and_two_accounts() {
        let target = read(TEXT).unwrap();
        assert_eq!((target.short_name(), target.may_write), ("mem1", false));
        let listed = format!("{TEXT}[[differs]]\nscenario = \"s\"\nbecause = \"b\"\n");
        assert_eq!(read(&listed).unwrap().differs[0].scenario, "s");
    }

    #[test]
    fn a_password_in_the_file_and_a_word_that_means_nothing_are_refused() {
        for (from, to, says) in [
            ("password_file = \"user\"", "password = \"x\"", "unknown field `password`"),
            ("password_file = \"user\"", "", "needs one of password_env and password_file"),
            ("password_file = \"user\"", "password_file = \"no\"", "No such file"),
            ("password_file = \"user\"", "password_env = \"SPNLAB_NO_SUCH\"", "which is not set"),
            ("host =", "hosts =", "unknown field `hosts`"),
        ] {
            let said = read(&TEXT.replace(from, to)).unwrap_err().to_string();
            assert!(said.contains(says), "{to}: {said}");
        }
    }
}
