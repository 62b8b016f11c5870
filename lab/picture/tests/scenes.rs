//! Scenes and pictures of attempts that were recorded in a lab.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use spnlab_harness::{Attempt, SpnInventory, TgsFact, WebVisit};
use spnlab_picture::{Scene, svg, svg_alone, table};

/// The cases whose pictures are kept, too.
const PICTURES: [&str; 4] = ["accepted", "ap-refused", "cached", "web-refused"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attempts")
}

fn attempt(name: &str) -> Attempt {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn visit(name: &str) -> WebVisit {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The recorded attempts, by name.
fn recorded() -> BTreeMap<String, Scene> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let scene = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let scene = if name.starts_with("web-") {
            Scene::of_visit(&visit(&name), None)
        } else {
            Scene::of_attempt(&attempt(&name), None)
        };
        (name, scene)
    };
    files.map(scene).collect()
}

fn is_xml(text: &str) {
    roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
}

#[test]
fn every_recorded_attempt_is_a_scene_and_a_picture() {
    for (name, scene) in recorded() {
        insta::assert_yaml_snapshot!(name.clone(), scene);
        let picture = svg_alone(&scene);
        is_xml(&picture);
        is_xml(&table(&scene));
        if PICTURES.contains(&name.as_str()) {
            insta::assert_binary_snapshot!(&format!("{name}-picture.svg"), picture.into_bytes());
        }
    }
}

/// No text below 13 px: the picture is 1280 wide where it is shown so.
#[test]
fn every_text_can_be_read() {
    for (name, scene) in recorded() {
        let picture = svg_alone(&scene);
        let document = roxmltree::Document::parse(&picture).unwrap();
        let sizes = document.descendants().filter_map(|node| node.attribute("font-size"));
        let sizes: Vec<u32> = sizes.map(|size| size.parse().unwrap()).collect();
        assert!(!sizes.is_empty() && sizes.iter().all(|&size| size >= 13), "{name}: {sizes:?}");
        assert!(!picture.contains("gradient") && !picture.contains("filter"), "{name}");
    }
}

#[test]
fn only_a_refusal_is_red() {
    for (name, scene) in recorded() {
        let red = svg(&scene).contains(" no\"");
        let refused = scene.messages.iter().any(|message| message.refuses);
        assert_eq!(red, refused, "{name}");
    }
}

/// The seal comes from the trial of keys. The directory may say something else by then.
#[test]
fn the_seal_is_that_of_the_key_and_not_of_the_holder() {
    let mut moved = attempt("ap-refused");
    moved.outcome.holders = Some(vec!["MEM1$".to_owned()]);
    let seals = |attempt: &Attempt| -> Vec<String> {
        let scene = Scene::of_attempt(attempt, None);
        let tickets = scene.messages.into_iter().filter_map(|message| message.ticket);
        tickets.map(|key| key.to_string()).collect()
    };
    assert_eq!(seals(&moved), ["● svc_web", "● svc_web"]);
    if let TgsFact::Issued(ticket) = &mut moved.outcome.tgs {
        ticket.encrypted_with_key_of = vec!["MEM1$".to_owned()];
    }
    assert_eq!(seals(&moved), ["■ MEM1$", "■ MEM1$"]);
}

#[test]
fn a_name_that_came_since_the_last_attempt_is_marked() {
    let (before, after) = (attempt("accepted"), attempt("ap-refused"));
    let mut scene = Scene::of_attempt(&after, before.spns.as_ref());
    assert!(svg(&scene).contains(">new since the last attempt<"));
    scene.changed_by(|what| what.contains("svc_web").then(|| "14:02:11, spnlab break".to_owned()));
    assert!(svg(&scene).contains(">new: 14:02:11, spnlab break<"));
    let same = Scene::of_attempt(&after, after.spns.as_ref());
    assert!(!svg(&same).contains("since the last attempt"));
}

proptest! {
    /// Whatever a directory, a user or a server says, the picture stays XML and runs nothing.
    #[test]
    fn no_name_breaks_the_picture(name in any::<String>(), spn in "[<>&'\"/\\PC]{0,80}") {
        let mut attempt = attempt("third-account");
        attempt.outcome.target.clone_from(&name);
        attempt.outcome.requested_spn.clone_from(&spn);
        attempt.report.principal.clone_from(&name);
        attempt.outcome.holders = Some(vec![name.clone(), "<script>".to_owned()]);
        attempt.keys_tried.push(name.clone());
        if let TgsFact::Issued(ticket) = &mut attempt.outcome.tgs {
            ticket.encrypted_with_key_of = vec![name.clone()];
        }
        let before = SpnInventory(BTreeMap::from([(name.clone(), vec![spn.clone()])]));
        let scene = Scene::of_attempt(&attempt, Some(&before));
        for text in [svg(&scene), svg_alone(&scene), table(&scene)] {
            is_xml(&text);
            prop_assert!(!text.contains("<script"));
        }
    }
}
