//! What a scenario keeps for people to read afterwards, besides its connections and visits: SPN
//! holders, output of programs, plans, journals, and packets of connections that are no attempt.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use cucumber::gherkin::{Feature, Scenario};
use spnfix::Plan;
use spnlab_harness::{
    CaptureMark, Error, EvidenceDir, ExecOutput, Lab, Role, SpnInventory, accounts,
};
use tempfile::TempDir;

use super::must;
use crate::features::evidence_folder;

/// The folders of this run's evidence, each with the line of its scenario.
static OWNERS: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

static ROOT: OnceLock<PathBuf> = OnceLock::new();

/// Says where the evidence of this run goes. The first word counts.
pub(crate) fn keep_evidence_in(root: PathBuf) {
    let _ = ROOT.set(root);
}

/// The folder of a scenario's evidence, without the files of an earlier run.
pub(super) fn folder_anew(title: &str) -> Result<EvidenceDir, Error> {
    EvidenceDir::anew(ROOT.get_or_init(EvidenceDir::of_suite).join(title))
}

/// The folder of a scenario's evidence. From now on it belongs to this scenario.
///
/// # Panics
/// If another scenario has it, because the later one would delete the evidence of the earlier one.
pub(crate) fn claim_folder(feature: &Feature, scenario: &Scenario) -> String {
    let mut owners = OWNERS.lock().unwrap_or_else(PoisonError::into_inner);
    claim(&mut owners, feature, scenario)
}

fn claim(owners: &mut BTreeMap<String, String>, feature: &Feature, scenario: &Scenario) -> String {
    let folder = evidence_folder(feature, scenario);
    let path = feature.path.as_deref().unwrap_or(Path::new(""));
    // Each row of examples has a line of its own.
    let place = format!("{}:{}", path.display(), scenario.position.line);
    let owner = owners.entry(folder.clone()).or_insert_with(|| place.clone());
    assert!(
        *owner == place,
        "{owner} and {place} leave their evidence in one folder, {folder}: call one otherwise"
    );
    folder
}

/// What one scenario keeps.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Who held which SPN at each domain controller: before the first step that acts, or at the
    /// beginning if no step does.
    spns_before: BTreeMap<Role, SpnInventory>,
    /// A step has acted.
    acted: bool,
    /// Where CLIENT's capture ended before the first connection that is no attempt.
    capture: Option<CaptureMark>,
    /// The output of programs, one text for each run.
    said: BTreeMap<&'static str, Vec<String>>,
    /// The plans as they were shown.
    plans: Vec<String>,
    screen: Option<String>,
    journals: Option<TempDir>,
}

impl Evidence {
    /// Notes all SPN holders at the beginning.
    pub(crate) async fn begin(&mut self, lab: &Lab) -> Result<(), Error> {
        for dc in lab.dcs() {
            self.spns_before.insert(dc.role(), dc.spns().await?);
        }
        Ok(())
    }

    /// Notes all SPN holders at its first call, after the scenario's setup. It accepts that a DC
    /// does not answer, because some scenarios need that.
    pub(crate) async fn note_holders(&mut self, lab: &Lab) {
        if std::mem::replace(&mut self.acted, true) {
            return;
        }
        for dc in lab.dcs() {
            if let Ok(spns) = dc.spns().await {
                self.spns_before.insert(dc.role(), spns);
            }
        }
    }

    /// Keeps what CLIENT sends and receives from now on.
    pub(crate) async fn keep_packets(&mut self, lab: &Lab) -> Result<(), Error> {
        if self.capture.is_none() {
            self.capture = Some(lab.capture_mark().await?);
        }
        Ok(())
    }

    /// Keeps a program's output.
    pub(crate) fn said(&mut self, program: &'static str, command: &str, ran: &ExecOutput) {
        let ExecOutput { status, stdout, stderr } = ran;
        let text = format!(
            "> {command}\nexit status {status}\n\n-- standard output\n{stdout}\n-- standard error\n{stderr}"
        );
        self.said.entry(program).or_default().push(text);
    }

    /// Keeps a plan as it is shown. Equal plans in a row are kept once.
    pub(crate) fn planned(&mut self, plan: &Plan) {
        let text = plan.to_string();
        if self.plans.last() != Some(&text) {
            self.plans.push(text);
        }
    }

    /// Keeps the last screen of a terminal.
    pub(crate) fn showed(&mut self, lines: &[String]) {
        self.screen = Some(lines.join("\n") + "\n");
    }

    /// The folder of this scenario's journals, which may be in folders below it.
    pub(crate) fn journals(&mut self) -> PathBuf {
        self.journals.get_or_insert_with(|| must(TempDir::new())).path().to_owned()
    }

    /// Writes all of it, and the present SPN holders.
    pub(crate) async fn write_to(&self, folder: &EvidenceDir, lab: &Lab) -> Result<(), Error> {
        for (name, text) in self.texts()? {
            refuse_passwords(&name, &text)?;
            folder.write(&name, text)?;
        }
        for (dc, before) in &self.spns_before {
            folder.write_json(&of_dc("spns-before", *dc), before)?;
        }
        for dc in lab.dcs() {
            folder.write_json(&of_dc("spns-after", dc.role()), &dc.spns().await?)?;
        }
        match &self.capture {
            Some(mark) => lab.capture_since(mark).await?.write_to(folder, "session"),
            None => Ok(()),
        }
    }

    /// The texts, by the names of their files.
    fn texts(&self) -> Result<Vec<(String, String)>, Error> {
        let mut texts = Vec::new();
        for (program, said) in &self.said {
            let numbered = (1..).zip(said);
            texts.extend(numbered.map(|(n, text)| (format!("{program}-{n}.txt"), text.clone())));
        }
        // As with connections, the last plan has no number.
        if let Some((last, earlier)) = self.plans.split_last() {
            let numbered = (1..).zip(earlier);
            texts.extend(numbered.map(|(n, text)| (format!("plan-{n}.txt"), text.clone())));
            texts.push(("plan.txt".to_owned(), last.clone()));
        }
        texts.extend(self.screen.iter().map(|text| ("screen.txt".to_owned(), text.clone())));
        if let Some(folder) = &self.journals {
            let failed = |source| Error::Io { action: "read the journals".to_owned(), source };
            journals_in(folder.path(), &mut texts).map_err(failed)?;
        }
        Ok(texts)
    }
}

fn of_dc(name: &str, dc: Role) -> String {
    if dc == Role::Dc2 { format!("{name}-dc2.json") } else { format!("{name}.json") }
}

/// The journals in a folder and below it: `journal.json`, or `journal-NAME.json` for a file with
/// another name.
fn journals_in(folder: &Path, found: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            journals_in(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let name = match path.file_stem().unwrap_or_default().to_string_lossy() {
                stem if stem == "journal" => "journal.json".to_owned(),
                stem => format!("journal-{stem}.json"),
            };
            found.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// Other people read the evidence, so it must not contain a password.
fn refuse_passwords(name: &str, text: &str) -> Result<(), Error> {
    let mut known = accounts::ALL.iter().chain(accounts::ADDED);
    match known.find(|account| text.contains(account.password)) {
        Some(account) => {
            Err(Error::Disagreement { detail: format!("{name} has {}'s password", account.name) })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use cucumber::gherkin::GherkinEnv;

    use super::*;
    use crate::features::{features_at, round_tag, scenarios_of};

    #[test]
    fn every_scenario_has_a_folder_of_its_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../features");
        let mut owners = BTreeMap::new();
        for feature in features_at(&root).unwrap() {
            for scenario in scenarios_of(&feature) {
                claim(&mut owners, &feature, scenario);
            }
        }
        assert!(owners.len() > 300, "only {} scenarios were found", owners.len());
    }

    /// A feature with two scenarios.
    fn feature(one: &str, other: &str) -> Feature {
        let rule = |title: &str| format!("  Rule: r\n  Scenario: {title}\n    Given a\n");
        let text = format!("Feature: f\n{}{}", rule(one), rule(other));
        let mut feature = Feature::parse(text, GherkinEnv::default()).unwrap();
        feature.path = Some("features/tool/some.feature".into());
        feature
    }

    fn claim_all(feature: &Feature) -> Vec<String> {
        let mut owners = BTreeMap::new();
        let twice = scenarios_of(feature).chain(scenarios_of(feature));
        twice.map(|scenario| claim(&mut owners, feature, scenario)).collect()
    }

    #[test]
    fn a_scenario_has_a_folder_for_each_round() {
        let mut feature = feature("It works", "It: fails");
        let folders = claim_all(&feature);
        assert_eq!(folders, ["some/it-works", "some/it-fails", "some/it-works", "some/it-fails"]);
        feature.tags.push(round_tag(2));
        assert_eq!(claim_all(&feature)[0], "some/it-works/round-2");
    }

    #[test]
    #[should_panic(
        expected = "some.feature:3 and features/tool/some.feature:6 leave their evidence"
    )]
    fn two_titles_do_not_share_a_folder() {
        claim_all(&feature("It works for mem1", "It works for MEM1$"));
    }

    #[test]
    #[should_panic(expected = "leave their evidence in one folder, some/it-works")]
    fn nor_do_two_rules_with_one_title() {
        claim_all(&feature("It works", "It works"));
    }

    #[test]
    fn texts_have_the_names_of_their_files() {
        let mut evidence = Evidence::default();
        let ran = ExecOutput { status: 1, stdout: "none\n".to_owned(), stderr: "x\n".to_owned() };
        evidence.said("setspn", "setspn -Q HTTP/a", &ran);
        evidence.said("setspn", "setspn -Q HTTP/b", &ran);
        evidence.plans = vec!["first".to_owned(), "last".to_owned()];
        evidence.showed(&["one".to_owned(), "two".to_owned()]);
        let journals = evidence.journals();
        std::fs::create_dir(journals.join("below")).unwrap();
        for file in ["journal.json", "journal.lock", "below/fix-0001.json"] {
            std::fs::write(journals.join(file), file).unwrap();
        }
        let texts: BTreeMap<String, String> = evidence.texts().unwrap().into_iter().collect();
        let names: Vec<&str> = texts.keys().map(String::as_str).collect();
        let journals = ["journal-fix-0001.json", "journal.json"];
        let others = ["plan-1.txt", "plan.txt", "screen.txt", "setspn-1.txt", "setspn-2.txt"];
        assert_eq!(names, [&journals[..], &others].concat());
        assert_eq!(texts["plan.txt"], "last");
        assert_eq!(texts["screen.txt"], "one\ntwo\n");
        let said = "> setspn -Q HTTP/b\nexit status 1\n\n-- standard output\nnone\n\n-- standard error\nx\n";
        assert_eq!(texts["setspn-2.txt"], said);
    }

    #[test]
    fn no_password_is_kept() {
        let text = |password| format!("the password is {password}.");
        let refused = refuse_passwords("x.txt", &text(accounts::TRAINER.password)).unwrap_err();
        assert!(refused.to_string().contains("x.txt has trainer's password"), "{refused}");
        assert!(refuse_passwords("x.txt", &text("not told")).is_ok());
    }
}
