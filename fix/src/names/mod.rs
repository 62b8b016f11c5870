//! Names and how they are compared: hosts, SPNs and their parts, accounts, DNs. No input, no
//! output.
//!
//! Uses: text.

mod account_name;
mod dn;
mod fold;
mod form;
mod mappings;
mod pattern;
mod service_class;
mod spn;
mod spn_error;
mod target;

pub use account_name::{AccountName, AccountNameError};
#[cfg(feature = "ldap")]
pub(crate) use dn::is_domain;
pub(crate) use dn::{by_guid, dns_domain, domain_part, same_dn};
pub(crate) use fold::{fold, holds, missing_from, same, same_set};
pub use form::FormError;
pub use mappings::SpnMappings;
pub use pattern::{PatternError, SpnPattern};
pub use service_class::ServiceClass;
pub use spn::Spn;
pub use spn_error::SpnError;
pub use target::{Target, TargetError};
