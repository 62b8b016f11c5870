//! What the judge does in CLIENT: sessions, tickets, the registry, setspn, the packet capture.
//!
//! Uses: engine, lab, model, wire.

mod capture;
mod clock;
mod kept;
mod log;
mod registry;
mod session;
mod setspn;
pub(crate) mod tickets;

pub(crate) use capture::CaptureSlice;
pub(crate) use registry::KEY as REGISTRY_KEY;
pub use registry::RegistryEntry;
pub use session::{Begun, Ended, Output, Session};
