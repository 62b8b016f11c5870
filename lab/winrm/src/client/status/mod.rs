//! What a Windows client reports for each way to fail.
//!
//! This program sees Kerberos codes, HTTP statuses and WSManFaults. It never sees a Windows status
//! of its own. One table says what Windows would show, so that the user recognises the case. It
//! also says how certain each pairing is. An unknown status has no row, and the report leaves it
//! out. Values and names are from Microsoft's lists (win32 "COM Error Codes (Security and Setup)",
//! "System Error Codes", wsman.h) and PowerShell's source. [`document`] writes
//! `docs/client-status.md` from here.

mod condition;
mod document;
mod fault;
mod row;
mod table;

pub use condition::{Condition, PAIRINGS, Pairing, Reporter};
pub use document::document;
pub use fault::{fault_status, name_of_fault};
pub use row::{Certainty, ENTER_PSSESSION_ID, SECURITY_UNMAPPED, WindowsStatus, Wording};
