//! What a trainer does to a lab: brings about conditions, and asks questions about them.
//!
//! It seeds faults by the harness's road only, and never with the core fix library. So the grader
//! of the quiz is not built from what people fix with.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod error;

mod condition;

mod kept;

mod lesson;

mod quiz;

pub use condition::{Condition, Kind};
pub use error::{Error, Result};
pub use lesson::{bring_about, bring_about_secretly, present, refuse_during_quiz};
pub use quiz::{
    Debrief, Grade, HINTS, Hint, LEVELS, Question, Reported, Verdict, Way, check, hint, start,
};
