//! The modules of every crate have one direction: no circles. Where the rooms of a crate say what
//! they use (`//! Uses: …`), they use exactly that.
//!
//! A module is a file. An arrow is a path that begins with `crate::` or `super::`, followed through
//! `use` to the file that has the item. Two things are no arrows: what a test takes, and what a
//! file takes from its own submodules, because it contains them.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Modules of a crate by their path, such as `names/spn`, and their text without comments and
/// tests. The root has the empty path.
struct Modules(BTreeMap<String, String>);

/// From a module to each module that it uses, and by which paths.
type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl Modules {
    fn read(crate_: &str) -> Self {
        let mut modules = Self(BTreeMap::new());
        modules.collect(&source(crate_), "");
        modules
    }

    fn collect(&mut self, folder: &Path, module: &str) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let name = match stem {
                "mod" | "lib" | "main" => module.to_owned(),
                _ => child(module, stem),
            };
            // Programs in `bin` are crates of their own.
            if stem == "tests" || stem.ends_with("_tests") || name == "bin" {
                continue;
            }
            if path.is_dir() {
                self.collect(&path, &name);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                self.0.entry(name).or_default().push_str(&code(&text));
            }
        }
    }

    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (module, code) in &self.0 {
            for path in paths(code, &["crate::", "super::"]) {
                let target = self.resolve(module, &path.segments, &mut BTreeSet::new());
                let own = target.strip_prefix(module.as_str()).is_some_and(|rest| {
                    module.is_empty() || rest.is_empty() || rest.starts_with('/')
                });
                if !own && !target.is_empty() {
                    let taken = arrows.entry(module.clone()).or_default().entry(target);
                    taken.or_default().insert(path.segments.join("::"));
                }
            }
        }
        arrows
    }

    /// The module that has the item of this path, as `module` sees it.
    ///
    /// `seen` has the names looked up on the way. The `super` of a module inside a file is that
    /// file, but looks here like the file's parent, which can lead back.
    fn resolve(
        &self,
        module: &str,
        path: &[String],
        seen: &mut BTreeSet<(String, String)>,
    ) -> String {
        let mut at = module.to_owned();
        for (i, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" => at.clear(),
                "super" => at.truncate(parent(&at).len()),
                "self" => {}
                _ if self.0.contains_key(&child(&at, name)) => at = child(&at, name),
                _ => {
                    if !seen.insert((at.clone(), name.clone())) {
                        return at;
                    }
                    let brought = paths(&self.0[&at], &["use "]);
                    let onward = brought.into_iter().find(|used| {
                        let first = &used.segments[0];
                        let ours = matches!(first.as_str(), "crate" | "super" | "self")
                            || self.0.contains_key(&child(&at, first));
                        used.name == *name && ours
                    });
                    return match onward {
                        Some(used) => {
                            let onward = [&used.segments[..], &path[i + 1..]].concat();
                            self.resolve(&at, &onward, seen)
                        }
                        None => at,
                    };
                }
            }
        }
        at
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The folders of the workspace's crates.
fn crates() -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, members) = manifest.split_once("members = [").unwrap();
    let (members, _) = members.split_once(']').unwrap();
    members.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn source(crate_: &str) -> PathBuf {
    root().join(crate_).join("src")
}

fn child(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}/{name}") }
}

fn parent(module: &str) -> &str {
    module.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The text without comments, and without its tests, which end every file.
fn code(text: &str) -> String {
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..tests].lines();
    lines.map(|line| line.split("//").next().unwrap_or_default()).fold(
        String::new(),
        |mut code, line| {
            code.push_str(line);
            code.push('\n');
            code
        },
    )
}

/// One path of a `use` or of an expression, and the name under which a `use` brings it in.
struct Used {
    segments: Vec<String>,
    name: String,
}

/// The paths behind each of these words.
fn paths(code: &str, begins: &[&str]) -> Vec<Used> {
    let mut found = Vec::new();
    for begin in begins {
        for (at, _) in code.match_indices(begin) {
            let before = code[..at].trim_end_matches('$');
            let inside = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            // `pub(in crate::x)` says who may use, not what is used.
            if !inside && !before.ends_with("(in ") {
                read(code[at..].trim_start_matches("use "), &[], &mut found);
            }
        }
    }
    found
}

/// Reads a path, or all that a group in braces names, and returns the text behind it.
fn read<'a>(mut text: &'a str, prefix: &[String], found: &mut Vec<Used>) -> &'a str {
    let mut segments = prefix.to_vec();
    loop {
        if let Some(group) = text.strip_prefix('{') {
            text = group.trim_start();
            while !text.is_empty() && !text.starts_with('}') {
                text = read(text, &segments, found).trim_start();
                text = text.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
            }
            return text.trim_start_matches('}');
        }
        let (segment, rest) = word(text);
        segments.push(segment.to_owned());
        match rest.strip_prefix("::") {
            Some(onward)
                if onward.starts_with(|c: char| c.is_alphabetic() || "_{*".contains(c)) =>
            {
                text = onward;
            }
            _ => {
                let alias = rest.strip_prefix(" as ").map(word);
                let own = segments.last().filter(|last| *last != "self");
                let own = own.or(segments.iter().rev().nth(1)).cloned().unwrap_or_default();
                let (name, rest) =
                    alias.map_or((own, rest), |(name, rest)| (name.to_owned(), rest));
                found.push(Used { segments, name });
                return rest;
            }
        }
    }
}

/// The identifier (or the one sign) in front, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(end.max(first))
}

/// The modules of each circle.
fn circles(arrows: &Arrows) -> BTreeSet<BTreeSet<String>> {
    let reached = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(module) = next.pop() {
            let used = arrows.get(module).into_iter().flat_map(BTreeMap::keys);
            next.extend(used.filter(|used| seen.insert((*used).clone())));
        }
        seen
    };
    let all: BTreeMap<_, _> = arrows.keys().map(|module| (module, reached(module))).collect();
    let circle = |module: &String| {
        let mutual = |other: &&String| all.get(other).is_some_and(|back| back.contains(module));
        all[module].iter().filter(mutual).cloned().collect::<BTreeSet<_>>()
    };
    all.keys().map(|module| circle(module)).filter(|circle| !circle.is_empty()).collect()
}

/// The arrows between modules of a circle, with what they take.
fn shown(circle: &BTreeSet<String>, arrows: &Arrows) -> String {
    let mut lines = String::new();
    for module in circle {
        for (used, taken) in arrows[module].iter().filter(|(used, _)| circle.contains(*used)) {
            let taken: Vec<_> = taken.iter().map(String::as_str).collect();
            writeln!(lines, "  {module} -> {used}: {}", taken.join(", ")).unwrap();
        }
    }
    lines
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    for crate_ in &crates() {
        let arrows = Modules::read(crate_).arrows();
        if let Some(circle) = circles(&arrows).first() {
            panic!("a circle in {crate_}:\n{}", shown(circle, &arrows));
        }
    }
}

#[test]
fn rooms_use_what_they_say_and_only_rooms_above_them_in_the_list() {
    let mut saying = 0;
    for crate_ in &crates() {
        let modules = Modules::read(crate_);
        let arrows = modules.arrows();
        // Rooms stand in a crate, and in a room of a crate.
        let houses = modules.0.keys().filter(|module| !module.contains('/'));
        for house in houses {
            let root = source(crate_).join(house);
            let list = ["lib.rs", "main.rs", "mod.rs"]
                .map(|name| std::fs::read_to_string(root.join(name)));
            let list = list.into_iter().find_map(Result::ok).unwrap_or_default();
            let rooms: Vec<&str> = list.lines().filter_map(room).collect();
            let uses: Vec<_> = rooms.iter().map(|room| uses(&root, room)).collect();
            if uses.iter().all(Option::is_none) {
                continue;
            }
            saying += 1;
            // The room of this house that a module is in.
            let of = |module: &str| {
                let inside = match house.as_str() {
                    "" => module,
                    house => module.strip_prefix(house)?.strip_prefix('/')?,
                };
                inside.split('/').next().map(str::to_owned)
            };
            for (i, (room, says)) in rooms.iter().zip(uses).enumerate() {
                let place = format!("{crate_} {house}");
                let says =
                    says.unwrap_or_else(|| panic!("{place}: {room} does not say what it uses"));
                let from = arrows.iter().filter(|(module, _)| of(module).as_deref() == Some(room));
                let taken = from.flat_map(|(_, used)| used.keys().filter_map(|used| of(used)));
                let taken: BTreeSet<_> = taken.filter(|used| used != room).collect();
                assert_eq!(says, taken, "{place}: what {room} says it uses, and what it uses");
                for used in taken {
                    assert!(rooms[..i].contains(&&*used), "{place}: {used} is not above {room}");
                }
            }
        }
    }
    assert!(saying > 0, "no crate says what its rooms use");
}

/// The room that a line of `lib.rs` declares.
fn room(line: &str) -> Option<&str> {
    line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')
}

/// The other rooms that a room's first lines name.
fn uses(source: &Path, room: &str) -> Option<BTreeSet<String>> {
    let files = [source.join(room).join("mod.rs"), source.join(format!("{room}.rs"))];
    let text = files.iter().find_map(|file| std::fs::read_to_string(file).ok()).unwrap();
    let comment: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    // A long list goes on below.
    let comment = comment.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let (_, uses) = comment.split_once("Uses: ")?;
    let uses = uses.split('.').next().unwrap_or_default();
    let named = uses.split(", ").filter(|name| *name != "no other room");
    Some(named.map(str::to_owned).collect())
}

#[test]
fn paths_are_read_as_meant() {
    let code = code(
        "//! crate::not\nuse crate::a::{b::{C, D as E}, f};\n\
         pub(in crate::g) fn h() -> super::i::J {\n\
         $crate::k::l::<u8>(crate::M)\n}\n#[cfg(test)]\nmod tests {\n use super::*;\n}\n",
    );
    let found: BTreeSet<_> =
        paths(&code, &["crate::", "super::"]).iter().map(|p| p.segments.join("::")).collect();
    let meant = ["crate::M", "crate::a::b::C", "crate::a::b::D", "crate::a::f", "crate::k::l"];
    assert_eq!(found, meant.iter().chain(&["super::i::J"]).map(|&p| p.to_owned()).collect());
    let used = paths(&code, &["use "]);
    assert_eq!(used[1].name, "E");
}
