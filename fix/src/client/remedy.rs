//! The remedies: those of KB 4549715, and one for a HOST name that the computer has lost.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::names::{AccountName, ServiceClass};

/// WinRM's port over HTTP.
pub const WINRM_PORT: u16 = 5985;

/// WinRM's port over HTTPS.
pub(crate) const WINRM_TLS_PORT: u16 = 5986;

/// The parameters with which PowerShell connects to this port, each after a blank. Without any, it
/// is 5985. WinRM's compatibility listeners have 80 and 443.
pub(crate) fn connecting_to(port: u16) -> String {
    match port {
        WINRM_PORT => String::new(),
        WINRM_TLS_PORT => " -UseSSL".to_owned(),
        443 => " -UseSSL -Port 443".to_owned(),
        other => format!(" -Port {other}"),
    }
}

/// A resolution of the article, or of a lost HOST name.
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
    /// Take `HOST/…` off the accounts that wrongly hold it, and register it on the computer
    /// account, as `setspn -R` does. The machine was replaced, renamed or joined again. An account
    /// that nothing runs as (another computer's, or a disabled one) loses the aliases of that name
    /// too.
    GiveHostBack,
}

impl Remedy {
    /// Stable short name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RemoveRegistration { .. } => "remove-registration",
            Self::PortSpns { .. } => "port-spns",
            Self::WsmanPrefix => "wsman-prefix",
            Self::HostPrefix => "host-prefix",
            Self::GiveHostBack => "give-host-back",
        }
    }

    /// The place in the article, or the command that does a part of it.
    pub fn article(&self) -> &'static str {
        match self {
            Self::RemoveRegistration { .. } => "KB 4549715, option 1",
            Self::PortSpns { .. } => "KB 4549715, option 2",
            Self::WsmanPrefix => "KB 4549715, option 3",
            Self::HostPrefix => "KB 4549715, option 3, with the value of its reg add line",
            Self::GiveHostBack => "not in KB 4549715; setspn -R registers these names",
        }
    }

    /// The service class that the client will ask for, if the remedy sets one.
    pub fn prefix(&self) -> Option<ServiceClass> {
        match self {
            Self::WsmanPrefix => Some(ServiceClass::WSMAN),
            Self::HostPrefix => Some(ServiceClass::HOST),
            Self::RemoveRegistration { .. } | Self::PortSpns { .. } | Self::GiveHostBack => None,
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
            Self::GiveHostBack => f.write_str("give HOST back to the computer"),
        }
    }
}
