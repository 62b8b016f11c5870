//! The WinRM client: what decides which SPN it asks for, where it keeps its settings, and its
//! remedy.
//!
//! Uses: names.

mod profile;
mod remedy;
mod settings;

pub use profile::ClientProfile;
pub use remedy::{Remedy, WINRM_PORT};
pub(crate) use remedy::{WINRM_TLS_PORT, connecting_to};
pub use settings::{
    ClientSettings, InMemorySettings, NoClientSettings, RegistryValue, SettingAnswer, SettingsError,
};
