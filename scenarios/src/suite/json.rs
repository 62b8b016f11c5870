//! The results of a run as cucumber's JSON, in an order that does not depend on the run's.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::failure::Failure;
use super::played::Results;

/// Joins results: each feature once, sorted by file, with its scenarios sorted by line.
pub(super) fn joined(results: impl IntoIterator<Item = Vec<Value>>) -> Vec<Value> {
    let mut features: Vec<Value> = Vec::new();
    for mut feature in results.into_iter().flatten() {
        let same =
            |other: &&mut Value| key(other, ["uri", "name"]) == key(&feature, ["uri", "name"]);
        match features.iter_mut().find(same) {
            Some(other) => elements(other).append(elements(&mut feature)),
            None => features.push(feature),
        }
    }
    features.sort_by_key(|feature| key(feature, ["uri", "name"]));
    for feature in &mut features {
        // The type: a scenario's background stands before it.
        let line = |one: &Value| one["line"].as_u64();
        elements(feature).sort_by_key(|one| (line(one), key(one, ["name", "type"])));
    }
    features
}

fn key(value: &Value, fields: [&str; 2]) -> [String; 2] {
    fields.map(|field| value[field].as_str().unwrap_or_default().to_owned())
}

fn elements(feature: &mut Value) -> &mut Vec<Value> {
    if !feature["elements"].is_array() {
        feature["elements"] = Value::Array(Vec::new());
    }
    match &mut feature["elements"] {
        Value::Array(elements) => elements,
        _ => unreachable!("it is an array now"),
    }
}

/// Adds what cucumber does not know: the folder of each scenario's evidence, as text that is
/// embedded in its first step, and the scenarios that this machine cannot play.
pub(super) fn completed(mut features: Vec<Value>, results: &Results) -> Vec<Value> {
    for played in &results.played {
        let of_feature = |one: &&mut Value| {
            one["uri"] == json!(played.file) && one["name"] == json!(played.feature)
        };
        let Some(feature) = features.iter_mut().find(of_feature) else { continue };
        let of_scenario = |one: &&mut Value| one["line"] == json!(played.line);
        if let Some(step) = elements(feature)
            .iter_mut()
            .filter(of_scenario)
            .find_map(|one| one["steps"].as_array_mut()?.first_mut())
        {
            let text = STANDARD.encode(format!("evidence: {}", played.evidence));
            step["embeddings"] = json!([{ "data": text, "mime_type": "text/plain" }]);
        }
    }
    features.extend(results.not_run.iter().map(|one| {
        let result = json!({ "status": "skipped", "duration": 0, "error_message": one.reason });
        let step = json!({ "keyword": "*", "line": one.line, "name": "", "result": result });
        let scenario = json!({
            "type": "scenario", "keyword": "Scenario", "id": "", "line": one.line,
            "name": one.title, "tags": [], "steps": [step],
        });
        json!({
            "uri": one.file, "keyword": "Feature", "name": one.feature, "tags": [],
            "elements": [scenario],
        })
    }));
    features
}

/// Writes a document into a file, or to standard output where there is none or it is `-`.
pub(super) fn write(document: &Value, file: Option<&Path>) -> Result<(), Failure> {
    let text = format!("{document:#}\n");
    match file.filter(|file| *file != Path::new("-")) {
        Some(file) => {
            fs::write(file, text).map_err(Failure::io(format!("write {}", file.display())))
        }
        None => {
            io::stdout().write_all(text.as_bytes()).map_err(Failure::io("write to standard output"))
        }
    }
}

/// The results in these files, joined.
pub(super) fn merged(files: &[PathBuf]) -> Result<Vec<Value>, Failure> {
    let read = |file: &PathBuf| {
        let text = fs::read(file).map_err(Failure::io(format!("read {}", file.display())))?;
        parse(&text).map_err(|reason| Failure::Results { file: file.clone(), reason })
    };
    let results = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(joined(results))
}

/// The features in cucumber's JSON.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Value>, String> {
    let features: Vec<Value> = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    if features.iter().all(|feature| feature["elements"].is_array()) {
        Ok(features)
    } else {
        Err("a part of it is no feature".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_join_to_what_one_run_leaves() {
        let one = |line: u32, kind: &str| json!({ "line": line, "name": "s", "type": kind });
        let feature = |uri: &str, elements: Vec<Value>| json!({ "uri": uri, "name": "f", "elements": elements });
        let whole = vec![
            feature("a", vec![one(1, "scenario"), one(9, "background"), one(9, "scenario")]),
            feature("b", vec![one(3, "scenario")]),
        ];
        let shards = [
            vec![
                feature("b", vec![one(3, "scenario")]),
                feature("a", vec![one(9, "scenario"), one(9, "background")]),
            ],
            vec![feature("a", vec![one(1, "scenario")])],
        ];
        assert_eq!(joined(shards), whole);
    }

    #[test]
    fn what_is_no_result_is_refused() {
        assert_eq!(parse(b"[]"), Ok(Vec::new()));
        for bad in ["", "{}", "[1]", r#"[{"elements": 1}]"#] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
