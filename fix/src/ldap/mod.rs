//! The directory over LDAP.
//!
//! Uses: directory, names, regular_file.

mod access;
#[cfg(feature = "kerberos")]
mod bindings;
mod connection;
mod directory;
mod discovery;
mod duplicate;
mod entry;
mod env;
mod failure;
mod filter;
#[cfg(feature = "kerberos")]
mod kerberos;
mod krb5_conf;
mod open;
mod progress;
mod range;
mod srv;
mod tls;
mod wire;

pub use access::{Bind, LdapAccess, Password, Protection, Timeouts, Trust};
pub use directory::LdapDirectory;
pub use discovery::Discovery;
