//! The settings that decide which SPN a client asks for.

use serde::{Deserialize, Serialize};

use crate::names::{ServiceClass, Spn, Target};

/// The settings of a WinRM client.
///
/// ```
/// use spnfix::{ClientProfile, ServiceClass};
///
/// let target = "mem1.contoso.com".parse()?;
/// let spn = |profile: ClientProfile| profile.requested_spn(&target).to_string();
/// assert_eq!(spn(ClientProfile::default()), "HTTP/mem1.contoso.com");
/// assert_eq!(spn(ClientProfile::default().with_port(5985)), "HTTP/mem1.contoso.com:5985");
/// assert_eq!(spn(ClientProfile::default().with_prefix(ServiceClass::WSMAN)), "WSMAN/mem1.contoso.com");
/// # Ok::<(), spnfix::TargetError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientProfile {
    /// The registry value `spn_prefix`. Without it the client asks for `HTTP`. (Clients since
    /// Windows Server 2025 are reported to ask for `HOST` without it. For those, set `HOST` here.)
    pub spn_prefix: Option<ServiceClass>,
    /// The port, if the client includes it: `New-PSSessionOption -IncludePortInSPN`.
    pub include_port: Option<u16>,
    /// The client takes no session options, so it cannot include the port: event forwarding, for
    /// example.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_session_options: bool,
}

impl ClientProfile {
    /// With the registry value `spn_prefix`.
    #[must_use]
    pub fn with_prefix(self, class: ServiceClass) -> Self {
        Self { spn_prefix: Some(class), ..self }
    }

    /// With the port in the SPN.
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        Self { include_port: Some(port), ..self }
    }

    /// For a client that takes no session options.
    #[must_use]
    pub fn without_session_options(self) -> Self {
        Self { no_session_options: true, ..self }
    }

    /// The service class the client asks for.
    pub fn class(&self) -> ServiceClass {
        self.spn_prefix.clone().unwrap_or(ServiceClass::HTTP)
    }

    /// The SPN the client asks for, with the host name exactly as typed.
    pub fn requested_spn(&self, target: &Target) -> Spn {
        let spn = Spn::new(self.class(), target);
        match self.include_port {
            Some(port) => spn.with_port(port),
            None => spn,
        }
    }
}
