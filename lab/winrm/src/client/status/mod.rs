//! What a Windows client reports for each way to fail.
//!
//! This program sees Kerberos codes, HTTP statuses and WSManFaults; it never sees a Windows status
//! of its own. One table says what Windows would show, so that an administrator recognises the
//! case, and how certain each pairing is. Where it is not known, there is no row, and nothing is
//! given. Values and names are from Microsoft's lists (win32 "COM Error Codes (Security and
//! Setup)", "System Error Codes", wsman.h) and PowerShell's source. `docs/client-status.md` is
//! written from here ([`document`]).

mod condition;
mod document;
mod fault;
mod row;
mod table;

pub use condition::{Condition, PAIRINGS, Pairing, Reporter};
pub use document::document;
pub use fault::{fault_status, name_of_fault};
pub use row::{Certainty, ENTER_PSSESSION_ID, SECURITY_UNMAPPED, WindowsStatus, Wording};
