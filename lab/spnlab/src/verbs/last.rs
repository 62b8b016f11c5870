//! `spnlab trace` and `spnlab events`: the last connection again, from its evidence.

use serde_json::json;
use spnlab_harness::Error;

use crate::console::{Console, escaped};
use crate::failure::Failure;
use crate::state::last_run;

/// What to show: the verb, and the file of the evidence.
type What = (&'static str, &'static str);

/// The messages on the wire.
pub(super) const TRACE: What = ("trace", "connect.trace.txt");
/// What Windows would log.
pub(super) const EVENTS: What = ("events", "connect.events.txt");

/// Shows it.
pub(super) fn show(lab: &str, (verb, file): What, console: &Console) -> Result<u8, Failure> {
    let folder = last_run(lab, file).ok_or_else(|| Failure::NoRun { name: lab.to_owned() })?;
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).map_err(|source| {
        Failure::from(Error::Io { action: format!("read {}", path.display()), source })
    })?;
    console.document(verb, &json!({ "text": text, "evidence": folder }));
    console.print(&escaped(&text.replace('\t', "  ")));
    console.explain(&format!("\nevidence: {}", folder.display()));
    Ok(0)
}
