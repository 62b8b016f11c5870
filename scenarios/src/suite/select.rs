//! Which scenarios a run plays.

use std::collections::BTreeSet;
use std::path::Path;

use cucumber::gherkin::{Feature, ParseFileError, Scenario};
use cucumber::parser;

use super::failure::Failure;
use super::played::NotRun;
use super::shard::keep_share;
use crate::features::{features_at, is_about, is_tagged, keep, round_tag, scenarios_of, shipped};
use crate::options::{Options, Select};
use crate::target::{Differs, Target};

/// What this machine must have for scenarios with this tag.
const NEEDS: [(&str, &str); 1] = [("tshark", "tshark")];

/// The tag of scenarios that need no lab, and a domain that is named.
const EXTERNAL_SAFE: &str = "external-safe";
/// Those of them that write.
const MAY_WRITE: &str = "may-write";

/// What a run plays, and what it leaves out.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) features: Vec<Feature>,
    pub(super) not_run: Vec<NotRun>,
}

/// Every feature: those of `--features`, otherwise those that the program carries.
pub(super) fn features(options: &Select) -> Result<Vec<Feature>, Failure> {
    let read = options.features.as_deref().map_or_else(shipped, features_at);
    let mut features = read.map_err(|error| Failure::Features(place_of(&error)))?;
    let here = std::env::current_dir().unwrap_or_default();
    for feature in &mut features {
        // People know a file by the path from where they are.
        let short = feature.path.as_deref().and_then(|path| path.strip_prefix(&here).ok());
        feature.path = short.map(Path::to_owned).or(feature.path.take());
    }
    Ok(features)
}

/// Where a file has no meaning.
fn place_of(error: &parser::Error) -> String {
    let parser::Error::Parsing(parsing) = error else { return error.to_string() };
    match &**parsing {
        ParseFileError::Reading { path, source } => format!("{}: {source}", path.display()),
        ParseFileError::Parsing { path, source, .. } => {
            // "Error at LINE:COLUMN: …", and then a set of what the parser can take.
            let said = source.to_string();
            let line = said.trim_start_matches("Error at ").split(':').next().unwrap_or_default();
            format!("{}:{line}: Gherkin does not go on like this", path.display())
        }
    }
}

/// The scenarios that the options select.
pub(super) fn select(options: &Options) -> Result<Selected, Failure> {
    if let Some(file) = &options.external.target {
        let target = Target::read(file)?;
        Target { may_write: options.external.may_write, ..target }.set();
    }
    let mut features = features(&options.select)?;
    for feature in &mut features {
        keep(feature, |_, one, tags| fits(options, one, tags));
    }
    if let Some(shard) = options.select.shard {
        keep_share(&mut features, shard);
    }
    let mut not_run = Vec::new();
    for (tag, program) in NEEDS {
        if !is_installed(program) {
            for feature in &mut features {
                keep(feature, |feature, one, tags| {
                    let needs = is_tagged(tags, tag);
                    let reason = || format!("{program} is not installed");
                    not_run.extend(needs.then(|| NotRun::of(feature, one, reason())));
                    !needs
                });
            }
        }
    }
    if options.external.target.is_some() {
        let target = Target::of_run();
        let differs = |title: &str| target.differs.iter().find(|one| one.scenario == title);
        for feature in &mut features {
            keep(feature, |feature, one, tags| {
                let reason = match differs(&one.name) {
                    Some(Differs { because, .. }) => format!("known to differ: {because}"),
                    None if is_tagged(tags, MAY_WRITE) && !target.may_write => {
                        "it writes, and --may-write is not given".to_owned()
                    }
                    None => return true,
                };
                not_run.push(NotRun::of(feature, one, reason));
                false
            });
        }
    }
    features.retain(|feature| scenarios_of(feature).next().is_some());
    if features.is_empty() && not_run.is_empty() {
        let asked = asked(&options.select);
        return Err(Failure::NothingSelected { asked, unknown_tag: unknown_tag(&options.select)? });
    }
    Ok(Selected { features, not_run })
}

fn fits(options: &Options, one: &Scenario, tags: &[String]) -> bool {
    let Select { tags: expression, name, .. } = &options.select;
    is_tagged(tags, EXTERNAL_SAFE) == options.external.target.is_some()
        && is_about(tags, options.labs.samba)
        && expression.as_ref().is_none_or(|expression| expression.fit(tags))
        && name.as_ref().is_none_or(|name| name.is_match(&one.name))
}

/// What the user asked for, in words.
fn asked(select: &Select) -> String {
    let tags = select.tags.as_ref().map(|tags| format!("--tags '{}'", tags.text()));
    let name = select.name.as_ref().map(|name| format!("--name '{name}'"));
    let folder = select.features.as_ref().map(|path| format!("--features {}", path.display()));
    let shard = select.shard.map(|shard| format!("--shard {}/{}", shard.number, shard.of));
    let asked: Vec<_> = [folder, tags, name, shard].into_iter().flatten().collect();
    if asked.is_empty() { "the features".to_owned() } else { asked.join(" and ") }
}

/// A tag that no scenario has, and the one that is most like it.
fn unknown_tag(select: &Select) -> Result<Option<(String, String)>, Failure> {
    let Some(wanted) = &select.tags else { return Ok(None) };
    let mut known = BTreeSet::new();
    for mut feature in features(select)? {
        keep(&mut feature, |_, _, tags| {
            known.extend(tags.iter().cloned());
            true
        });
    }
    let unknown = wanted.named().into_iter().find(|&name| !known.contains(name));
    let likeness = |name: &str, tag: &str| strsim::jaro_winkler(name, tag);
    Ok(unknown.and_then(|name| {
        let like =
            |one: &String, other: &String| likeness(name, one).total_cmp(&likeness(name, other));
        Some((name.to_owned(), known.into_iter().max_by(like)?))
    }))
}

fn is_installed(program: &str) -> bool {
    crate::env::path().iter().any(|folder| folder.join(program).is_file())
}

/// The same features once more for each further round, each round under a name of its own.
pub(super) fn rounds(features: &mut Vec<Feature>, rounds: u32) {
    let once = features.clone();
    for round in 2..=rounds {
        features.extend(once.iter().cloned().map(|mut feature| {
            feature.name = format!("{}, round {round}", feature.name);
            feature.tags.push(round_tag(round));
            feature
        }));
    }
}
