//! Markers: datagrams that the judge sends, so that the capture shows how far it has come.

use uuid::Uuid;

use crate::model::ports::TLS;

/// Markers go to this port of CLIENT's own loopback address. Nothing else uses UDP there, and the
/// capture records it.
pub(crate) const MARKER: u16 = TLS;
/// Every marker begins with this.
pub(super) const MARKER_BEGINS: &str = "spnlab: captured until here ";

/// The text of a new marker.
pub(crate) fn new_mark() -> String {
    format!("{}{}", MARKER_BEGINS, Uuid::new_v4())
}
