//! `spnlab trace` and `spnlab events`: the last attempt again, from its evidence.

use std::path::PathBuf;

use serde_json::json;
use spnlab_harness::{EvidenceDir, list_events};
use spnlab_picture::Recorded;

use crate::cli::Trace;
use crate::console::{BOLD, Console, escaped};
use crate::failure::Failure;
use crate::show::{events, facts, sequence, wire};
use crate::state::last_attempt;

/// Shows what Kerberos did, and the messages: of a connection or of a visit to the web site.
pub(super) fn trace(options: &Trace, console: &Console) -> Result<u8, Failure> {
    let (seen, folder) = last(&options.lab.name, "an attempt in", Some)?;
    let scene = seen.scene(None);
    let outcome = match &seen {
        Recorded::Connection(attempt) => Some(&attempt.outcome),
        Recorded::Visit(_) => None,
    };
    let messages = &seen.trace().messages;
    console.document(
        "trace",
        &json!({
            "title": scene.title, "outcome": outcome, "messages": messages, "evidence": folder,
        }),
    );
    console.print(&format!("{BOLD}{}{BOLD:#}", escaped(&scene.title)));
    console.print("what Kerberos did");
    for line in facts::of_recorded(&seen) {
        console.print(&format!("  {}", escaped(&line)));
    }
    console.print("\nwho sent what");
    for line in sequence::lines(&scene) {
        console.print(&format!("  {}", escaped(&line)));
    }
    if options.wire {
        console.print("\non the wire");
        for line in wire(seen.trace()) {
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

/// Shows what Windows would log for the last connection.
pub(super) fn logged(lab: &str, console: &Console) -> Result<u8, Failure> {
    let connection = |seen| match seen {
        Recorded::Connection(attempt) => Some(attempt),
        Recorded::Visit(_) => None,
    };
    let (attempt, folder) = last(lab, "a connection to", connection)?;
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

fn last<T>(
    lab: &str,
    what: &str,
    kind: impl Fn(Recorded) -> Option<T>,
) -> Result<(T, PathBuf), Failure> {
    let root = EvidenceDir::root();
    let none =
        || Failure::NoEvidence { folder: root.clone(), what: format!("{what} the lab {lab}") };
    last_attempt(&root, lab, kind).ok_or_else(none)
}
