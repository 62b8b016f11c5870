//! Every kind of client, one after the other, on one state of the directory.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::{given, then, when};
use spnfix::Verdict;
use spnlab_engineer::ArticleOption;
use spnlab_harness::Attempt;

use super::client::{PREFIX, connect_as, connect_by_registry, spn_of};
use super::diagnosis::{predicted, seen, verdict_for};
use super::outcome::end_of;
use super::remedy;
use crate::features::title_of_one;
use crate::world::{LabWorld, compare, must};

/// The kinds of clients, each by what it asks for.
pub const PROFILES: [&str; 4] = ["HTTP", "HTTP:5985", "WSMAN", "HOST"];

/// What a client asks for after this remedy. With option 2 its user adds the port. Option 3 writes
/// a value into its registry.
pub fn asks_after(remedy: &str) -> &'static str {
    match remedy {
        "option 2" => "HTTP:5985",
        "option 3" => "WSMAN",
        "option 3-host" => "HOST",
        _ => "HTTP",
    }
}

/// The error code of a remedy that the directory refuses.
const REFUSED: &str = "SPNFIX-DUPLICATE";

/// The scenario applies no remedy, or an option of the article. An option may also have nothing to
/// do, or be refused.
#[given(expr = "the remedy for {string} was {}")]
async fn was_applied(world: &mut LabWorld, host: String, remedy: String) {
    let (what, but) = remedy.split_once(" (").unwrap_or((&remedy, ")"));
    if what == "nothing" {
        return;
    }
    let option: ArticleOption = must(what.trim_start_matches("option ").parse());
    match but.trim_end_matches(')') {
        "" => remedy::is_applied(world, option, host).await,
        "nothing to do" => remedy::has_nothing_to_do(world, option, &host).await,
        "refused" => remedy::is_refused(world, option, &host, REFUSED).await,
        other => panic!("{other:?} is no end of a remedy"),
    }
    let left = must(world.lab().client().registry_get(PREFIX).await);
    let class = asks_after(what).split(':').next();
    assert_eq!(left.as_deref().or(Some(PROFILES[0])), class, "what {what} leaves in the registry");
}

/// The client with the registry that the remedy left connects first, then the others.
#[when(expr = "each kind of client connects to {string}")]
async fn each_connects(world: &mut LabWorld, host: String) {
    let left = must(world.lab().client().registry_get(PREFIX).await);
    let left = left.as_deref().unwrap_or(PROFILES[0]);
    let mut order = PROFILES;
    order.sort_by_key(|profile| *profile != left);
    for profile in order {
        if profile == left {
            connect_by_registry(world, profile, &host).await;
        } else {
            connect_as(world, profile, &host, false).await;
        }
        let verdict = verdict_for(world).await;
        world.verdicts.push((profile, verdict));
    }
    let place = |asked: &str| PROFILES.iter().position(|profile| *profile == asked);
    world.verdicts.sort_by_key(|(profile, _)| place(profile));
}

/// The connections of all kinds of clients, in the order of `PROFILES`.
fn attempts(world: &LabWorld) -> [&Attempt; 4] {
    PROFILES.map(|profile| {
        let asked = |attempt: &&Attempt| {
            let outcome = &attempt.outcome;
            outcome.requested_spn == spn_of(profile, &outcome.target)
        };
        let mut all = world.earlier.iter().chain(&world.attempt).filter(asked);
        let (one, other) = (all.next(), all.next());
        assert!(other.is_none(), "{profile} was asked for twice");
        one.unwrap_or_else(|| panic!("nobody has asked for {profile}"))
    })
}

#[then(expr = "they end with {string}, {string}, {string} and {string}")]
fn they_end(world: &mut LabWorld, http: String, port: String, wsman: String, host: String) {
    let ends = attempts(world).map(|one| end_of(&one.outcome));
    assert_eq!(ends, [http, port, wsman, host]);
}

#[then("the engineer's diagnosis predicts each of them")]
fn predicts_each(world: &mut LabWorld) {
    let seen = attempts(world).map(|one| seen(&one.outcome));
    let predicted: Vec<_> = world.verdicts.iter().map(|(_, verdict)| predicted(verdict)).collect();
    assert_eq!(seen[..], predicted);
}

/// If the right account holds the name and the endpoint refuses the ticket, the directory explains
/// nothing.
#[then(expr = "the engineer's diagnosis finds the holder of {string} right")]
fn holder_is_right(world: &mut LabWorld, names: String) {
    let right = world.verdicts.iter().filter(
        |(_, verdict)| matches!(verdict, Verdict::Healthy { holder } if holder.name == "MEM1$"),
    );
    let right: Vec<&str> = right.map(|(profile, _)| *profile).collect();
    assert_eq!(right.join(", "), names, "{:?}", world.verdicts);
}

#[then("each Kerberos outcome matches its record")]
fn each_matches_its_record(world: &mut LabWorld) {
    for (profile, attempt) in PROFILES.into_iter().zip(attempts(world)) {
        let title = title_of_one(&world.scenario, profile);
        compare(&world.feature, &title, &attempt.outcome);
    }
}
