//! The quiz: a question drawn from a seed, hints, and a grade from what the lab really does.
//!
//! Uses: condition, error, kept, lesson.

mod cause;
mod facts;
mod grade;
mod question;
mod rest;
mod start;
mod texts;

pub use facts::Way;
pub use grade::{Grade, Verdict, check};
pub use question::{LEVELS, Question};
pub use start::{HINTS, Hint, Reported, hint, start};
pub use texts::Debrief;
