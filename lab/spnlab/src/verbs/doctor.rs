//! `spnlab doctor`: whether this machine can run labs, and what to do if it cannot.

use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::json;
use spnlab_harness::{
    EngineFacts, Error, EvidenceDir, SambaVersion, Survey, check_locks, folder_of_programs,
    most_memory,
};

use crate::console::{BAD, Console, GOOD, escaped};
use crate::env::state_folder;
use crate::failure::Failure;
use crate::state::{create_private, size_of_runs};
use crate::width;

const WARNING: Style = AnsiColor::Yellow.on_default();
/// The columns before a check's text.
const MARGIN: usize = 17;
const MIB: u64 = 1 << 20;
/// The images of a lab, and what their build needs meanwhile.
const IMAGES: u64 = 2048 * MIB;
/// Containers, logs and evidence. The parts of a lab write to memory.
const ROOM: u64 = 256 * MIB;
/// A lab takes 121 MiB (docs/performance.md), and what runs beside it takes some, too.
const MEMORY: u64 = 512 * MIB;
/// More evidence than this is worth a look.
const MUCH: u64 = 1024 * MIB;
/// The API of Docker 20.10.
const OLDEST_API: (u32, u32) = (1, 41);

/// What one check found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    #[serde(flatten)]
    result: Found,
}

#[derive(Debug, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
enum Found {
    Ok { text: String },
    Warning { text: String, next: String },
    Error { text: String, next: String, code: String, status: u8 },
}

impl Found {
    fn ok(text: impl Into<String>) -> Self {
        Self::Ok { text: text.into() }
    }

    fn warning(text: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Warning { text: text.into(), next: next.into() }
    }
}

impl From<Failure> for Found {
    fn from(failure: Failure) -> Self {
        let mut text = failure.to_string();
        if let Failure::Lab(error) = &failure
            && let Some(cause) = std::error::Error::source(error)
        {
            text = format!("{text}: {cause}");
        }
        let (next, code, status) = (failure.hint(), failure.code(), failure.exit_status());
        Self::Error { text, next, code, status }
    }
}

/// The result of a check that may fail.
fn found(checked: Result<Found, Error>) -> Found {
    checked.unwrap_or_else(|error| Failure::from(error).into())
}

pub(super) async fn doctor(console: &Console) -> Result<u8, Failure> {
    let mut findings = of_the_engine().await;
    findings.extend(
        [
            ("memory", memory(&std::fs::read_to_string("/proc/meminfo").unwrap_or_default())),
            ("programs", found(programs())),
            ("locks", found(check_locks().map(|()| Found::ok("this user can lock a lab's name")))),
            ("state", state(&state_folder())),
            ("evidence", evidence(&EvidenceDir::root())),
        ]
        .map(|(check, result)| Finding { check, result }),
    );
    let status = status(&findings);
    console.document("doctor", &json!({ "ready": status == 0, "checks": findings }));
    for finding in &findings {
        say(finding, console);
    }
    console.explain(match status {
        0 => "\na lab can start: spnlab up",
        _ => "\nno lab can start until the errors are gone",
    });
    Ok(status)
}

/// That of the first error.
fn status(findings: &[Finding]) -> u8 {
    let error = |finding: &Finding| match finding.result {
        Found::Error { status, .. } => Some(status),
        _ => None,
    };
    findings.iter().find_map(error).unwrap_or_default()
}

fn say(Finding { check, result }: &Finding, console: &Console) {
    let (style, word, text, next) = match result {
        Found::Ok { text } => (GOOD, "ok", text, None),
        Found::Warning { text, next } => (WARNING, "warn", text, Some(next)),
        Found::Error { text, next, .. } => (BAD, "error", text, Some(next)),
    };
    let room = console.terminal().map(|columns| columns.saturating_sub(MARGIN));
    let hint = next.map(|next| format!("hint: {next}"));
    let mut head = format!("{style}{word:<5}{style:#} {check:<9}  ");
    for line in text.trim_end().lines().map(str::to_owned).chain(hint) {
        for line in width::fit(&escaped(&line), room).lines() {
            console.print(&format!("{head}{line}"));
            head = " ".repeat(MARGIN);
        }
    }
}

/// Everything that needs Docker.
async fn of_the_engine() -> Vec<Finding> {
    let survey = match Survey::begin().await {
        Ok(survey) => survey,
        Err(error) => {
            let unknown = Found::warning(
                "images, networks and what killed programs left were not checked",
                "spnlab doctor again when Docker answers",
            );
            return vec![
                Finding { check: "docker", result: Failure::from(error).into() },
                Finding { check: "unknown", result: unknown },
            ];
        }
    };
    let facts = survey.engine().await;
    let missing = survey.missing_images(SambaVersion::default()).await;
    let root = facts.as_ref().map_or_else(|_| PathBuf::new(), |facts| facts.root.clone());
    let to_build = missing.as_ref().is_ok_and(|missing| !missing.is_empty());
    [
        ("docker", found(facts.map(|facts| engine(&facts)))),
        ("disk", disk(free_in(&root), &root, to_build)),
        ("images", found(missing.map(|missing| images(&missing)))),
        ("networks", found(survey.free_networks().await.and_then(networks))),
        ("leftovers", found(survey.left_behind().await.map(|left| left_behind(&left)))),
    ]
    .map(|(check, result)| Finding { check, result })
    .into()
}

fn engine(facts: &EngineFacts) -> Found {
    let EngineFacts { version, api_version, storage_driver, rootless, warnings, .. } = facts;
    let rootless = if *rootless { ", rootless" } else { "" };
    let text =
        format!("Docker {version} (API {api_version}), storage driver {storage_driver}{rootless}");
    let mut numbers = api_version.split('.').map(|number| number.parse::<u32>().ok());
    let api = numbers.next().flatten().zip(numbers.next().flatten());
    if api.is_some_and(|api| api < OLDEST_API) {
        return Found::warning(text, "labs are tested with Docker 20.10 and newer: update it");
    }
    if storage_driver == "vfs" {
        let next = "vfs copies every image whole, which takes time and room: choose overlay2 in \
                    /etc/docker/daemon.json";
        return Found::warning(text, next);
    }
    let lacks: Vec<&str> =
        warnings.iter().filter(|line| line.contains("memory limit")).map(String::as_str).collect();
    if lacks.is_empty() {
        return Found::ok(text);
    }
    let next = "the limits of a lab's parts have no effect: enable the memory cgroup of this host";
    Found::warning(format!("{text}\n{}", lacks.join("\n")), next)
}

/// The free bytes where this folder is; `None` if it is not on this machine.
fn free_in(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

fn disk(free: Option<u64>, root: &Path, to_build: bool) -> Found {
    let Some(free) = free else {
        let text = "the engine's folder is not on this machine";
        return Found::warning(text, "docker system df shows what it uses");
    };
    let text = format!("{} free in {}", bytes(free), root.display());
    if free >= if to_build { IMAGES } else { ROOM } {
        return Found::ok(text);
    }
    let action = if to_build { "build the images" } else { "start a lab" };
    Failure::from(Error::NoSpace { action: format!("{action} ({text})") }).into()
}

fn memory(meminfo: &str) -> Found {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    let Some(free) = kib.map(|kib| kib * 1024) else {
        return Found::warning("/proc/meminfo does not say what is free", "free -m shows it");
    };
    let most = bytes(most_memory());
    let text = format!("{} available; a lab takes 121 MiB, and {most} at most", bytes(free));
    if free >= MEMORY {
        Found::ok(text)
    } else {
        Found::warning(text, "spnlab list shows the labs, and spnlab down removes one")
    }
}

fn images(missing: &[String]) -> Found {
    if missing.is_empty() {
        return Found::ok("built");
    }
    Found::warning(
        format!("not built: {}", missing.join(", ")),
        "the next spnlab up builds them in about a minute; spnlab images does it now",
    )
}

fn networks((free, ranges): (usize, String)) -> Result<Found, Error> {
    match free {
        0 => Err(Error::NoSubnet { ranges }),
        _ => Ok(Found::ok(format!("{free} are free in {ranges}"))),
    }
}

fn left_behind(sessions: &[String]) -> Found {
    if sessions.is_empty() {
        return Found::ok("killed programs left nothing behind");
    }
    let s = if sessions.len() == 1 { "" } else { "s" };
    let text =
        format!("killed programs left {} session{s}: {}", sessions.len(), sessions.join(", "));
    Found::warning(text, "spnlab list removes what they left, and so does the next spnlab up")
}

fn programs() -> Result<Found, Error> {
    let folder = folder_of_programs()?;
    Ok(Found::ok(format!("those that go into a lab are in {}", folder.display())))
}

/// A lab starts without this folder. The history of the shell and external journals need it.
fn state(folder: &Path) -> Found {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    let written = create_private(folder).and_then(|()| {
        let failed =
            |source| Error::Io { action: format!("write in {}", folder.display()), source };
        std::fs::write(&file, "").and_then(|()| std::fs::remove_file(&file)).map_err(failed)?;
        Ok(())
    });
    match written {
        Ok(()) => Found::ok(format!("{} can be written", folder.display())),
        Err(failure) => Found::warning(failure.to_string(), failure.hint()),
    }
}

fn evidence(root: &Path) -> Found {
    let (runs, size) = size_of_runs(root);
    let s = if runs == 1 { "" } else { "s" };
    let text = format!("{runs} run{s} with {} in {}", bytes(size), root.display());
    if size < MUCH {
        return Found::ok(text);
    }
    Found::warning(text, "remove what nobody needs; the newest 50 runs stay by themselves")
}

fn bytes(count: u64) -> String {
    match count / MIB {
        0 => format!("{} KiB", count / 1024),
        mib @ 1..1024 => format!("{mib} MiB"),
        mib => format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024),
    }
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
