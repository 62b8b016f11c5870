//! `spnlab diagnose`.

use clap::Args;
use spnfix::{Saw, SawError};

use super::external::{ClientOptions, ExternalDirectory};
use super::lab_name::LabName;

/// `spnlab diagnose`.
#[derive(Debug, Args)]
pub(crate) struct Diagnose {
    /// The host that cannot be reached
    #[arg(default_value = "mem1.contoso.com")]
    pub(crate) host: String,
    /// What the client saw: as:24, tgs:7 or ap:41 (the Kerberos code of the AS, TGS or AP
    /// exchange), no-kdc, name-not-found, unreachable, access-denied or accepted; or what Windows
    /// printed: 0x80090322, SEC_E_WRONG_PRINCIPAL, -2144108387
    #[arg(long, value_name = "WHAT", value_parser = saw, allow_hyphen_values = true)]
    pub(crate) saw: Option<Saw>,
    #[command(flatten)]
    pub(crate) lab: LabName,
    #[command(flatten)]
    pub(crate) external: ExternalDirectory,
    #[command(flatten)]
    pub(crate) client: ClientOptions,
}

/// Reads what a client saw.
fn saw(text: &str) -> Result<Saw, String> {
    text.parse().map_err(|error: SawError| format!("{error}\nhint: {}", error.hint()))
}
