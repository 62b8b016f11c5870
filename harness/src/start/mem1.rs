//! Reads from MEM1 its settings, and how the registrations of WinRM's SPNs ended. The harness does
//! so when it starts a lab or finds it again.

use spnlab_agent::{Contents, Request};
use testcontainers::bollard::Docker;

use super::Engine;
use crate::engine::{Look, Part, READY_WITHIN, logs, refused, wait_for};
use crate::model::{Result, WinrmRegistration, WinrmSettings};

/// In MEM1: the variables that its servers were started with, one a line.
pub(crate) const SETTINGS: &str = "/run/spnlab/settings";

/// Waits until WinRM has tried once more than `before` to register its SPNs. A refusal is no
/// failure of the lab: Windows goes on too.
pub(crate) async fn registration(docker: &Docker, mem1: &Part, before: usize) -> Result<()> {
    wait_for("the registration of WinRM's SPNs", READY_WITHIN, || async {
        let seen = registrations(docker, mem1).await?.len();
        let not_yet = || Look::NotYet(format!("{seen} in its log"));
        Ok(if seen > before { Look::Ready } else { not_yet() })
    })
    .await
}

/// How the registrations of WinRM's own SPNs ended, one for each start.
pub(crate) async fn registrations(docker: &Docker, mem1: &Part) -> Result<Vec<WinrmRegistration>> {
    let log = logs::all(docker, &mem1.id).await?;
    // Other lines are other events, or come from other programs.
    Ok(log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// The variable of MEM1's servers that says that WinRM does not run.
pub(crate) const OFF: &str = "SPNLAB_WINRM=off";

/// The settings that MEM1's servers run with, and whether WinRM has been ended.
pub(crate) async fn settings_of(
    (docker, residents): Engine<'_>,
    mem1: &Part,
) -> Result<(WinrmSettings, bool)> {
    let read = Request::ReadFile { path: SETTINGS.to_owned() };
    let error = match residents.ask::<Contents>(docker, mem1.container(), None, read).await {
        Ok(Contents { bytes }) => {
            let variables = String::from_utf8_lossy(&bytes.0);
            let variables: Vec<String> = variables.lines().map(str::to_owned).collect();
            let ended = variables.iter().any(|variable| variable == OFF);
            return Ok((WinrmSettings::read(&variables), ended));
        }
        Err(error) => error,
    };
    // A paused container runs no program, so this reads the settings from its creation.
    let found = docker.inspect_container(&mem1.id, None).await.map_err(refused("inspect mem1"))?;
    if found.state.and_then(|state| state.paused) != Some(true) {
        return Err(error);
    }
    let environment = found.config.and_then(|config| config.env).unwrap_or_default();
    Ok((WinrmSettings::read(&environment), false))
}

/// The settings with which MEM1 was created.
pub(crate) async fn first_settings(docker: &Docker, mem1: &Part) -> Result<WinrmSettings> {
    let found = docker.inspect_container(&mem1.id, None).await.map_err(refused("inspect mem1"))?;
    let environment = found.config.and_then(|config| config.env).unwrap_or_default();
    Ok(WinrmSettings::read(&environment))
}

#[cfg(test)]
mod tests {
    use super::*;

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
