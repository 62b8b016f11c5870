//! The grade: three verdicts, each with its reasons, and the debrief of a right answer.

use serde::Serialize;
use spnlab_harness::{Lab, Role, Watch};

use super::cause::{self, Cause};
use super::facts::{Facts, Way};
use super::question::Question;
use super::rest;
use super::texts::Debrief;
use crate::error::{Error, Result};
use crate::kept::{self, Lesson};

/// One verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What it is about.
    pub about: &'static str,
    /// Whether it is right.
    pub right: bool,
    /// Why, one line each.
    pub because: Vec<String>,
}

/// The grade of a quiz.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grade {
    /// The cause, the fix, and everything else.
    pub verdicts: [Verdict; 3],
    /// How the user connects from now on.
    pub way: Option<Way>,
    /// What there is to learn. Empty until all is right, because it names the cause.
    pub debrief: Vec<Debrief>,
}

impl Grade {
    /// Whether all three are right.
    pub fn right(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.right)
    }
}

/// Grades the quiz of this lab. `told` is the host name that the user should type from now on, if
/// the answer is another name. `watch` says where the connection that decides is kept.
pub async fn check(lab: &Lab, told: Option<&str>, watch: &Watch) -> Result<Grade> {
    let Some(Lesson::Quiz(began)) = kept::read(lab).await? else { return Err(Error::NoQuiz) };
    let question = Question::drawn(began.level, began.seed);
    if lab.is_paused(Role::Dc1).await {
        return Ok(unknown());
    }
    let facts = Facts::of(lab, &question, told, watch).await?;
    let mut causes = Vec::new();
    for condition in question.conditions {
        causes.push(cause::of(*condition, lab, &facts, told).await?);
    }
    let broken = rest::of(lab, &question, &began, &facts).await?;
    let verdicts = [cause_verdict(causes), fix_verdict(&facts), rest_verdict(&question, broken)];
    let grade = Grade { verdicts, way: facts.way, debrief: Vec::new() };
    if !grade.right() {
        return Ok(grade);
    }
    let debrief = question.conditions.iter().map(|one| Debrief::of(*one)).collect();
    Ok(Grade { debrief, ..grade })
}

const CAUSE: &str = "the cause is gone, or worked around";
const FIX: &str = "WinRM connects, and will tomorrow";
const REST: &str = "nothing else is broken";

/// Nobody can look into a directory that does not answer.
fn unknown() -> Grade {
    let because = || vec!["the domain controller does not answer".to_owned()];
    let no = |about| Verdict { about, right: false, because: because() };
    Grade { verdicts: [CAUSE, FIX, REST].map(no), way: None, debrief: Vec::new() }
}

fn cause_verdict(causes: Vec<Cause>) -> Verdict {
    let right = !causes.iter().any(|cause| matches!(cause, Cause::There(_)));
    // What is gone already says what was there, so only a right answer names it.
    let line = |cause| match cause {
        Cause::There(_) if !right => Some("what makes it fail is still there".to_owned()),
        Cause::Gone(text) | Cause::WorkedAround(text) if right => Some(text),
        _ => None,
    };
    let mut because: Vec<String> = causes.into_iter().filter_map(line).collect();
    because.dedup();
    Verdict { about: CAUSE, right, because }
}

fn fix_verdict(facts: &Facts) -> Verdict {
    let because = match facts.way {
        Some(way) => vec![way.text().to_owned()],
        None => facts.failures.clone(),
    };
    Verdict { about: FIX, right: facts.way.is_some(), because }
}

fn rest_verdict(question: &Question, broken: Vec<String>) -> Verdict {
    let right = broken.is_empty();
    let sites = question.sites();
    let because = match (right, sites.is_empty()) {
        (false, _) => broken,
        (true, true) => vec!["no other account, name or setting was changed".to_owned()],
        (true, false) => {
            let sites = sites.join(" and ");
            vec![format!(
                "the web site works as {sites}; no other account, name or setting was changed"
            )]
        }
    };
    Verdict { about: REST, right, because }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_answer_does_not_learn_the_cause() {
        let gone = || Cause::Gone("x".to_owned());
        let there = Cause::There("HTTP/mem1 is on svc_web".to_owned());
        let wrong = cause_verdict(vec![gone(), there.clone(), there]);
        assert!(!wrong.right);
        assert_eq!(wrong.because, ["what makes it fail is still there"]);
        let right = cause_verdict(vec![gone(), Cause::WorkedAround("y".to_owned())]);
        assert!(right.right);
        assert_eq!(right.because, ["x", "y"]);
    }

    #[test]
    fn without_a_directory_nothing_is_right() {
        let grade = unknown();
        assert!(!grade.right() && grade.verdicts.iter().all(|verdict| !verdict.right));
    }
}
