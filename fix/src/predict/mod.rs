//! What a domain controller will say to a change of SPNs, before it is asked.
//!
//! The rules are those of Samba's `samldb` and `acl` modules, held to a real domain controller by the
//! lab's tests, and for Windows those of MS-ADTS 3.1.1.5.1.3 (uniqueness), 3.1.1.5.3.1.1.4 (validated
//! write) and KB5008382 (aliases), which no test here has held to a Windows domain controller.

mod rehearsal;
mod rules;

pub use rehearsal::{Proposal, Rehearsal};
pub use rules::{Dialect, Predicted, Rights};

pub(crate) use rules::{Facts, add};
