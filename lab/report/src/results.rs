//! What a run of the suite did, from cucumber's JSON document (`--json`).
//!
//! Uses: no other room.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// A run of the suite, or several runs of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Results {
    /// In the order of their files.
    pub features: Vec<Feature>,
}

/// One feature file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// Its title.
    pub name: String,
    /// Its path, relative to the folder in which the suite ran.
    pub file: String,
    /// In the order of their lines.
    pub scenarios: Vec<Scenario>,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Its title, behind the title of its rule.
    pub name: String,
    /// Where it begins.
    pub line: usize,
    /// How it ended.
    pub status: Status,
    /// The time of its steps and hooks.
    pub took: Duration,
    /// Its steps, those of its background first.
    pub steps: Vec<Step>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Why it did not run.
    pub not_run: Option<String>,
    /// The folder of its evidence, relative to the folder of all evidence.
    pub evidence: Option<String>,
}

/// How a scenario or a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As expected.
    Passed,
    /// It did not run.
    #[serde(alias = "pending")]
    Skipped,
    /// Not as expected.
    #[serde(alias = "undefined", alias = "ambiguous")]
    Failed,
}

impl Status {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its text, with its keyword.
    pub text: String,
    /// How it ended.
    pub status: Status,
}

/// Why a scenario failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The step that failed, with its keyword.
    pub step: String,
    /// Where it is in the feature file.
    pub line: usize,
    /// The first paragraph of what it said, in one line.
    pub reason: String,
    /// All that it said.
    pub said: String,
}

impl Failure {
    /// The Kerberos code with which the reason begins, such as `KRB_AP_ERR_MODIFIED (41)`.
    pub fn code(&self) -> Option<&str> {
        let end = self.reason.find(')')? + 1;
        let code = &self.reason[..end];
        let (name, number) = code.strip_suffix(')')?.split_once(" (")?;
        let known = name.starts_with("KRB_") || name.starts_with("KDC_");
        (known && number.parse::<i64>().is_ok()).then_some(code)
    }

    /// The reason without its code.
    pub fn rest(&self) -> &str {
        let rest = self.code().and_then(|code| self.reason.strip_prefix(code));
        rest.unwrap_or(&self.reason).trim_start_matches([':', ' '])
    }
}

impl Results {
    /// Reads cucumber's documents of one run, or of runs of several parts of a suite.
    ///
    /// # Errors
    /// What is wrong with the first document that is none.
    pub fn read<'a>(documents: impl IntoIterator<Item = &'a str>) -> serde_json::Result<Self> {
        let mut features: BTreeMap<(String, String), Vec<Scenario>> = BTreeMap::new();
        for document in documents {
            for feature in serde_json::from_str::<Vec<raw::Feature>>(document)? {
                let key = (feature.uri.unwrap_or_default(), feature.name);
                features.entry(key).or_default().extend(raw::scenarios(feature.elements));
            }
        }
        let features = features.into_iter().map(|((file, name), mut scenarios)| {
            scenarios.sort_by(|a, b| (a.line, &a.name).cmp(&(b.line, &b.name)));
            Feature { name, file, scenarios }
        });
        Ok(Self { features: features.collect() })
    }

    /// All scenarios with their features.
    pub fn scenarios(&self) -> impl Iterator<Item = (&Feature, &Scenario)> {
        self.features
            .iter()
            .flat_map(|feature| feature.scenarios.iter().map(move |scenario| (feature, scenario)))
    }

    /// The scenarios that failed, with the reason.
    pub fn failed(&self) -> impl Iterator<Item = (&Feature, &Scenario, &Failure)> {
        self.scenarios()
            .filter_map(|(feature, scenario)| Some((feature, scenario, scenario.failure.as_ref()?)))
    }

    /// How many scenarios ended so.
    pub fn count(&self, status: Status) -> usize {
        self.scenarios().filter(|(_, scenario)| scenario.status == status).count()
    }

    /// The time of all scenarios. They ran side by side, so the run itself took less.
    pub fn took(&self) -> Duration {
        self.features.iter().map(Feature::took).sum()
    }
}

impl Feature {
    /// How many of its scenarios ended so.
    pub fn count(&self, status: Status) -> usize {
        self.scenarios.iter().filter(|scenario| scenario.status == status).count()
    }

    /// The time of its scenarios.
    pub fn took(&self) -> Duration {
        self.scenarios.iter().map(|scenario| scenario.took).sum()
    }

    /// The name of its file, without folder and extension.
    pub fn stem(&self) -> &str {
        let name = self.file.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".feature").unwrap_or(name)
    }
}

/// The document as cucumber writes it.
mod raw {
    use base64::Engine as _;

    use super::{BTreeMap, Deserialize, Duration, Failure, STANDARD, Scenario, Status, Step};

    /// How cucumber begins what a failed step said.
    const MATCHED: &str = "Matched: ";
    const PANICKED: &str = "Step panicked. Captured output: ";
    /// How a run names the folder of a scenario's evidence.
    const EVIDENCE: &str = "evidence: ";

    #[derive(Debug, Deserialize)]
    pub(super) struct Feature {
        pub(super) uri: Option<String>,
        pub(super) name: String,
        pub(super) elements: Vec<Element>,
    }

    /// A scenario, or its background.
    #[derive(Debug, Deserialize)]
    pub(super) struct Element {
        name: String,
        line: usize,
        #[serde(default)]
        before: Vec<Hook>,
        #[serde(default)]
        after: Vec<Hook>,
        steps: Vec<RawStep>,
    }

    #[derive(Debug, Deserialize)]
    struct RawStep {
        keyword: String,
        line: usize,
        name: String,
        result: RunResult,
        #[serde(default)]
        embeddings: Vec<Embedding>,
    }

    #[derive(Debug, Deserialize)]
    struct Hook {
        result: RunResult,
        #[serde(default)]
        embeddings: Vec<Embedding>,
    }

    #[derive(Debug, Deserialize)]
    struct RunResult {
        status: Status,
        duration: u64,
        error_message: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    struct Embedding {
        data: String,
    }

    impl Embedding {
        /// The folder that it names.
        fn evidence(&self) -> Option<String> {
            let text = String::from_utf8(STANDARD.decode(&self.data).ok()?).ok()?;
            Some(text.strip_prefix(EVIDENCE)?.trim().to_owned())
        }
    }

    /// The scenarios. Cucumber writes a background as an element of its own, before its scenario.
    pub(super) fn scenarios(elements: Vec<Element>) -> impl Iterator<Item = Scenario> {
        let mut scenarios: BTreeMap<(usize, String), Scenario> = BTreeMap::new();
        for element in elements {
            let Element { name, line, .. } = &element;
            let scenario = scenarios.entry((*line, name.clone())).or_insert_with(|| Scenario {
                name: name.clone(),
                line: *line,
                status: Status::Passed,
                took: Duration::ZERO,
                steps: Vec::new(),
                failure: None,
                not_run: None,
                evidence: None,
            });
            add(scenario, element);
        }
        scenarios.into_values()
    }

    fn add(scenario: &mut Scenario, element: Element) {
        let line = element.line;
        let hooks = |hooks: Vec<Hook>, when: &'static str| {
            hooks.into_iter().map(move |hook| (hook.result, hook.embeddings, when.to_owned(), line))
        };
        let steps = element.steps.into_iter().map(|step| {
            let text = format!("{} {}", step.keyword.trim(), step.name);
            scenario.steps.push(Step { text: text.clone(), status: step.result.status });
            (step.result, step.embeddings, text, step.line)
        });
        let steps: Vec<_> = steps.collect();
        let before = hooks(element.before, "before the scenario");
        let after = hooks(element.after, "after the scenario");
        for (result, embeddings, step, line) in before.chain(steps).chain(after) {
            scenario.status = scenario.status.max(result.status);
            scenario.took += Duration::from_nanos(result.duration);
            let evidence = embeddings.iter().find_map(Embedding::evidence);
            scenario.evidence = evidence.or(scenario.evidence.take());
            let message = result.error_message;
            if result.status == Status::Skipped {
                scenario.not_run = message;
            } else if result.status == Status::Failed && scenario.failure.is_none() {
                let said = said(&message.unwrap_or_default());
                let reason = paragraph(&said);
                scenario.failure = Some(Failure { step, line, reason, said });
            }
        }
    }

    /// What a failed step said, without cucumber's own words before it.
    fn said(message: &str) -> String {
        let behind = match message.split_once('\n') {
            Some((first, behind)) if first.starts_with(MATCHED) => behind,
            _ => message,
        };
        behind.strip_prefix(PANICKED).unwrap_or(behind).trim_end().to_owned()
    }

    /// The first paragraph in one line.
    fn paragraph(text: &str) -> String {
        let mut one = String::new();
        let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
        for line in lines.take_while(|line| !line.is_empty()) {
            if !one.is_empty() {
                one.push_str(if one.ends_with(['.', ',', ':', ';', '{']) { " " } else { "; " });
            }
            one.push_str(line);
        }
        one
    }
}
