//! What a run leaves to read: a page without scripts, Markdown, JUnit, annotations, and archives of
//! evidence.
//!
//! Everything is rendered from what the judge kept ([`entries`]) and from cucumber's own document
//! of a run of the suite ([`Results`]). Nothing is computed anew.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod text;

mod results;

mod evidence;

mod attempts;

mod quiz;

mod junit;

mod annotations;

mod summary;

mod archive;

mod suite;

mod folder;

pub use annotations::annotations;
pub use attempts::{html, markdown};
pub use evidence::{Entry, RESULTS, commands_of, entries, suite_of};
pub use folder::write_folder;
pub use junit::junit;
pub use quiz::{Checked, Debrief, Heard, Hinted, Quiz, Verdict};
pub use results::{Failure, Feature, Results, Scenario, Status, Step};
pub use suite::suite_html;
pub use summary::{Run, summary};
