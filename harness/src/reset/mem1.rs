//! Checks MEM1 against what the lab expects: the settings of its servers, their clock, and no
//! process of a user.

use std::time::{Duration, SystemTime};

use spnlab_agent::{Contents, Request};

use crate::lab::Mem1;
use crate::model::{Result, Role, WinrmSettings, no_difference};
use crate::start::http_probe;
use crate::start::mem1::SETTINGS;

/// A `Date` has whole seconds, and winrmd may send one that is a second old.
const TOLERANCE: Duration = Duration::from_secs(2);

impl Mem1<'_> {
    /// Compares the settings and the clock of MEM1's servers with what the lab expects now.
    ///
    /// # Errors
    /// [`Error::NotAtBaseline`](crate::Error::NotAtBaseline) with the difference.
    pub(crate) async fn check(self) -> Result<()> {
        let wanted = self.winrm_variables().await?;
        let ahead = WinrmSettings::read(&wanted).clock_ahead;
        let settings = async {
            let read = Request::ReadFile { path: SETTINGS.to_owned() };
            let kept: Contents = self.lab.ask(Role::Mem1, None, read).await?;
            no_difference(settings_off(&String::from_utf8_lossy(&kept.bytes.0), &wanted))
        };
        let winrm = async {
            if !self.winrm_runs() {
                return Ok(());
            }
            clock("WinRM", self.winrm_port(), "/wsman", ahead).await
        };
        let site = clock("web site", self.web_port(), "/", ahead);
        tokio::try_join!(settings, winrm, site).map(|_| ())
    }

    /// Ends all shells. Waits until winrmd says that they have ended, and checks the processes of
    /// MEM1.
    pub(super) async fn end_shells(self) -> Result<()> {
        if self.winrm_runs() {
            let log = self.lab.log_of(Role::Mem1).end().await?;
            self.lab.ask::<()>(Role::Mem1, None, Request::EndShells).await?;
            let ended = |line: &str| line.contains(r#""event":"shells-ended""#).then_some(());
            let ended = self.lab.log_of(Role::Mem1).find(log, true, ended).await?;
            let not = || "MEM1's WinRM does not say that its shells have ended".to_owned();
            no_difference(ended.is_none().then(not))?;
        }
        let left: Vec<String> = self.lab.ask(Role::Mem1, None, Request::UserProcesses).await?;
        no_difference((!left.is_empty()).then(|| format!("MEM1 still runs {}", left.join(", "))))
    }
}

/// Checks the clock of a server of MEM1.
async fn clock(server: &str, port: u16, path: &str, ahead: i32) -> Result<()> {
    let asked = SystemTime::now();
    let told = http_probe::date(port, path).await;
    let off = match told {
        Ok(told) => clock_off(told, [asked, SystemTime::now()], ahead),
        Err(instead) => Some(format!("tells no time: {instead}")),
    };
    no_difference(off.map(|off| format!("MEM1's {server} {off}")))
}

/// How the file of settings differs from the expected variables, in any order.
fn settings_off(file: &str, wanted: &[String]) -> Option<String> {
    let mut has: Vec<&str> = file.lines().filter(|line| !line.is_empty()).collect();
    let mut wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    has.sort_unstable();
    wanted.sort_unstable();
    (has != wanted).then(|| format!("MEM1's servers were started with {has:?}, not {wanted:?}"))
}

/// How a clock is wrong. It told this time between two moments of the engine's clock, and should be
/// so many seconds ahead of it.
fn clock_off(told: SystemTime, [asked, answered]: [SystemTime; 2], ahead: i32) -> Option<String> {
    let by = Duration::from_secs(ahead.unsigned_abs().into());
    let there = |here: SystemTime| if ahead < 0 { here - by } else { here + by };
    let right = there(asked) - TOLERANCE..=there(answered) + TOLERANCE;
    let text = humantime::format_rfc3339_seconds;
    (!right.contains(&told)).then(|| {
        let (told, here) = (text(told), text(answered));
        format!("says {told} where the engine says {here}, to which MEM1 adds {ahead:+} s")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChannelBinding;

    #[test]
    fn the_settings_are_those_of_the_file_and_no_others() {
        let settings = WinrmSettings {
            register_spns: true,
            allow_unencrypted: true,
            channel_binding: ChannelBinding::Strict,
            clock_ahead: -600,
        };
        let wanted = settings.environment();
        let mut lines = wanted.clone();
        lines.reverse();
        let file = lines.join("\n") + "\n";
        assert_eq!(settings_off(&file, &wanted), None);
        // Without settings, winrm-settings writes an empty line, and mem1-start writes nothing.
        for none in ["\n", ""] {
            assert_eq!(settings_off(none, &[]), None);
            assert!(settings_off(none, &wanted).unwrap().contains("[], not [\"SPNLAB_"));
        }
        for other in [
            file.replace("-600", "+600"),
            file.clone() + "SPNLAB_WINRM=off\n",
            file.replace("SPNLAB_ALLOW_UNENCRYPTED=true\n", ""),
            file.replace("=strict", "=none"),
        ] {
            assert!(settings_off(&other, &wanted).is_some(), "{other}");
        }
        assert!(settings_off("SPNLAB_WINRM=off\n", &[]).is_some());
    }

    #[test]
    fn a_clock_is_right_within_two_seconds_of_the_question() {
        let at = |millis: u64| {
            SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_420_500_000 + millis)
        };
        let asked = [at(900), at(1_200)];
        let off = |told: SystemTime, ahead| clock_off(told, asked, ahead);
        // A `Date` has whole seconds, and may be a second old.
        for told in [at(0), at(1_000), at(3_000)] {
            assert_eq!(off(told, 0), None);
            assert_eq!(off(told + Duration::from_secs(600), 600), None);
            assert_eq!(off(told - Duration::from_secs(600), -600), None);
        }
        for (told, ahead) in [
            (at(4_000), 0),
            (at(0) - Duration::from_secs(2), 0),
            (at(0), 600),
            (at(0), -600),
            (at(0) + Duration::from_secs(600), 0),
            (at(0) + Duration::from_secs(600), -600),
        ] {
            assert!(off(told, ahead).is_some(), "{told:?} {ahead}");
        }
        assert_eq!(
            off(at(0), 600).unwrap(),
            "says 2026-11-23T07:55:00Z where the engine says 2026-11-23T07:55:01Z, to which MEM1 adds +600 s"
        );
    }
}
