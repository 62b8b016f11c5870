//! `spnlab report`: a page about what `connect`, `browse`, `demo`, `quiz` or `test` kept.

use std::path::Path;

use serde_json::json;
use spnlab_harness::{Error, EvidenceDir};
use spnlab_report::{Run, entries, html, markdown, suite_html, suite_of, summary};

use crate::cli::Report;
use crate::console::{Console, escaped};
use crate::failure::Failure;
use crate::state::{KeptQuiz, newest_run};

/// What a report is made of.
#[derive(Debug)]
struct Told {
    text: String,
    /// What it tells of.
    count: usize,
    of: &'static str,
}

pub(super) fn report(options: &Report, console: &Console) -> Result<u8, Failure> {
    let Report { evidence, output, markdown } = options;
    let none = |folder| Failure::NoEvidence {
        folder,
        what: "a connect, browse, demo, quiz or test".into(),
    };
    let newest = || newest_run().ok_or_else(|| none(EvidenceDir::root()));
    let evidence = evidence.clone().map_or_else(newest, Ok)?;
    let told = told(&evidence, *markdown)?.ok_or_else(|| none(evidence.clone()))?;
    std::fs::write(output, &told.text).map_err(|source| {
        Failure::Lab(Error::Io { action: format!("write {}", output.display()), source })
    })?;
    let Told { count, of, .. } = told;
    let mut document = json!({ "file": output, "evidence": evidence });
    document[format!("{of}s")] = count.into();
    console.document("report", &document);
    let s = if count == 1 { "" } else { "s" };
    let (file, from) = (output.display(), evidence.display());
    console.print(&escaped(&format!("{file}: {count} {of}{s} from {from}")));
    Ok(0)
}

/// `None`: there is nothing to tell of.
fn told(evidence: &Path, as_markdown: bool) -> Result<Option<Told>, Failure> {
    if let Some((results, folder)) = suite_of(evidence)? {
        let run = Run::default();
        let text = if as_markdown {
            summary(&run, &results)
        } else {
            suite_html(&run, &results, &folder, false)?
        };
        return Ok(Some(Told { text, count: results.scenarios().count(), of: "scenario" }));
    }
    let quiz = KeptQuiz::at(evidence);
    let name = evidence.file_name().unwrap_or_default().to_string_lossy();
    let title = match &quiz {
        Some(_) => "spnlab quiz".to_owned(),
        None => format!("spnlab report: {name}"),
    };
    let entries = match &quiz {
        Some(kept) => kept.entries()?,
        None => entries(evidence)?,
    };
    let text = match (&quiz, as_markdown) {
        (Some(kept), false) => kept.quiz.html(&title, &entries),
        (Some(kept), true) => kept.quiz.markdown(&title, &entries),
        (None, _) if entries.is_empty() => return Ok(None),
        (None, false) => html(&title, &entries),
        (None, true) => markdown(&title, &entries),
    };
    Ok(Some(Told { text, count: entries.len(), of: "attempt" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTEMPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts");

    fn asked(evidence: &Path, output: &Path) -> Report {
        let (evidence, output) = (Some(evidence.to_owned()), output.to_owned());
        Report { evidence, output, markdown: false }
    }

    #[test]
    fn nothing_recorded_is_an_error_and_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.html");
        let console = Console::new(false, true);
        let failure = report(&asked(folder.path(), &page), &console).unwrap_err();
        assert!(matches!(failure, Failure::NoEvidence { .. }), "{failure}");
        assert!(!page.exists());
        report(&asked(Path::new(ATTEMPTS), &page), &console).unwrap();
        assert!(std::fs::read_to_string(&page).unwrap().contains("<svg"));
        let blocked = report(&asked(Path::new(ATTEMPTS), folder.path()), &console).unwrap_err();
        assert_eq!(blocked.exit_status(), crate::exit_status::FILES);
    }

    #[test]
    fn a_run_of_the_suite_is_told_by_its_scenarios() {
        let folder = tempfile::tempdir().unwrap();
        let run = concat!(env!("CARGO_MANIFEST_DIR"), "/../report/tests/run.json");
        std::fs::copy(run, folder.path().join("results.json")).unwrap();
        for evidence in [folder.path(), Path::new(run)] {
            let told = told(evidence, false).unwrap().unwrap();
            assert_eq!((told.count, told.of), (4, "scenario"));
            assert!(told.text.contains("KRB_AP_ERR_MODIFIED (41)"), "{}", told.text);
        }
    }
}
