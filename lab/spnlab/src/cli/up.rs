//! `spnlab up`, and which Samba.

use clap::{Args, ValueEnum};
use spnlab_harness::{ChannelBinding, SambaVersion, WinrmSettings};

use super::lab_name::LabName;

/// `spnlab up`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that is typed or not")]
pub(crate) struct Up {
    #[command(flatten)]
    pub(crate) lab: LabName,
    /// Let WinRM register WSMAN/mem1.contoso.com and WSMAN/MEM1 whenever it starts, as Windows
    /// does; without it, the lab is at the article's starting point
    #[arg(long)]
    pub(crate) register_spns: bool,
    /// Let WinRM accept messages in clear on port 5985, as the setting AllowUnencrypted does
    #[arg(long)]
    pub(crate) allow_unencrypted: bool,
    /// What WinRM expects of a client's channel bindings over HTTPS: CbtHardeningLevel
    #[arg(long, value_name = "LEVEL", default_value = "relaxed")]
    pub(crate) channel_binding: Level,
    /// Add a second domain controller, dc2, that replicates with dc1; takes some seconds longer
    #[arg(long)]
    pub(crate) two_dcs: bool,
    /// Put MEM1's clock ahead by so many seconds, or behind (-600); Kerberos allows 300
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) clock_ahead: i32,
    /// Let the lab reach what this host reaches; without it, nothing leaves the lab's network
    #[arg(long)]
    pub(crate) internet: bool,
    #[command(flatten)]
    pub(crate) samba: SambaOption,
}

/// Which Samba.
#[derive(Debug, Args)]
pub(crate) struct SambaOption {
    /// Samba version of the domain controllers
    #[arg(long, value_name = "VERSION", default_value = "4.22")]
    pub(crate) samba: Samba,
}

/// The versions of Samba.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Samba {
    /// Of Debian 13
    #[value(name = "4.22")]
    V4_22,
    /// Of Debian 12
    #[value(name = "4.17")]
    V4_17,
}

impl From<Samba> for SambaVersion {
    fn from(samba: Samba) -> Self {
        match samba {
            Samba::V4_22 => Self::V4_22,
            Samba::V4_17 => Self::V4_17,
        }
    }
}

/// The levels of CbtHardeningLevel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// WinRM ignores them
    None,
    /// They may be missing, but not wrong; Windows' default
    Relaxed,
    /// They must be there and right
    Strict,
}

impl Up {
    /// The settings of MEM1's WinRM.
    pub(crate) fn winrm(&self) -> WinrmSettings {
        let Self { register_spns, allow_unencrypted, clock_ahead, .. } = *self;
        let channel_binding = match self.channel_binding {
            Level::None => ChannelBinding::None,
            Level::Relaxed => ChannelBinding::Relaxed,
            Level::Strict => ChannelBinding::Strict,
        };
        WinrmSettings { register_spns, allow_unencrypted, channel_binding, clock_ahead }
    }
}
