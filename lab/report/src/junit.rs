//! JUnit's XML, as Jenkins, GitLab and others read it.
//!
//! cucumber's own writer of this form is not used. It names no class. Its messages begin with its
//! own words. A failure that prints `]]>` or a control character breaks its file. And it cannot
//! write the file of a run that was made in several parts.
//!
//! Uses: results.

use askama::Template;

use crate::results::{Results, Status};

/// The document. A failure's message begins with the Kerberos code.
pub fn junit(results: &Results) -> String {
    // Writing to a text does not fail.
    JUnit { results }.render().unwrap_or_default()
}

#[derive(Debug, Template)]
#[template(path = "junit.xml", escape = "html")]
struct JUnit<'a> {
    results: &'a Results,
}
