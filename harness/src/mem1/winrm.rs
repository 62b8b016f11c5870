//! The settings of MEM1's WinRM, and what WinRM reports about its own registration.

use crate::engine::{ADMIN, Look, READY_WITHIN, wait_for};
use crate::lab::{Mem1, WinrmState};
use crate::model::{Result, Role, WinrmRegistration, WinrmSettings};
use crate::start::mem1::{OFF, SETTINGS, first_settings, registration, registrations, settings_of};
use crate::start::ready::mem1_answers;

/// Runs in CLIENT.
const KNOCK: [&str; 7] = [
    "curl",
    "--silent",
    "--output",
    "/dev/null",
    "--max-time",
    "5",
    "http://mem1.contoso.com:5985/",
];
/// curl: failed to connect.
const REFUSED: i64 = 7;

impl Mem1<'_> {
    /// Port of 127.0.0.1 behind which WinRM listens.
    pub fn winrm_port(self) -> u16 {
        self.lab.part(Role::Mem1).port(5985)
    }

    /// Port of 127.0.0.1 behind which the web site listens.
    pub fn web_port(self) -> u16 {
        self.lab.part(Role::Mem1).port(80)
    }

    /// How its WinRM is set up. The first time, a lab that was found asks MEM1.
    pub async fn winrm_settings(self) -> Result<WinrmSettings> {
        let known = self.lab.winrm_state().settings;
        if let Some(known) = known {
            return Ok(known);
        }
        let engine = (self.lab.docker(), &**self.lab.residents());
        let (found, ended) = settings_of(engine, self.lab.part(Role::Mem1)).await?;
        let mut state = self.lab.winrm_state();
        state.settings = Some(found);
        state.ended |= ended;
        Ok(found)
    }

    /// The settings with which the lab was started.
    pub async fn first_winrm_settings(self) -> Result<WinrmSettings> {
        first_settings(self.lab.docker(), self.lab.part(Role::Mem1)).await
    }

    /// Whether somebody has ended its WinRM.
    pub async fn winrm_has_ended(self) -> Result<bool> {
        self.winrm_settings().await?;
        Ok(!self.winrm_runs())
    }

    /// Whether WinRM runs, and this program knows that it has these settings.
    pub fn winrm_runs_with(self, settings: WinrmSettings) -> bool {
        self.winrm_runs() && self.lab.winrm_state().settings == Some(settings)
    }

    /// How the registrations of WinRM's own SPNs ended: one entry for each start since WinRM got
    /// its settings. The list is empty if [`WinrmSettings::register_spns`] is off.
    pub async fn winrm_registrations(self) -> Result<Vec<WinrmRegistration>> {
        let mut all = registrations(self.lab.docker(), self.lab.part(Role::Mem1)).await?;
        let before = self.lab.winrm_state().registered_before;
        Ok(all.split_off(before.min(all.len())))
    }

    /// Starts MEM1's WinRM and web site again with these settings, and waits until they are ready.
    ///
    /// SPNs that WinRM registered with the old settings stay in the directory. A reset knows which
    /// SPNs the new settings ask for.
    pub async fn set_winrm(self, settings: WinrmSettings) -> Result<()> {
        let registered_before = self.start_servers(settings).await?;
        let settings = Some(settings);
        *self.lab.winrm_state() = WinrmState { settings, registered_before, ended: false };
        Ok(())
    }

    /// Sets the clock of MEM1's servers: so many seconds ahead of the others' clocks. A WinRM that
    /// has ended stays so.
    pub async fn set_clock(self, clock_ahead: i32) -> Result<()> {
        let ended = self.winrm_has_ended().await?;
        let settings = self.winrm_settings().await?;
        self.set_winrm(WinrmSettings { clock_ahead, ..settings }).await?;
        if ended { self.end_winrm().await } else { Ok(()) }
    }

    /// Starts MEM1's servers again with their present settings, and waits as [`Mem1::set_winrm`]
    /// does.
    pub async fn restart_winrm(self) -> Result<()> {
        self.start_servers(self.winrm_settings().await?).await.map(drop)
    }

    /// Starts them, and returns how many registrations the log had before.
    async fn start_servers(self, settings: WinrmSettings) -> Result<usize> {
        let (docker, mem1) = (self.lab.docker(), self.lab.part(Role::Mem1));
        let before = registrations(docker, mem1).await?.len();
        self.start_winrm(&settings.environment()).await?;
        let registered = async {
            if settings.register_spns { registration(docker, mem1, before).await } else { Ok(()) }
        };
        tokio::try_join!(mem1_answers(mem1), registered)?;
        Ok(before)
    }

    /// Ends MEM1's WinRM service and leaves the host up: MEM1's name still resolves, and the port
    /// refuses. [`Mem1::set_winrm`] starts the service again.
    pub async fn end_winrm(self) -> Result<()> {
        self.winrm_settings().await?;
        self.lab.winrm_state().ended = true;
        self.start_winrm(&self.winrm_variables().await?).await?;
        let lab = self.lab;
        wait_for("a refusal at port 5985", READY_WITHIN, || async {
            let knock = lab.exec(Role::Client, ADMIN, &KNOCK, None).await?;
            let not_yet = || Look::NotYet(format!("curl ended with {}", knock.status));
            Ok(if knock.status == REFUSED { Look::Ready } else { not_yet() })
        })
        .await
    }

    /// Whether MEM1's WinRM runs, with any settings.
    pub(crate) fn winrm_runs(self) -> bool {
        !self.lab.winrm_state().ended
    }

    /// The variables of the last recorded start of MEM1's servers.
    pub(crate) async fn winrm_variables(self) -> Result<Vec<String>> {
        let mut variables = self.winrm_settings().await?.environment();
        variables.extend((!self.winrm_runs()).then(|| OFF.to_owned()));
        Ok(variables)
    }

    /// Sets the clock of MEM1's servers without a record: neither the lab nor the settings file
    /// knows of it. [`Mem1::set_winrm`] restores the clock.
    pub async fn set_clock_unrecorded(self, clock_ahead: i32) -> Result<()> {
        let settings = WinrmSettings { clock_ahead, ..WinrmSettings::default() };
        self.start_winrm(&settings.environment()).await?;
        let recorded = self.winrm_variables().await?.join("\n") + "\n";
        let tee = ["tee", SETTINGS];
        let ran = self.lab.exec(Role::Mem1, None, &tee, Some(recorded.as_bytes())).await?;
        ran.success(Role::Mem1, "the settings")?;
        mem1_answers(self.lab.part(Role::Mem1)).await
    }

    async fn start_winrm(self, variables: &[String]) -> Result<()> {
        let mut command = vec!["/usr/lib/spnlab/winrm-settings"];
        command.extend(variables.iter().map(String::as_str));
        let ran = self.lab.exec(Role::Mem1, None, &command, None).await?;
        ran.success(Role::Mem1, "winrm-settings").map(drop)
    }
}
