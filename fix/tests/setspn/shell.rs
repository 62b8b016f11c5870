//! The man page and the completions of bash say what the help says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use spnfix::setspn::HELP;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every blank and line break is one blank.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each switch and option of the help with its words, such as `-C` and `accountname is a computer`.
fn items() -> Vec<(String, String)> {
    let mut items: Vec<(String, String)> = Vec::new();
    for line in HELP.lines() {
        match (line.strip_prefix("  -"), line.starts_with("        "), items.last_mut()) {
            (Some(item), ..) => {
                let (switch, words) = item.split_once("  ").unwrap_or((item, ""));
                items.push((format!("-{switch}"), squeezed(words)));
            }
            (None, true, Some((_, words))) => *words = squeezed(&format!("{words} {line}")),
            _ => {}
        }
    }
    items
}

/// The switches and options themselves: `-C`, `--password-file`, `--password-stdin`.
fn switches() -> BTreeSet<String> {
    let items = items();
    let words = items.iter().flat_map(|(switch, _)| switch.split(' '));
    words.filter(|word| word.starts_with('-')).map(str::to_owned).collect()
}

#[test]
fn the_help_is_read_as_meant() {
    let items = items();
    let item = |switch: &str, words: &str| (switch.to_owned(), words.to_owned());
    assert!(items.contains(&item("-Q SPN", "look for an SPN; * stands for any text")));
    assert!(items.contains(&item("--json", "one document on standard output")));
    assert!(switches().contains("--password-stdin"));
    assert_eq!(switches().len(), 26, "{:?}", switches());
}

/// The text of the man page: macros and fonts are gone, and each line of a switch is whole.
fn man_page() -> String {
    let page = std::fs::read_to_string(file("man/setspn.1")).unwrap();
    let mut text = String::new();
    for line in page.lines().filter(|line| !line.starts_with(".\\\"")) {
        let line = match line.split_once(' ') {
            Some((".B" | ".SH" | ".TH", rest)) => rest.to_owned(),
            // Words in turn bold and italic, without a blank between them.
            Some((".BI", rest)) => rest.replace("\" \"", "").replace(" \" ", " ").replace('"', ""),
            _ if line.starts_with('.') => String::new(),
            _ => line.to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    for (escape, meant) in [("\\-", "-"), ("\\e", "\\"), ("\\fR", ""), ("\\fP", "")] {
        text = text.replace(escape, meant);
    }
    squeezed(&text)
}

#[test]
fn the_man_page_says_what_the_help_says() {
    let page = man_page();
    for (switch, words) in items() {
        // The page says this once for both.
        let words = words.replace("Without them a computer is looked for first, then a user.", "");
        let item = squeezed(&format!("{switch} {words}"));
        assert!(page.contains(&item), "the page does not have\n{item}\n{page}");
    }
    for (_, rest) in
        [HELP.split_once("Exit status: "), HELP.split_once("Examples:\n")].into_iter().flatten()
    {
        let rest = squeezed(rest.split("\n\n").next().unwrap_or_default());
        assert!(page.contains(&rest), "the page does not have\n{rest}\n{page}");
    }
    let known = switches();
    let in_page = page.split_whitespace().filter(|word| word.starts_with('-') && word.len() > 2);
    for word in in_page.map(|word| word.trim_end_matches([',', ':', ';', ')'])) {
        assert!(known.contains(word), "the help does not have {word}");
    }
}

/// What bash offers for the last of these words.
fn completed(words: &[&str]) -> BTreeSet<String> {
    let script = "source \"$1\"; shift; COMP_WORDS=(setspn \"$@\"); COMP_CWORD=$#; _setspn; \
                  printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", script, "bash"]).arg(file("completions/setspn.bash")).args(words);
    let ran = bash.current_dir(file("man")).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let said = String::from_utf8(ran.stdout).unwrap();
    said.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn bash_completes_every_switch_of_the_help() {
    let offered: BTreeSet<_> = completed(&["-"]).union(&completed(&["--"])).cloned().collect();
    assert_eq!(offered, switches());
    assert_eq!(completed(&["-X", "--sh"]), set(&["--shadowed"]));
    assert_eq!(completed(&["-Q", "HT"]), set(&[]));
}

#[test]
fn bash_completes_the_values_of_options() {
    assert_eq!(completed(&["--tls", ""]), set(&["ldaps", "starttls"]));
    assert_eq!(completed(&["--color", "a"]), set(&["always", "auto"]));
    assert_eq!(completed(&["--ca", "set"]), set(&["setspn.1"]));
    assert_eq!(completed(&["--server", ""]), set(&[]));
    assert_eq!(completed(&["-T", ""]), set(&[]));
}
