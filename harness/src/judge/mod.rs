//! The judge: it makes connections and visits, and derives from five observers what Kerberos did.
//!
//! The observers are the client's report, the acceptor's log, the directory, the keys, and the
//! wire. They must tell the same story; otherwise the judge says that they disagree.
//!
//! Uses: client, dc, engine, evidence, lab, model, wire.

mod attempt;
mod combine;
mod confirm;
mod events;
mod observe;
mod records;
mod visit;
mod watch;
mod whose_key;

pub use attempt::Attempt;
pub use events::{WindowsEvent, Wording, list_events};
pub use observe::CaptureMark;
pub use visit::WebVisit;
pub use watch::Watch;

/// Name of the record of a program's sockets, for an error.
const PROGRAM_SOCKETS: &str = "the record of the attempt's sockets";
