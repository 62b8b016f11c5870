//! The settings of MEM1's WinRM, and what it says about its own registration.

use serde::{Deserialize, Serialize};
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::RestartContainerOptionsBuilder;

use crate::containers::{self, Part};
use crate::docker::refused;
use crate::error::Result;
use crate::exec::exec;
use crate::http_probe;
use crate::lab::{Lab, READY_WITHIN};
use crate::labels::Role;
use crate::logs;
use crate::ready::{self, Look};
use crate::topology::{accounts, hosts};

/// Environment variable of MEM1: the directory in which WinRM registers its SPNs.
const REGISTER_SPNS: &str = "SPNLAB_REGISTER_SPNS";
/// Environment variable of MEM1: WinRM takes messages in clear.
const ALLOW_UNENCRYPTED: &str = "SPNLAB_ALLOW_UNENCRYPTED";
/// Environment variable of MEM1: what WinRM expects of channel bindings, if not `relaxed`.
const CHANNEL_BINDING: &str = "SPNLAB_CHANNEL_BINDING";

/// Environment variable of MEM1: how many seconds its clock is ahead, or behind.
const CLOCK: &str = "SPNLAB_CLOCK";
/// In MEM1: the variables that its servers were started with, one a line.
pub(crate) const SETTINGS: &str = "/run/spnlab/settings";
/// Runs in MEM1: writes other settings into the file than the servers were started with.
const TELL: &str = r#"printf '%s\n' "$2" >"$1""#;
/// WinRM is not running.
const OFF: &str = "SPNLAB_WINRM=off";
/// Runs in CLIENT: curl says 7 when nothing listens there.
const KNOCK: &str = "curl --silent --output /dev/null --max-time 5 http://mem1.contoso.com:5985/";
/// curl: failed to connect.
const REFUSED: i64 = 7;

/// What WinRM expects of a client's channel bindings over HTTPS (Windows' CbtHardeningLevel).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelBinding {
    /// They are not looked at.
    None,
    /// They may be missing, but must not be wrong; Windows' default.
    #[default]
    Relaxed,
    /// They must be there, and right.
    Strict,
}

impl ChannelBinding {
    const ALL: [Self; 3] = [Self::None, Self::Relaxed, Self::Strict];

    /// As winrmd and `spnlab up` are told.
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
    /// It registers `WSMAN/<name>` and `WSMAN/<FQDN>` on its computer account whenever it starts,
    /// as on Windows.
    pub register_spns: bool,
    /// It takes messages in clear over HTTP, as with Windows' setting `AllowUnencrypted`.
    pub allow_unencrypted: bool,
    /// What it expects of channel bindings on port 5986.
    pub channel_binding: ChannelBinding,
    /// How many seconds MEM1's clock is ahead of the others; behind, if negative. Kerberos takes a
    /// difference of five minutes (MS-KILE 3.1.1: the policy's default).
    pub clock_ahead: i32,
}

impl WinrmSettings {
    /// The variables of MEM1's container that say so.
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

    /// The settings behind a container's variables.
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

    /// What WinRM itself adds to an account of the baseline.
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
    /// They are there.
    Registered {
        /// Those that were not there before.
        added: Vec<String>,
    },
    /// Windows would write an event into its log then.
    NotRegistered {
        /// The event's number.
        windows_would_log: u32,
        /// The event's text.
        text: String,
    },
}

impl Lab {
    /// How the registrations of WinRM's own SPNs ended, one for each start since WinRM got its
    /// settings; none where [`WinrmSettings::register_spns`] is off.
    pub async fn winrm_registrations(&self) -> Result<Vec<WinrmRegistration>> {
        let mut all = registrations(self.docker(), self.part(Role::Mem1)).await?;
        Ok(all.split_off(self.registered_before().min(all.len())))
    }

    /// Starts MEM1's WinRM and web site again with these settings, and waits until they are ready.
    ///
    /// What WinRM has registered with the old ones stays in the directory; a reset knows what the
    /// new ones ask for.
    pub async fn set_winrm(&mut self, settings: WinrmSettings) -> Result<()> {
        let before = registrations(self.docker(), self.part(Role::Mem1)).await?.len();
        self.start_winrm(&settings.environment()).await?;
        let mem1 = self.part(Role::Mem1);
        let registered = async {
            if settings.register_spns {
                registration(self.docker(), mem1, before).await
            } else {
                Ok(())
            }
        };
        tokio::try_join!(answers(mem1), registered)?;
        self.winrm_runs(settings, before);
        Ok(())
    }

    /// Ends MEM1's WinRM service and leaves the host up: its name resolves, its port refuses.
    /// [`Lab::set_winrm`] starts it again.
    pub async fn end_winrm(&mut self) -> Result<()> {
        self.winrm_ended();
        self.start_winrm(&[OFF.to_owned()]).await?;
        let lab = &*self;
        ready::wait_for("a refusal at port 5985", READY_WITHIN, || async {
            let knock = lab.exec(Role::Client, Some("admin"), &["sh", "-c", KNOCK], None).await?;
            let not_yet = || Look::NotYet(format!("curl ended with {}", knock.status));
            Ok(if knock.status == REFUSED { Look::Ready } else { not_yet() })
        })
        .await
    }

    /// Whether MEM1's WinRM runs, whatever its settings.
    pub(crate) fn winrm_runs_at_all(&self) -> bool {
        self.winrm_runs_with(self.winrm_settings())
    }

    /// The variables that MEM1's servers were started with the last time.
    pub(crate) fn winrm_variables(&self) -> Vec<String> {
        if self.winrm_runs_at_all() {
            self.winrm_settings().environment()
        } else {
            vec![OFF.to_owned()]
        }
    }

    /// Sets the clock of MEM1's servers behind the lab's back, and leaves no trace in the file of their settings:
    /// what is then known of MEM1 is wrong. [`Lab::set_winrm`] takes it back.
    pub async fn set_clock_untold(&self, clock_ahead: i32) -> Result<()> {
        let settings = WinrmSettings { clock_ahead, ..WinrmSettings::default() };
        self.start_winrm(&settings.environment()).await?;
        let told = self.winrm_variables().join("\n");
        let command = ["sh", "-c", TELL, "tell", SETTINGS, &told];
        self.exec(Role::Mem1, None, &command, None).await?.success(Role::Mem1, "the settings")?;
        answers(self.part(Role::Mem1)).await
    }

    async fn start_winrm(&self, variables: &[String]) -> Result<()> {
        let mut command = vec!["/usr/lib/spnlab/winrm-settings"];
        command.extend(variables.iter().map(String::as_str));
        let ran = self.exec(Role::Mem1, None, &command, None).await?;
        ran.success(Role::Mem1, "winrm-settings").map(drop)
    }

    /// Stops MEM1 in order, starts it again and waits until it is ready, also with its
    /// registration; its published ports are new ones.
    pub async fn restart_mem1(&mut self) -> Result<()> {
        self.forget(Role::Mem1);
        let before = registrations(self.docker(), self.part(Role::Mem1)).await?.len();
        let (docker, settings) = (self.docker().clone(), self.winrm_settings());
        let mem1 = self.mem1_mut();
        let options = RestartContainerOptionsBuilder::new().build();
        docker.restart_container(&mem1.id, Some(options)).await.map_err(refused("restart mem1"))?;
        mem1.ports = containers::published_ports(&docker, &mem1.id).await?;
        let registered = async {
            if settings.register_spns { registration(&docker, mem1, before).await } else { Ok(()) }
        };
        let answers = async { tokio::try_join!(answers(mem1), registered).map(|_| ()) };
        tokio::select! {
            ready = answers => ready,
            dead = ready::watch(&docker, std::slice::from_ref(mem1)) => Err(dead),
        }
    }
}

/// WinRM and the web site answer.
pub(crate) async fn answers(mem1: &Part) -> Result<()> {
    let winrm = ready::wait_for("a 401 with Negotiate from winrmd", READY_WITHIN, || async {
        Ok(http_probe::offers_negotiate(mem1.port(5985), "/wsman").await)
    });
    let web = ready::wait_for("a 401 with Negotiate from the web site", READY_WITHIN, || async {
        Ok(http_probe::offers_negotiate(mem1.port(80), "/").await)
    });
    tokio::try_join!(winrm, web).map(|_| ())
}

/// WinRM has tried to register its SPNs once more than `before`. A refusal is no failure of the
/// lab: Windows goes on too.
pub(crate) async fn registration(docker: &Docker, mem1: &Part, before: usize) -> Result<()> {
    ready::wait_for("the registration of WinRM's SPNs", READY_WITHIN, || async {
        let seen = registrations(docker, mem1).await?.len();
        let not_yet = || Look::NotYet(format!("{seen} in its log"));
        Ok(if seen > before { Look::Ready } else { not_yet() })
    })
    .await
}

async fn registrations(docker: &Docker, mem1: &Part) -> Result<Vec<WinrmRegistration>> {
    let log = logs::all(docker, &mem1.id).await?;
    // Every other line is another event, or none of winrmd's.
    Ok(log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// The settings that MEM1's servers run with.
pub(crate) async fn settings_of(docker: &Docker, mem1: &Part) -> Result<WinrmSettings> {
    let ran = exec(docker, &mem1.id, None, &["cat", SETTINGS], None).await?.into_text();
    let variables = ran.success(Role::Mem1, "cat")?;
    Ok(WinrmSettings::read(&variables.lines().map(str::to_owned).collect::<Vec<_>>()))
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

    #[test]
    fn registrations_are_read_from_the_log() {
        let read = |line| serde_json::from_str::<WinrmRegistration>(line).ok();
        let registered =
            r#"{"time":"x","event":"registered","account":"MEM1$","added":["WSMAN/MEM1"]}"#;
        let added = vec!["WSMAN/MEM1".to_owned()];
        assert_eq!(read(registered), Some(WinrmRegistration::Registered { added }));
        let not =
            r#"{"event":"not-registered","account":"MEM1$","windows_would_log":10154,"text":"no"}"#;
        let said =
            WinrmRegistration::NotRegistered { windows_would_log: 10154, text: "no".to_owned() };
        assert_eq!(read(not), Some(said));
        assert_eq!(read(r#"{"event":"listening","address":"x","tls":false}"#), None);
        assert_eq!(read("AH00558: apache2"), None);
    }
}
