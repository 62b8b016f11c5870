//! The remedies of KB 4549715.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::names::{AccountName, ServiceClass};

/// WinRM's port over HTTP.
pub const WINRM_PORT: u16 = 5985;

/// A resolution of the article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "remedy", rename_all = "kebab-case")]
pub enum Remedy {
    /// Option 1: delete the registration from the account that should not have it.
    RemoveRegistration {
        /// From which account. `None`: from every account that holds a name of the target and is
        /// not its computer account.
        account: Option<AccountName>,
    },
    /// Option 2: register names with the port on the computer account, and make the client ask for
    /// them: `New-PSSessionOption -IncludePortInSPN`.
    PortSpns {
        /// The port of the WinRM listener.
        port: u16,
    },
    /// Option 3: make the client ask for `WSMAN/…`, and register that on the computer account.
    WsmanPrefix,
    /// The article's `reg add` line, which contradicts its text: make the client ask for `HOST/…`,
    /// which every computer account has.
    HostPrefix,
}

impl Remedy {
    /// Stable short name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RemoveRegistration { .. } => "remove-registration",
            Self::PortSpns { .. } => "port-spns",
            Self::WsmanPrefix => "wsman-prefix",
            Self::HostPrefix => "host-prefix",
        }
    }

    /// The place in the article.
    pub fn article(&self) -> &'static str {
        match self {
            Self::RemoveRegistration { .. } => "KB 4549715, option 1",
            Self::PortSpns { .. } => "KB 4549715, option 2",
            Self::WsmanPrefix => "KB 4549715, option 3",
            Self::HostPrefix => "KB 4549715, option 3, with the value of its reg add line",
        }
    }

    /// The service class that the client will ask for, if the remedy sets one.
    pub fn prefix(&self) -> Option<ServiceClass> {
        match self {
            Self::WsmanPrefix => Some(ServiceClass::WSMAN),
            Self::HostPrefix => Some(ServiceClass::HOST),
            Self::RemoveRegistration { .. } | Self::PortSpns { .. } => None,
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RemoveRegistration { account: None } => {
                f.write_str("remove the registration from the wrong account")
            }
            Self::RemoveRegistration { account: Some(account) } => {
                write!(f, "remove the registration from {account}")
            }
            Self::PortSpns { port } => write!(f, "register SPNs with the port {port}"),
            Self::WsmanPrefix => f.write_str("let the client ask for WSMAN SPNs"),
            Self::HostPrefix => f.write_str("let the client ask for HOST SPNs"),
        }
    }
}
