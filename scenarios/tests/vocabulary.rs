//! `docs/steps.md` lists the steps as their attributes in `scenarios/src/steps` have them, and
//! nothing else. `INSTA_UPDATE=always` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cucumber::codegen::{StepConstructor, WorldInventory, inventory};
use spnlab_scenarios::LabWorld;

const DOCUMENT: &str = "docs/steps.md";

const INTRO: &str = "# Steps

What a feature file for `spnlab test` can say. A test compares this list with the code.

- `{string}` is text in quotes, `{word}` a word without blanks, `{int}` a number, and `{}` any text.
- A scenario begins with a `Given` that names its lab, such as `Given a healthy lab`.
- `Given`, `When` and `Then` may be continued by `And`.
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The keyword and the words of each step of a file, in their order.
fn steps(source: &str) -> Vec<(&'static str, String)> {
    let mut steps = Vec::new();
    for (at, _) in source.match_indices("#[") {
        let attribute = &source[at + 2..];
        let keywords = [("given(", "Given"), ("when(", "When"), ("then(", "Then")];
        let Some((start, keyword)) = keywords.into_iter().find(|(s, _)| attribute.starts_with(s))
        else {
            continue;
        };
        let argument = attribute[start.len()..].trim_start();
        let text = argument.strip_prefix("expr = ").unwrap_or(argument);
        let text = text.strip_prefix('"').unwrap_or_else(|| panic!("no words: {text:.60}"));
        steps.push((keyword, text[..text.find('"').unwrap()].to_owned()));
    }
    steps
}

/// What a file says of itself.
fn about(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines = lines.map(str::trim).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

fn document() -> (String, usize) {
    let mut files: Vec<_> = std::fs::read_dir(root().join("scenarios/src/steps"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    let (mut text, mut count) = (INTRO.to_owned(), 0);
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let steps = steps(&source);
        if steps.is_empty() {
            continue;
        }
        count += steps.len();
        let title = file.file_stem().unwrap().to_string_lossy().replace('_', " ");
        write!(text, "\n## {title}\n\n{}\n\n", about(&source)).unwrap();
        for (keyword, words) in steps {
            writeln!(text, "- `{keyword} {words}`").unwrap();
        }
    }
    (text, count)
}

fn known<S: StepConstructor<LabWorld> + inventory::Collect>() -> usize {
    let place = |step: &S| (step.inner().0.path, step.inner().0.line, step.inner().0.column);
    inventory::iter::<S>.into_iter().map(place).collect::<BTreeSet<_>>().len()
}

#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
#[test]
fn the_document_lists_every_step() {
    let (made, count) = document();
    let code = known::<<LabWorld as WorldInventory>::Given>()
        + known::<<LabWorld as WorldInventory>::When>()
        + known::<<LabWorld as WorldInventory>::Then>();
    assert_eq!(count, code, "left: read from the sources, right: in the program");
    let file = root().join(DOCUMENT);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&file, &made).unwrap();
    }
    let hint = "INSTA_UPDATE=always cargo test -p spnlab-scenarios --test vocabulary";
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(made == kept, "{DOCUMENT} is not what the steps say: {hint}");
}
