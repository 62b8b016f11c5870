//! What one attempt left in the packet capture.

use serde::{Deserialize, Serialize};

use super::trace::Trace;

/// What went over the wire in one attempt.
#[derive(Clone, Serialize, Deserialize)]
pub struct Wire {
    /// The capture in pcap format: what CLIENT sent and received during the attempt.
    #[serde(skip)]
    pub capture: Vec<u8>,
    /// The attempt's Kerberos messages.
    #[serde(flatten)]
    pub trace: Trace,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire")
            .field("capture", &format_args!("{} bytes", self.capture.len()))
            .field("trace", &self.trace)
            .finish()
    }
}
