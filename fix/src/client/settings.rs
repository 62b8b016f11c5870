//! Settings on the client machine.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

/// A registry value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RegistryValue {
    /// Key, with the root's short name.
    pub key: String,
    /// Name of the value.
    pub name: String,
}

impl RegistryValue {
    /// The service class that a WinRM client asks for (KB 4549715, option 3); type REG_SZ.
    pub fn spn_prefix() -> Self {
        Self {
            key: r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client".to_owned(),
            name: "spn_prefix".to_owned(),
        }
    }
}

impl fmt::Display for RegistryValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r"{}\{}", self.key, self.name)
    }
}

/// Why a client setting could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no client to change settings on.
    #[error("no client machine is given, so {value} cannot be reached")]
    NoClient {
        /// Which value.
        value: RegistryValue,
    },
    /// It failed.
    #[error("the registry value {value} cannot be {verb}")]
    Failed {
        /// Which value.
        value: RegistryValue,
        /// `read`, `set` or `deleted`.
        verb: &'static str,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl SettingsError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::NoClient { .. } => "SPNFIX-NO-CLIENT",
            Self::Failed { .. } => "SPNFIX-CLIENT-SETTING",
        }
        .to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NoClient { .. } => {
                "make the change on the client by hand, with the reg command of the plan"
            }
            Self::Failed { .. } => {
                "check that the client runs and that this user may write the key"
            }
        }
        .to_owned()
    }
}

/// The future result of reading or writing a setting.
pub type SettingAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SettingsError>> + Send + 'a>>;

/// The registry of the client machine. A program that uses this crate implements it for its client.
/// [`NoClientSettings`] is for a program without a client.
pub trait ClientSettings: Send {
    /// The value's text, if there is one.
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>>;

    /// Sets it (REG_SZ).
    fn set<'a>(&'a mut self, value: &'a RegistryValue, text: &'a str) -> SettingAnswer<'a, ()>;

    /// Deletes it.
    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()>;
}

/// No client: refuses everything that needs one.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoClientSettings;

impl NoClientSettings {
    fn refuse<T>(value: &RegistryValue) -> SettingAnswer<'_, T>
    where
        T: Send,
    {
        Box::pin(async { Err(SettingsError::NoClient { value: value.clone() }) })
    }
}

impl ClientSettings for NoClientSettings {
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>> {
        Self::refuse(value)
    }

    fn set<'a>(&'a mut self, value: &'a RegistryValue, _: &'a str) -> SettingAnswer<'a, ()> {
        Self::refuse(value)
    }

    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()> {
        Self::refuse(value)
    }
}

/// Settings in memory, for tests and documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InMemorySettings(BTreeMap<RegistryValue, String>);

impl InMemorySettings {
    /// The text of a value.
    pub fn text(&self, value: &RegistryValue) -> Option<&str> {
        self.0.get(value).map(String::as_str)
    }
}

impl ClientSettings for InMemorySettings {
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>> {
        Box::pin(async { Ok(self.0.get(value).cloned()) })
    }

    fn set<'a>(&'a mut self, value: &'a RegistryValue, text: &'a str) -> SettingAnswer<'a, ()> {
        Box::pin(async {
            self.0.insert(value.clone(), text.to_owned());
            Ok(())
        })
    }

    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()> {
        Box::pin(async {
            self.0.remove(value);
            Ok(())
        })
    }
}
