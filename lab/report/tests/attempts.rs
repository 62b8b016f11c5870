//! Reports of attempts that were recorded in a lab.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::path::Path;

use spnlab_harness::TgsFact;
use spnlab_picture::{Record, Recorded};
use spnlab_report::{Entry, html, markdown};

fn record(name: &str) -> Entry {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../picture/tests/attempts");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let seen = if name.starts_with("web-") {
        Recorded::Visit(serde_json::from_str(&text).unwrap())
    } else {
        Recorded::Connection(serde_json::from_str(&text).unwrap())
    };
    let record = Record { name: name.to_owned(), seen };
    Entry { record, done: Vec::new() }
}

/// Fails if the page is not well-formed.
fn attributes(page: &str) -> Vec<(String, String)> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(page, options)
        .unwrap_or_else(|error| panic!("{error}\n{page}"));
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    let all = elements.flat_map(|node| {
        let tag = ("tag".to_owned(), node.tag_name().name().to_owned());
        let own = node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned()));
        std::iter::once(tag).chain(own).collect::<Vec<_>>()
    });
    all.collect()
}

#[test]
fn a_page_is_well_formed_runs_nothing_and_loads_nothing() {
    let names = ["accepted", "ap-refused", "cached", "web-refused", "no-dc"];
    let page = html("five", &names.map(record));
    for (name, value) in attributes(&page) {
        assert!(name != "tag" || value != "script", "a script");
        assert!(!name.starts_with("on"), "{name}={value}");
        let loads = ["src", "srcset", "data", "action"].contains(&name.as_str());
        assert!(!loads, "{name}={value}");
        assert!(name != "href" || value.starts_with("#run-"), "{value}");
    }
    assert!(!page.contains("url(") && !page.contains("@import"));
    assert_eq!(page.matches("<style>").count(), 1, "the style is there once");
    assert_eq!(page.matches("<svg").count(), names.len());
}

#[test]
fn one_attempt_is_small() {
    let page = html("one", &[record("ap-refused")]);
    assert!(page.len() <= 100 * 1024, "{} bytes", page.len());
    // Each further attempt must not bring the style along.
    let two = html("one", &[record("ap-refused"), record("ap-refused")]);
    assert!(two.len() - page.len() <= 20 * 1024, "{} bytes", two.len() - page.len());
}

#[test]
fn many_attempts_are_closed_and_few_are_open() {
    let open = |count| html("many", &vec![record("accepted"); count]).matches(" open=").count();
    assert_eq!((open(20), open(21)), (20, 0));
}

#[test]
fn what_changed_between_two_attempts_is_told() {
    let records = [record("accepted"), record("ap-refused")];
    for text in [html("two", &records), markdown("two", &records)] {
        assert!(text.contains("+ svc_web http/mem1.contoso.com\n"), "{text}");
    }
    let same = html("two", &[record("ap-refused"), record("ap-refused")]);
    assert!(same.contains("No change since the attempt before."));
}

#[test]
fn what_was_typed_stands_before_the_attempt() {
    let mut entry = record("ap-refused");
    entry.done = ["spnlab break article", "spnlab connect"].map(str::to_owned).to_vec();
    let text = markdown("one", &[entry]);
    let commands = "    spnlab break article\n    spnlab connect\n    Enter-PSSession";
    assert!(text.contains(commands), "{text}");
    assert!(!text.contains("spnlab connect mem1.contoso.com\n"), "the line is there twice: {text}");
}

#[test]
fn a_name_is_only_text() {
    let mut entry = record("ap-refused");
    let name = "<img src=x onerror=alert(1)>|`*[a](http://b)\u{1b}[2J\u{202e}".to_owned();
    entry.done = vec![name.clone()];
    entry.record.name.clone_from(&name);
    let Recorded::Connection(attempt) = &mut entry.record.seen else { unreachable!() };
    attempt.klist.clone_from(&name);
    attempt.outcome.holders = Some(vec![name.clone()]);
    attempt.report.principal.clone_from(&name);
    if let Some(spns) = &mut attempt.spns {
        spns.0.insert(name.clone(), vec![name.clone()]);
    }
    if let TgsFact::Issued(ticket) = &mut attempt.outcome.tgs {
        ticket.encrypted_with_key_of = vec![name];
    }
    let records = [entry];
    let page = html("<b>", &records);
    assert!(attributes(&page).iter().all(|(name, value)| name != "tag" || value != "img"));
    assert!(!page.contains(['\u{1b}', '\u{202e}']));
    let text = markdown("<b>", &records);
    assert!(text.starts_with("# \\<b\\>\n"), "{text}");
    assert!(text.contains("| \\<img src=x"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
    // Where nothing is escaped, each line is indented: a block of code.
    let raw = text.lines().filter(|line| line.replace("\\<", "").contains("<img"));
    assert!(raw.clone().count() > 0 && raw.clone().all(|line| line.starts_with("    ")), "{text}");
}

#[test]
fn markdown_of_the_article_s_failure() {
    insta::assert_snapshot!(markdown("broken", &[record("accepted"), record("ap-refused")]));
}
