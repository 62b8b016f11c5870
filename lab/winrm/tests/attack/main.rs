//! Attacks the endpoint and the lab from outside, and prints: attack | result | verdict.
//!
//! `ci/attack` runs it. Everything is bounded and stays on loopback, or inside labs of its own. The
//! endpoint is the real `winrmd`, in a throw-away MIT realm or in a lab; the lab is driven through
//! `spnlab` and `docker`.
#![expect(clippy::unwrap_used, reason = "an attack that cannot run fails by panicking")]

mod connections;
mod crowds;
mod descriptors;
mod files;
mod http;
mod lab;
mod logs;
mod memory;
mod parts;
mod processes;
mod room;
#[path = "../support/mod.rs"]
mod support;
mod tickets;
mod time;
mod wire;

use clap::Parser;
use room::{Attack, Finding, Room};
use std::any::Any;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Attacks the endpoint and the lab from outside. Without --short, --full or --only: lists the
/// attacks.
#[derive(Debug, Parser)]
struct Options {
    /// Fewer rounds, less than 40 s
    #[arg(long)]
    short: bool,
    /// Every attack in its full form, less than 5 minutes
    #[arg(long, conflicts_with = "short")]
    full: bool,
    /// Only the attacks of this name; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Names the attacks, and runs none
    #[arg(long)]
    list: bool,
}

fn attacks() -> Vec<&'static Attack> {
    let kinds = [
        descriptors::ATTACKS,
        time::ATTACKS,
        connections::ATTACKS,
        logs::ATTACKS,
        processes::ATTACKS,
        memory::ATTACKS,
        http::ATTACKS,
        tickets::ATTACKS,
        files::ATTACKS,
        crowds::ATTACKS,
        parts::ATTACKS,
    ];
    kinds.into_iter().flatten().collect()
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut chosen = attacks();
    if options.list || !(options.short || options.full || !options.only.is_empty()) {
        for attack in chosen {
            let _ = writeln!(std::io::stdout(), "{:<18} {}", attack.name, attack.what);
        }
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) =
        options.only.iter().find(|name| !chosen.iter().any(|attack| attack.name == **name))
    {
        eprintln!("no attack is called {unknown}; --list names them");
        return ExitCode::from(2);
    }
    chosen.retain(|attack| {
        options.only.is_empty() || options.only.iter().any(|name| *name == attack.name)
    });
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    let room = Room::new(options.short);
    let [mut held, mut broken, mut skipped] = [0; 3];
    println!("attack | result | verdict");
    for attack in chosen {
        let start = std::time::Instant::now();
        let (result, verdict) = match run(attack, &room) {
            Finding::Held(result) => (result, count(&mut held, "held")),
            Finding::Broken(result) => (result, count(&mut broken, "BROKEN")),
            Finding::Skipped(reason) => {
                support::skipped(attack.name, &reason);
                (reason, count(&mut skipped, "skipped"))
            }
        };
        println!("{} | {result} | {verdict}", attack.name);
        let _ = writeln!(
            std::io::stderr(),
            "{} took {:.1} s",
            attack.name,
            start.elapsed().as_secs_f64()
        );
    }
    println!("attacks: {held} held, {broken} broken, {skipped} skipped");
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn count(number: &mut usize, word: &'static str) -> &'static str {
    *number += 1;
    word
}

/// An attack that could not be made proves nothing, and counts as broken.
fn run(attack: &Attack, room: &Room) -> Finding {
    let found = catch_unwind(AssertUnwindSafe(|| (attack.run)(room)));
    found.unwrap_or_else(|panic| {
        let said = words(panic.as_ref());
        Finding::Broken(format!("the attack did not run to its end: {said}"))
    })
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("?");
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}
