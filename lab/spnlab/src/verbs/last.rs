//! `spnlab trace` and `spnlab events`: the last connection again, from its evidence.

use std::path::PathBuf;

use serde_json::json;
use spnlab_harness::{Attempt, Error, EvidenceDir, list_events};

use crate::cli::Trace;
use crate::console::{Console, escaped};
use crate::failure::Failure;
use crate::show::{events, facts, sequence, wire};
use crate::state::newest_run;

/// The file of the evidence.
const FILE: &str = "connect.json";

/// Shows what Kerberos did, and the messages.
pub(super) fn trace(options: &Trace, console: &Console) -> Result<u8, Failure> {
    let (attempt, folder) = last(&options.lab.name)?;
    let messages = &attempt.wire.trace.messages;
    console.document(
        "trace",
        &json!({ "outcome": attempt.outcome, "messages": messages, "evidence": folder }),
    );
    console.print("what Kerberos did");
    for line in facts::of(&attempt) {
        console.print(&format!("  {}", escaped(&line)));
    }
    console.print("\nwho sent what");
    for line in sequence::lines(&attempt) {
        console.print(&format!("  {}", escaped(&line)));
    }
    if options.wire {
        console.print("\non the wire");
        for line in wire(&attempt) {
            console.print(&line);
        }
    }
    console.explain(&format!("\nevidence: {}", folder.display()));
    if !options.wire {
        console
            .explain("--wire shows the messages on the wire in the form of the article's traces");
    }
    Ok(0)
}

/// Shows what Windows would log.
pub(super) fn logged(lab: &str, console: &Console) -> Result<u8, Failure> {
    let (attempt, folder) = last(lab)?;
    let text = list_events(&attempt.windows_events);
    console.document("events", &json!({ "text": text, "evidence": folder }));
    if attempt.windows_events.is_empty() {
        console.say("Windows would log nothing for this connection");
    } else {
        console.print(&events(&text));
    }
    console.explain(&format!("\nevidence: {}", folder.display()));
    Ok(0)
}

/// The last connection to a lab, and where it is kept.
fn last(lab: &str) -> Result<(Attempt, PathBuf), Failure> {
    let none = || Failure::NoEvidence {
        folder: EvidenceDir::root(),
        what: format!("a connection to the lab {lab}"),
    };
    // The folder of an attempt without a verdict has another file of this name.
    let folder = newest_run(Some((lab, "connect.events.txt"))).ok_or_else(none)?;
    let path = folder.join(FILE);
    let text = std::fs::read(&path).map_err(|source| {
        Failure::from(Error::Io { action: format!("read {}", path.display()), source })
    })?;
    let attempt = serde_json::from_slice(&text).map_err(|error| Error::Unreadable {
        what: path.display().to_string(),
        detail: error.to_string(),
    })?;
    Ok((attempt, folder))
}
