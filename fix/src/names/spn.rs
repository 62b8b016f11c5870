//! Service principal names.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::{fold, same};
use super::service_class::ServiceClass;
use super::spn_error::{SpnError, checked_part, no_ipv6, other_form};
use super::target::Target;
use crate::text::PastedError;

/// A service principal name: `class/host[:port or :instance][/service name]` (MS-ADTS 2.2.21).
///
/// It keeps the text as typed, and compares as the directory does: `http/MEM1` equals `HTTP/mem1`.
/// A port is part of the name: `HTTP/mem1:5985` and `HTTP/mem1` are two SPNs.
///
/// ```
/// use spnfix::{ServiceClass, Spn};
///
/// let spn: Spn = "HTTP/mem1.contoso.com".parse()?;
/// assert_eq!(spn, "http/MEM1.contoso.com".parse()?);
/// assert_eq!(spn.with_port(5985).to_string(), "HTTP/mem1.contoso.com:5985");
/// assert_eq!(spn.with_class(&ServiceClass::WSMAN).to_string(), "WSMAN/mem1.contoso.com");
/// # Ok::<(), spnfix::SpnError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Spn {
    class: ServiceClass,
    host: String,
    /// The text after the colon. It is no number, because `:05985` and `:5985` differ to the
    /// directory.
    qualifier: Option<String>,
    service_name: Option<String>,
}

impl Spn {
    /// The SPN of a service class on a host.
    pub fn new(class: ServiceClass, host: &Target) -> Self {
        Self { class, host: host.as_str().to_owned(), qualifier: None, service_name: None }
    }

    /// The service class.
    pub fn class(&self) -> &ServiceClass {
        &self.class
    }

    /// The host, without port or instance.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if only digits follow the colon.
    pub fn port(&self) -> Option<u16> {
        self.qualifier.as_deref().filter(|text| all_digits(text)).and_then(|text| text.parse().ok())
    }

    /// The instance name, if something other than a port follows the colon.
    pub fn instance(&self) -> Option<&str> {
        self.qualifier.as_deref().filter(|text| !all_digits(text))
    }

    /// The third part, which domain controllers use: `ldap/dc1.contoso.com/contoso.com`.
    pub fn service_name(&self) -> Option<&str> {
        self.service_name.as_deref()
    }

    /// The same name with this port, in place of a port or instance.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        Self { qualifier: Some(port.to_string()), ..self.clone() }
    }

    /// The same name without port or instance.
    #[must_use]
    pub fn without_port(&self) -> Self {
        Self { qualifier: None, ..self.clone() }
    }

    /// The same name with another service class. Everything after the first slash stays, as in the
    /// KDC's alias lookup (MS-DRSR 4.1.4.2.19).
    #[must_use]
    pub fn with_class(&self, class: &ServiceClass) -> Self {
        Self { class: class.clone(), ..self.clone() }
    }

    /// Whether a value stored in the directory is this SPN.
    pub fn is(&self, stored: &str) -> bool {
        same(&self.to_string(), stored)
    }

    /// An SPN with the characters of any language, also those that are usually pasted by mistake:
    /// a directory may store them.
    pub(crate) fn literal(text: &str) -> Result<Self, SpnError> {
        let slashes = text.matches('/').count();
        if slashes > 2 {
            return Err(SpnError::TooManySlashes { text: text.to_owned(), count: slashes });
        }
        let Some((class, rest)) = text.split_once('/') else {
            return Err(SpnError::NoSlash { text: text.to_owned() });
        };
        let (instance, service_name) = match rest.split_once('/') {
            Some((instance, name)) => (instance, Some(name)),
            None => (rest, None),
        };
        no_ipv6(text, instance)?;
        let (host, qualifier) = match instance.split_once(':') {
            Some((host, qualifier)) => (host, Some(qualifier)),
            None => (instance, None),
        };
        checked_part(text, class, "service class")?;
        checked_part(text, host, "host")?;
        if let Some(qualifier) = qualifier {
            checked_part(text, qualifier, "port or instance name")?;
            if all_digits(qualifier) && !matches!(qualifier.parse::<u16>(), Ok(1..)) {
                return Err(SpnError::Port { text: text.to_owned(), port: qualifier.to_owned() });
            }
        }
        if let Some(name) = service_name {
            checked_part(text, name, "service name")?;
        }
        Ok(Self {
            class: ServiceClass::literal(class)?,
            host: host.to_owned(),
            qualifier: qualifier.map(str::to_owned),
            service_name: service_name.map(str::to_owned),
        })
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl FromStr for Spn {
    type Err = SpnError;

    fn from_str(text: &str) -> Result<Self, SpnError> {
        PastedError::check(text)?;
        other_form(text)?;
        Self::literal(text)
    }
}

impl fmt::Display for Spn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.class, self.host)?;
        if let Some(qualifier) = &self.qualifier {
            write!(f, ":{qualifier}")?;
        }
        if let Some(name) = &self.service_name {
            write!(f, "/{name}")?;
        }
        Ok(())
    }
}

impl PartialEq for Spn {
    fn eq(&self, other: &Self) -> bool {
        same(&self.to_string(), &other.to_string())
    }
}

impl Eq for Spn {}

impl Hash for Spn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fold(&self.to_string()).hash(state);
    }
}

impl TryFrom<String> for Spn {
    type Error = SpnError;

    fn try_from(text: String) -> Result<Self, SpnError> {
        Self::literal(&text)
    }
}

impl From<Spn> for String {
    fn from(spn: Spn) -> Self {
        spn.to_string()
    }
}

#[cfg(test)]
#[path = "spn_tests.rs"]
mod tests;
