//! How MEM1's WinRM is set up, and how a registration of its own SPNs ended.

use serde::{Deserialize, Serialize};

use super::{accounts, hosts};

/// Environment variable of MEM1: the directory in which WinRM registers its SPNs.
const REGISTER_SPNS: &str = "SPNLAB_REGISTER_SPNS";
/// Environment variable of MEM1: WinRM accepts messages in clear.
const ALLOW_UNENCRYPTED: &str = "SPNLAB_ALLOW_UNENCRYPTED";
/// Environment variable of MEM1: the level of channel binding, if it is not `relaxed`.
const CHANNEL_BINDING: &str = "SPNLAB_CHANNEL_BINDING";
/// Environment variable of MEM1: how many seconds its clock is ahead; negative if it is behind.
const CLOCK: &str = "SPNLAB_CLOCK";

/// What WinRM expects of a client's channel bindings over HTTPS (Windows' CbtHardeningLevel).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelBinding {
    /// WinRM ignores them.
    None,
    /// They may be missing, but must not be wrong. This is Windows' default.
    #[default]
    Relaxed,
    /// They must be present and right.
    Strict,
}

impl ChannelBinding {
    const ALL: [Self; 3] = [Self::None, Self::Relaxed, Self::Strict];

    /// The level's name for winrmd and `spnlab up`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Relaxed => "relaxed",
            Self::Strict => "strict",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// How MEM1's WinRM is set up. The default is the article's starting point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct WinrmSettings {
    /// WinRM registers `WSMAN/<name>` and `WSMAN/<FQDN>` on its computer account at each start, as
    /// on Windows.
    pub register_spns: bool,
    /// WinRM accepts messages in clear over HTTP, as with Windows' setting `AllowUnencrypted`.
    pub allow_unencrypted: bool,
    /// What WinRM expects of channel bindings on port 5986.
    pub channel_binding: ChannelBinding,
    /// How many seconds MEM1's clock is ahead of the others; negative if it is behind. Kerberos
    /// accepts a difference of five minutes (MS-KILE 3.1.1: the policy's default).
    pub clock_ahead: i32,
}

impl WinrmSettings {
    /// These settings as variables of MEM1's container.
    pub(crate) fn environment(self) -> Vec<String> {
        let directory = format!("{REGISTER_SPNS}=ldap://{}", hosts::DC1.fqdn);
        let clear = format!("{ALLOW_UNENCRYPTED}=true");
        let binding = format!("{CHANNEL_BINDING}={}", self.channel_binding.name());
        let clock = format!("{CLOCK}={:+}", self.clock_ahead);
        let switches = [
            (self.clock_ahead != 0, clock),
            (self.register_spns, directory),
            (self.allow_unencrypted, clear),
            (self.channel_binding != ChannelBinding::default(), binding),
        ];
        switches.into_iter().filter_map(|(on, variable)| on.then_some(variable)).collect()
    }

    /// The settings in a container's variables.
    pub(crate) fn read(environment: &[String]) -> Self {
        let value = |name: &str| {
            let pairs = environment.iter().filter_map(|variable| variable.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
        };
        Self {
            register_spns: value(REGISTER_SPNS).is_some(),
            allow_unencrypted: value(ALLOW_UNENCRYPTED).is_some(),
            channel_binding: value(CHANNEL_BINDING)
                .and_then(ChannelBinding::named)
                .unwrap_or_default(),
            clock_ahead: value(CLOCK).and_then(|ahead| ahead.parse().ok()).unwrap_or_default(),
        }
    }

    /// The SPNs that WinRM itself adds to an account of the baseline.
    pub(crate) fn own_spns(self, account: &str) -> &'static [&'static str] {
        if self.register_spns && account == accounts::MEM1.name {
            &["WSMAN/mem1.contoso.com", "WSMAN/MEM1"]
        } else {
            &[]
        }
    }
}

/// How a registration of WinRM's own SPNs ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum WinrmRegistration {
    /// WinRM has its SPNs.
    Registered {
        /// The SPNs that were not there before.
        added: Vec<String>,
    },
    /// WinRM does not have its SPNs. Windows would then write an event into its log.
    NotRegistered {
        /// The event's number.
        windows_would_log: u32,
        /// The event's text.
        text: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_remembers_its_settings() {
        let switches = [(false, false), (false, true), (true, false), (true, true)];
        let all = switches
            .into_iter()
            .flat_map(|switches| ChannelBinding::ALL.map(|level| (switches, level)));
        for ((register_spns, allow_unencrypted), channel_binding) in all {
            let clock_ahead = if register_spns { -600 } else { 0 };
            let settings =
                WinrmSettings { register_spns, allow_unencrypted, channel_binding, clock_ahead };
            let mut environment = settings.environment();
            environment.push("PATH=/usr/bin".to_owned());
            assert_eq!(WinrmSettings::read(&environment), settings);
        }
        assert_eq!(WinrmSettings::default().environment(), Vec::<String>::new());
    }
}
