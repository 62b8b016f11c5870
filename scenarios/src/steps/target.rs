//! A named domain and host, which are no lab (`--target`). Only `--may-write` lets steps write.

use cucumber::{given, then, when};
use spnfix::{ClientProfile, Verdict};
use spnlab_engineer::ArticleOption;
use spnlab_harness::ClientReport;

use super::diagnosis::predicted;
use crate::target::{Reached, Target};
use crate::world::{LabWorld, must};

/// What the article tries: option 3 in both of its forms.
const OPTIONS: [ArticleOption; 4] =
    [ArticleOption::One, ArticleOption::Two, ArticleOption::Three, ArticleOption::ThreeHost];

async fn reached() -> Reached<'static> {
    must(Reached::new(Target::of_run(), ClientProfile::default()).await)
}

/// The verdicts of the host's two names, as text.
async fn verdicts(reached: &mut Reached<'_>) -> Vec<String> {
    let target = Target::of_run();
    let mut verdicts = Vec::new();
    for name in [&target.host, target.short_name()] {
        verdicts.push(format!("{name}: {:?}", must(reached.diagnose(name).await).verdict));
    }
    verdicts
}

#[when("the engineer diagnoses the named host")]
async fn diagnoses(world: &mut LabWorld) {
    diagnoses_as(world, &Target::of_run().host).await;
}

#[when("the engineer diagnoses the short name of the named host")]
async fn diagnoses_short(world: &mut LabWorld) {
    diagnoses_as(world, Target::of_run().short_name()).await;
}

async fn diagnoses_as(world: &mut LabWorld, name: &str) {
    let mut reached = reached().await;
    world.target.verdicts = verdicts(&mut reached).await;
    world.remedy.diagnosis = Some(must(reached.diagnose(name).await));
}

#[given("the named host is in the article's situation")]
async fn in_the_article_s_situation(world: &mut LabWorld) {
    diagnoses(world).await;
    let verdict = world.remedy.diagnosis.as_ref().map(|diagnosis| &diagnosis.verdict);
    assert!(matches!(verdict, Some(Verdict::Shadowed { .. })), "it is not: {verdict:?}");
}

#[when("the user connects to the named host")]
async fn connects(world: &mut LabWorld) {
    connect(world, &Target::of_run().host, &[]).await;
}

#[when("the user connects to the short name of the named host")]
async fn connects_short(world: &mut LabWorld) {
    connect(world, Target::of_run().short_name(), &[]).await;
}

#[when(expr = "the user connects to the named host as option {word} asks")]
async fn connects_as(world: &mut LabWorld, option: ArticleOption) {
    let asks: &[&str] = match option {
        ArticleOption::Two => &["--include-port-in-spn"],
        ArticleOption::Three => &["--spn-prefix", "WSMAN"],
        ArticleOption::ThreeHost => &["--spn-prefix", "HOST"],
        ArticleOption::One | ArticleOption::HostBack => &[],
    };
    connect(world, &Target::of_run().host, asks).await;
}

async fn connect(world: &mut LabWorld, host: &str, asks: &[&str]) {
    world.target.report = Some(must(Target::of_run().connect(host, asks).await));
}

fn report(world: &LabWorld) -> &ClientReport {
    world.target.report.as_ref().unwrap_or_else(|| panic!("nobody has connected yet"))
}

/// The Kerberos code that ended the attempt, as the client reports it.
fn code(report: &ClientReport) -> Option<String> {
    let stages = [
        (&report.as_exchange.name, report.as_exchange.code),
        (&report.tgs.name, report.tgs.code),
        (&report.ap.name, report.ap.code),
    ];
    stages.into_iter().find_map(|(name, code)| Some(format!("{} ({})", name.as_ref()?, code?)))
}

#[then("the connection ends as the diagnosis predicts")]
fn ends_as_foretold(world: &mut LabWorld) {
    let diagnosis = world.remedy.diagnosis.as_ref();
    let verdict = &diagnosis.unwrap_or_else(|| panic!("nothing was diagnosed yet")).verdict;
    let (_, foretold) = predicted(verdict);
    let report = report(world);
    assert_eq!(code(report), foretold, "{verdict:?}\n{report:#?}");
    if foretold.is_none() {
        let_in(world);
    }
}

#[then("the user is let in to the named host")]
fn let_in(world: &mut LabWorld) {
    let report = report(world);
    let ran = report.command.as_ref().map(|ran| ran.exit_code);
    assert_eq!((code(report), ran), (None, Some(0)), "{report:#?}");
}

#[when("the engineer plans each option for the named host")]
async fn plans(world: &mut LabWorld) {
    let mut reached = reached().await;
    world.target.verdicts = verdicts(&mut reached).await;
    for option in OPTIONS {
        must(reached.plan(option).await);
    }
}

#[then("the engineer may not apply them")]
async fn may_not_apply(_: &mut LabWorld) {
    if !Target::of_run().may_write {
        let refused = reached().await.fix(ArticleOption::Two).await;
        assert!(refused.is_err_and(|why| why.contains("--may-write")));
    }
}

#[when(expr = "option {word} is applied to the named host")]
async fn is_applied(world: &mut LabWorld, option: ArticleOption) {
    world.target.fixed = Some(must(reached().await.fix(option).await));
}

#[when("the fix of the named host is rolled back")]
async fn is_rolled_back(world: &mut LabWorld) {
    must(world.target.roll_back().await);
}

#[then("the directory of the named host is as it was")]
async fn is_as_it_was(world: &mut LabWorld) {
    assert_eq!(verdicts(&mut reached().await).await, world.target.verdicts);
}
