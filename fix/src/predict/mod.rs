//! Predicts what a domain controller answers to a change of SPNs.
//!
//! For Samba the rules are those of its `samldb` and `acl` modules. The lab's tests compare them
//! with a real domain controller. For Windows the rules are those of MS-ADTS 3.1.1.5.1.3
//! (uniqueness), 3.1.1.5.3.1.1.4 (validated write) and KB5008382 (aliases). No test here has
//! compared them.
//!
//! Uses: directory, names.

mod rehearsal;
mod rules;

pub use rehearsal::{Proposal, Rehearsal};
pub use rules::{Dialect, Predicted, Rights};

pub(crate) use rules::{Facts, add};

#[cfg(test)]
mod tests;
