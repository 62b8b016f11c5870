//! Whether MEM1 is what the lab believes it to be: the settings that its servers were started with, and the
//! clock that they tell.

use std::time::{Duration, SystemTime};

use crate::error::Result;
use crate::http_probe;
use crate::lab::Lab;
use crate::labels::Role;
use crate::reset::baseline_or;
use crate::winrm::{SETTINGS, WinrmSettings};

/// Called in MEM1: prints a file.
const CONTENTS: &str =
    r#"open my $file, '<', $_[0] or die "$_[0]: $!\n"; print <$file>; return 0;"#;
/// A date has whole seconds, and winrmd keeps it for as long as one.
const TOLERANCE: Duration = Duration::from_secs(2);

impl Lab {
    /// Compares MEM1 with what the lab believes of it now: its servers' settings, and their clock.
    ///
    /// # Errors
    /// [`Error::NotAtBaseline`] with the difference.
    pub(crate) async fn check_mem1(&self) -> Result<()> {
        let wanted = self.winrm_variables();
        let ahead = WinrmSettings::read(&wanted).clock_ahead;
        let settings = async {
            let ran = self.call(Role::Mem1, None, CONTENTS, &[SETTINGS]).await?;
            let kept = ran.success(Role::Mem1, "the settings of MEM1")?;
            baseline_or(settings_off(&kept, &wanted))
        };
        let winrm = async {
            if !self.winrm_runs_at_all() {
                return Ok(());
            }
            clock("WinRM", self.winrm_port(), "/wsman", ahead).await
        };
        let site = clock("web site", self.web_port(), "/", ahead);
        tokio::try_join!(settings, winrm, site).map(|_| ())
    }
}

/// Asks a server of MEM1 what time it is there.
async fn clock(server: &str, port: u16, path: &str, ahead: i32) -> Result<()> {
    let asked = SystemTime::now();
    let told = http_probe::date(port, path).await;
    let off = match told {
        Ok(told) => clock_off(told, [asked, SystemTime::now()], ahead),
        Err(instead) => Some(format!("tells no time: {instead}")),
    };
    baseline_or(off.map(|off| format!("MEM1's {server} {off}")))
}

/// How the file of settings differs from the variables that it must have, in any order.
fn settings_off(file: &str, wanted: &[String]) -> Option<String> {
    let mut has: Vec<&str> = file.lines().filter(|line| !line.is_empty()).collect();
    let mut wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    has.sort_unstable();
    wanted.sort_unstable();
    (has != wanted).then(|| format!("MEM1's servers were started with {has:?}, not {wanted:?}"))
}

/// How a clock is wrong that told this time between two moments of the engine's, and is to be so many
/// seconds ahead of it.
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
    use crate::winrm::ChannelBinding;

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
        // winrm-settings without any writes an empty line; mem1-start writes nothing.
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
        // A date is cut to its second, and may be a second old.
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
