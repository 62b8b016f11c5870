//! The directory over LDAP.

mod access;
mod connection;
mod directory;
mod entry;
mod failure;
mod filter;
mod range;
mod tls;

pub use access::{Bind, LdapAccess, Password, Timeouts};
pub use directory::LdapDirectory;
