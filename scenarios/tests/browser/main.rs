//! The page of `spnlab console` in a real browser, about a real lab.
//!
//! Needs Debian's chromium and chromium-driver. Without them each check is skipped.

#![expect(clippy::unwrap_used, reason = "a test program: a panic is a failure")]

mod figures;
mod guard;
mod http;
mod page;
mod room;
mod terminal;

use std::process::ExitCode;

use room::{Room, missing};

/// The checks, in their order: each begins with the page of a lab at its baseline.
const CHECKS: [&str; 9] = [
    "only the browser with the key gets in",
    "a page of another port of this host gets nothing",
    "the keyboard alone breaks, plans, fixes and connects",
    "at 400 % nothing is cut, and the page does not scroll sideways",
    "what a terminal does appears, with its time and its line",
    "a new attempt comes in message by message, unless the user wants no movement",
    "a name out of the directory is text",
    "without JavaScript the page can be read, and its buttons work",
    "the terminal takes lines, is one, and ends with the page",
];

async fn check(name: &str, room: &Room) {
    match CHECKS.iter().position(|check| *check == name) {
        Some(0) => guard::only_the_key_opens(room).await,
        Some(1) => guard::another_port_gets_nothing(room).await,
        Some(2) => page::by_keyboard(room).await,
        Some(3) => page::at_four_hundred_percent(room).await,
        Some(4) => page::a_terminal_s_break_appears(room).await,
        Some(5) => page::an_attempt_arrives(room).await,
        Some(6) => page::names_are_text(room).await,
        Some(7) => page::without_scripts(room).await,
        _ => terminal::takes_lines_and_ends(room).await,
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    if let Some(reason) = missing() {
        // The count takes each of them from those that passed.
        for name in CHECKS {
            println!("skipped: {name}: {reason}");
        }
        println!("scenarios: {} passed, 0 failed, 0 skipped", CHECKS.len());
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let (mut passed, mut failed) = (0, 0);
    let mut room = Some(Room::open().await);
    for name in CHECKS {
        if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word)) {
            continue;
        }
        let Some(own) = room.take() else { break };
        own.begin().await;
        // A panic ends the check, and neither the browser nor the lab.
        let (own, ended) = own.play(name).await;
        println!("{}: {name}", if ended { "ok" } else { "FAILED" });
        *if ended { &mut passed } else { &mut failed } += 1;
        room = Some(own);
    }
    if let Some(room) = room {
        if wanted.is_empty() && failed == 0 {
            room.begin().await;
            figures::measure(&room).await;
        }
        room.close().await;
    }
    println!("scenarios: {passed} passed, {failed} failed, 0 skipped");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
