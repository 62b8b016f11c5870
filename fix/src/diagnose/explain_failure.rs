//! A failure for readers who have never heard of SPNs.

use std::fmt;

use super::failure::{FailureDiagnosis, Finding};
use super::suspect::Suspect;
use crate::text::{paragraph, points};

impl fmt::Display for FailureDiagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.target, headline(&self.finding))?;
        writeln!(f)?;
        let said = format!(
            "A client that connects to {} shows the domain controller the name {} (its service \
             principal name, SPN) and gets a ticket that only the account behind that name can \
             open.",
            self.target, self.requested
        );
        paragraph(f, "  ", "  ", &said)?;
        paragraph(f, "  Seen: ", "    ", &format!("{}.", self.observed))?;
        paragraph(f, "  Directory: ", "    ", &format!("{}.", self.directory))?;
        match &self.finding {
            Finding::NothingWrong => Ok(()),
            Finding::Explained { because, next_steps } => {
                paragraph(f, "  So: ", "    ", &format!("{because}."))?;
                points(f, "Next", next_steps)
            }
            Finding::NotAnSpnProblem { because, causes }
            | Finding::Contradiction { because, causes } => {
                paragraph(f, "  So: ", "    ", &format!("{because}."))?;
                if causes.is_empty() {
                    return Ok(());
                }
                writeln!(f, "\nLook at, the likeliest first")?;
                causes.iter().enumerate().try_for_each(|(at, suspect)| one(f, at + 1, suspect))
            }
        }
    }
}

fn headline(finding: &Finding) -> &'static str {
    match finding {
        Finding::NothingWrong => "it works, as the directory says",
        Finding::Explained { .. } => "the directory explains the failure",
        Finding::NotAnSpnProblem { .. } => "not a problem of SPNs",
        Finding::Contradiction { .. } => "what was seen and the directory contradict each other",
    }
}

/// Commands are not wrapped, so that the user can copy them.
fn one(f: &mut fmt::Formatter<'_>, number: usize, suspect: &Suspect) -> fmt::Result {
    paragraph(f, &format!("  {number}. "), "     ", &format!("{}.", suspect.why))?;
    for (system, commands) in [("Windows", &suspect.windows), ("Linux", &suspect.linux)] {
        for command in commands {
            writeln!(f, "       {system}> {command}")?;
        }
    }
    paragraph(f, "     If so: ", "       ", &format!("{}.", suspect.action))
}
