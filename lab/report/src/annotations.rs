//! Annotations of a pull request, in the form of GitHub's workflow commands.
//!
//! Uses: results, text.

use std::fmt::Write as _;

use crate::results::Results;
use crate::text::shown;

/// GitHub shows ten annotations of a step.
const MOST: usize = 10;

/// One line for each of the first ten failures. Printed in a job, each marks the step that failed.
pub fn annotations(results: &Results) -> String {
    let mut text = String::new();
    for (feature, scenario, failure) in results.failed().take(MOST) {
        let file = property(&feature.file);
        let title = property(&scenario.name);
        let message = data(&format!("{}\n{}", shown(&failure.reason), shown(&failure.step)));
        let line = failure.line;
        // Writing to a text does not fail.
        let _ = writeln!(text, "::error file={file},line={line},title={title}::{message}");
    }
    text
}

/// A message, with the characters replaced that would end it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value of a property, with the characters replaced that would end it.
fn property(text: &str) -> String {
    data(&shown(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_replaced() {
        assert_eq!(property("a:b,c%\n::error::"), "a%3Ab%2Cc%25\u{fffd}%3A%3Aerror%3A%3A");
        assert_eq!(data("100 %\r\n::stop"), "100 %25%0D%0A::stop");
    }
}
