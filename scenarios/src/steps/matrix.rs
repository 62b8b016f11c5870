//! Every kind of client, one after the other, against one state of the directory.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::{given, then, when};
use spnfix::Verdict;
use spnlab::ArticleOption;
use spnlab_harness::Attempt;

use super::client::connect_as;
use super::foretold::{foretells, happened, verdict_for};
use super::outcome::end_of;
use super::{must, remedy};
use crate::record::{compare, title_of_one};
use crate::world::LabWorld;

/// The kinds of clients, by what they ask for.
pub const PROFILES: [&str; 4] = ["HTTP", "HTTP:5985", "WSMAN", "HOST"];

/// What a remedy that cannot be applied ends with.
const REFUSED: &str = "SPNFIX-DUPLICATE";

/// Nothing, an option of the article, or one that has nothing to do here or is refused.
#[given(regex = r#"^the remedy for "([^"]+)" was (nothing|option \S+)(?: \(([^)]+)\))?$"#)]
async fn was_applied(world: &mut LabWorld, host: String, what: String, but: String) {
    let Some(option) = what.strip_prefix("option ") else { return };
    let option: ArticleOption = must(option.parse());
    match but.as_str() {
        "" => remedy::is_applied(world, option, host).await,
        "nothing to do" => remedy::has_nothing_to_do(world, option, &host).await,
        "refused" => remedy::is_refused(world, option, &host, REFUSED).await,
        other => panic!("{other:?} is no end of a remedy"),
    }
}

#[when(expr = "each kind of client connects to {string}")]
async fn each_connects(world: &mut LabWorld, host: String) {
    for profile in PROFILES {
        connect_as(world, profile, &host, false).await;
        let verdict = verdict_for(world).await;
        world.verdicts.push(verdict);
    }
}

/// The connections of all kinds of clients, in their order.
fn attempts(world: &LabWorld) -> Vec<&Attempt> {
    let all: Vec<&Attempt> = world.earlier.iter().chain(&world.attempt).collect();
    assert_eq!(all.len(), PROFILES.len(), "not every kind of client has connected");
    all
}

#[then(expr = "they end with {string}, {string}, {string} and {string}")]
fn they_end(world: &mut LabWorld, http: String, port: String, wsman: String, host: String) {
    let ends: Vec<String> = attempts(world).iter().map(|one| end_of(&one.outcome)).collect();
    assert_eq!(ends, [http, port, wsman, host]);
}

/// The engineer, who sees the directory and not the wire, was asked what each of them runs into.
#[then("the engineer's diagnosis foretells each of them")]
fn foretold(world: &mut LabWorld) {
    let happened: Vec<_> = attempts(world).iter().map(|one| happened(&one.outcome)).collect();
    let foretold: Vec<_> = world.verdicts.iter().map(foretells).collect();
    assert_eq!(happened, foretold);
}

/// The directory explains nothing where the right account holds the name and the ticket is refused.
#[then(expr = "the engineer's diagnosis finds the holder of {string} and {string} right")]
fn holder_is_right(world: &mut LabWorld, one: String, other: String) {
    for (profile, verdict) in PROFILES.iter().zip(&world.verdicts) {
        let healthy = matches!(verdict, Verdict::Healthy { holder } if holder.name == "MEM1$");
        assert_eq!(healthy, [one.as_str(), &other].contains(profile), "{verdict:?}");
    }
}

#[then("each Kerberos outcome matches its record")]
fn each_matches_its_record(world: &mut LabWorld) {
    for (profile, attempt) in PROFILES.iter().zip(attempts(world)) {
        let title = title_of_one(&world.scenario, profile);
        compare(&world.feature, &title, &attempt.outcome);
    }
}
