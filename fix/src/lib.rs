//! The core fix library for WinRM error 0x80090322: SPNs, diagnosis, plans, undo.

mod account;
mod account_name;
mod directory;
mod directory_error;
mod dn;
mod fold;
#[cfg(feature = "ldap")]
mod ldap;
mod ldap_code;
mod mappings;
mod memory;
mod pattern;
mod profile;
mod service_class;
mod settings;
mod spn;
mod target;

pub use account::{Account, AccountKind, AccountRef};
pub use account_name::{AccountName, AccountNameError};
pub use directory::{Answer, Directory, Domain, Scope};
pub use directory_error::DirectoryError;
#[cfg(feature = "ldap")]
pub use ldap::{Bind, LdapAccess, LdapDirectory, Password, Timeouts};
pub use ldap_code::LdapCode;
pub use mappings::SpnMappings;
pub use memory::InMemoryDirectory;
pub use pattern::{PatternError, SpnPattern};
pub use profile::ClientProfile;
pub use service_class::ServiceClass;
pub use settings::{
    ClientSettings, InMemorySettings, NoClientSettings, RegistryValue, SettingAnswer, SettingsError,
};
pub use spn::{Spn, SpnError};
pub use target::{Target, TargetError};
