//! The first part of an SPN.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::same;
use super::spn_error::{SpnError, checked_part};
use crate::text::PastedError;

/// The service class of an SPN: `HTTP`, `HOST`, `WSMAN`, …
///
/// ```
/// use spnfix::ServiceClass;
///
/// let class: ServiceClass = "http".parse()?;
/// assert_eq!(class, ServiceClass::HTTP);      // compared as the directory does
/// assert_eq!(class.to_string(), "http");      // shown as typed
/// # Ok::<(), spnfix::SpnError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceClass(Cow<'static, str>);

impl ServiceClass {
    /// The class that a WinRM client asks for by default (KB 4549715).
    pub const HTTP: Self = Self(Cow::Borrowed("HTTP"));
    /// The class that every computer account has. Most other classes are aliases of it.
    pub const HOST: Self = Self(Cow::Borrowed("HOST"));
    /// The class that the WinRM service registers for itself.
    pub const WSMAN: Self = Self(Cow::Borrowed("WSMAN"));
    /// The class that a computer account has beside `HOST`.
    pub const RESTRICTED_KRB_HOST: Self = Self(Cow::Borrowed("RestrictedKrbHost"));

    /// A class with any characters that a directory may store.
    pub(super) fn literal(text: &str) -> Result<Self, SpnError> {
        checked_part(text, text, "service class")?;
        Ok(Self(Cow::Owned(text.to_owned())))
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServiceClass {
    type Err = SpnError;

    fn from_str(text: &str) -> Result<Self, SpnError> {
        PastedError::check(text)?;
        Self::literal(text)
    }
}

impl TryFrom<String> for ServiceClass {
    type Error = SpnError;

    fn try_from(text: String) -> Result<Self, SpnError> {
        Self::literal(&text)
    }
}

impl From<ServiceClass> for String {
    fn from(class: ServiceClass) -> Self {
        class.0.into_owned()
    }
}

impl PartialEq for ServiceClass {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for ServiceClass {}

impl fmt::Display for ServiceClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
