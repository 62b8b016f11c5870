//! Who the client is and what it may do: HTTP schemes, tickets and channel bindings, the code of a
//! refusal, and the account for a principal. `wsman` has the client's operations.
//!
//! Uses: config, log.

mod account;
mod authentication;
mod caller;
mod scheme;
mod windows_error_code;

pub use account::{Account, AccountError, Allowed, Ids};
pub(crate) use authentication::{
    AuthenticatedClient, ChannelBindings, IncompleteContext, Outcome, accept,
};
pub(crate) use caller::Caller;
pub use scheme::Scheme;
pub use windows_error_code::{Codes, write_windows_error_code};
