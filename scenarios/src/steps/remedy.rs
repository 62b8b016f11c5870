//! The engineer with the core fix library: it queries, diagnoses, plans, applies and rolls back.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::path::PathBuf;

use cucumber::{given, then, when};
use spnfix::{Diagnosis, Plan, Remedy, Verdict};
use spnlab_engineer::{ArticleOption, Engineer};

use crate::world::{BeforePlan, LabWorld, must};

/// The journal of this scenario's one fix.
pub(crate) fn journal(world: &mut LabWorld) -> PathBuf {
    world.evidence.journals().join("journal.json")
}

/// Begins a step that plans. A plan alone must change nothing of this.
async fn note_before_plan(world: &mut LabWorld) {
    world.note_holders().await;
    let spns = must(world.lab().dc1().spns().await);
    let spn_prefix = must(world.lab().client().registry_get("spn_prefix").await);
    world.remedy.before = Some(BeforePlan { spns, spn_prefix });
}

fn planned(world: &mut LabWorld, plan: Plan) {
    world.evidence.planned(&plan);
    world.remedy.plan = Some(plan);
}

#[when(expr = "the engineer queries the directory for {string}")]
async fn queries(world: &mut LabWorld, spn: String) {
    world.note_holders().await;
    let said = must(world.engineer().await.query(&spn).await);
    world.remedy.query = Some(said);
}

#[then(expr = "the query finds {string}")]
fn query_finds(world: &mut LabWorld, dn: String) {
    let said = world.remedy.query.as_deref().unwrap_or_default();
    let holders: Vec<&str> = said.lines().filter(|line| line.starts_with("CN=")).collect();
    assert_eq!(holders, [dn], "{said}");
    assert!(said.ends_with("Existing SPN found!\n"), "{said}");
}

#[then("the query finds nothing")]
fn query_finds_nothing(world: &mut LabWorld) {
    let said = world.remedy.query.as_deref();
    assert_eq!(said, Some("Checking domain DC=contoso,DC=com\n\nNo such SPN found.\n"));
}

#[when(expr = "the engineer diagnoses {string}")]
async fn diagnoses(world: &mut LabWorld, host: String) {
    world.note_holders().await;
    let found = must(world.engineer().await.diagnose(&host).await);
    world.remedy.diagnosis = Some(found);
}

#[then(expr = "the verdict is {string}")]
fn verdict_is(world: &mut LabWorld, verdict: String) {
    assert_eq!(diagnosis(world).verdict.name(), verdict);
}

#[then(expr = "the verdict is {string} by {string}")]
fn verdict_is_by(world: &mut LabWorld, verdict: String, account: String) {
    let found = &diagnosis(world).verdict;
    assert_eq!(found.name(), verdict);
    let (Verdict::Shadowed { holder, owner } | Verdict::HolderDisabled { holder, owner }) = found
    else {
        panic!("{found:?}")
    };
    assert_eq!((holder.name.as_str(), owner.name.as_str()), (account.as_str(), "MEM1$"));
}

#[then(expr = "the verdict is that {string} and {string} have the name")]
fn verdict_is_duplicate(world: &mut LabWorld, one: String, other: String) {
    let found = &diagnosis(world).verdict;
    let Verdict::Duplicate { holders } = found else { panic!("{found:?}") };
    let mut names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
    names.sort_unstable();
    let mut wanted = [one.as_str(), other.as_str()];
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

fn diagnosis(world: &LabWorld) -> &Diagnosis {
    world.remedy.diagnosis.as_ref().unwrap_or_else(|| panic!("nobody has diagnosed yet"))
}

#[when(expr = "option {word} is planned for {string}")]
async fn is_planned(world: &mut LabWorld, option: ArticleOption, host: String) {
    note_before_plan(world).await;
    let plan = must(world.engineer().await.plan(&host, option).await);
    planned(world, plan);
}

#[given(expr = "option {word} has been applied for {string}")]
#[when(expr = "option {word} is applied for {string}")]
pub(crate) async fn is_applied(world: &mut LabWorld, option: ArticleOption, host: String) {
    apply(world, &option.remedy(), &host).await;
}

/// WinRM listens on 5986 for HTTPS.
#[given(expr = "option 2 with port {int} has been applied for {string}")]
#[when(expr = "option 2 with port {int} is applied for {string}")]
async fn port_is_applied(world: &mut LabWorld, port: u16, host: String) {
    apply(world, &Remedy::PortSpns { port }, &host).await;
}

#[when(expr = "option 2 with port {int} is planned for {string}")]
async fn port_is_planned(world: &mut LabWorld, port: u16, host: String) {
    note_before_plan(world).await;
    let remedy = Remedy::PortSpns { port };
    let plan = must(world.engineer().await.plan_remedy(&host, &remedy).await);
    planned(world, plan);
}

/// Plans the remedy, carries it out and reads it back.
async fn apply(world: &mut LabWorld, remedy: &Remedy, host: &str) {
    world.note_holders().await;
    let plan = must(world.engineer().await.plan_remedy(host, remedy).await);
    planned(world, plan.clone());
    assert!(!plan.is_nothing_to_do(), "there was nothing to do: {plan}");
    let journal = journal(world);
    let mut engineer = world.engineer().await;
    must(engineer.apply(&plan, &journal).await);
    let read_back = must(engineer.verify(&plan).await);
    assert!(read_back.ok(), "{read_back}");
}

/// The option's plan must be empty.
pub(crate) async fn has_nothing_to_do(world: &mut LabWorld, option: ArticleOption, host: &str) {
    let plan = must(world.engineer().await.plan(host, option).await);
    assert!(plan.is_nothing_to_do(), "{plan}");
    planned(world, plan);
}

/// The directory must refuse the option's first write with this code. There must be nothing to roll
/// back.
pub(crate) async fn is_refused(
    world: &mut LabWorld,
    option: ArticleOption,
    host: &str,
    code: &str,
) {
    world.note_holders().await;
    let plan = must(world.engineer().await.plan(host, option).await);
    planned(world, plan.clone());
    let journal = journal(world);
    let mut engineer = world.engineer().await;
    let refused = engineer.apply(&plan, &journal).await.err();
    assert_eq!(refused.as_ref().map(spnfix::Error::code), Some(code.to_owned()), "{plan}");
    let undone = must(engineer.rollback(&journal).await);
    assert_eq!(undone.done, Vec::<String>::new());
}

#[when(expr = "{string} tries to apply option {word} for {string}")]
async fn tries(world: &mut LabWorld, who: String, option: ArticleOption, host: String) {
    note_before_plan(world).await;
    let journal = journal(world);
    let (plan, refusal) = {
        let who = super::directory::account(&who);
        let mut engineer = must(Engineer::with_rights_of(who, world.lab()).await);
        match engineer.plan(&host, option).await {
            // No fix was begun, so there is nothing to roll back.
            Err(refused) => (None, Some(refused)),
            Ok(plan) => {
                let refused = engineer.apply(&plan, &journal).await.err();
                // There must be nothing to roll back. Without the right to write, undoing a write
                // would fail too.
                let undone = must(engineer.rollback(&journal).await);
                assert_eq!(undone.done, Vec::<String>::new());
                (Some(plan), refused)
            }
        }
    };
    if let Some(plan) = plan {
        planned(world, plan);
    }
    world.remedy.refusal = refusal;
}

#[then(expr = "the fix is refused with {string} and the hint {string}")]
fn fix_is_refused(world: &mut LabWorld, code: String, hint: String) {
    let Some(refusal) = &world.remedy.refusal else { panic!("it was not refused") };
    assert_eq!(refusal.code(), code, "{refusal}");
    assert!(refusal.hint().contains(&hint), "{}", refusal.hint());
}

#[then(expr = "rolling back is refused with {string} and changes nothing")]
async fn rolling_back_is_refused(world: &mut LabWorld, code: String) {
    world.note_holders().await;
    let before = must(world.lab().dc1().spns().await);
    let journal = journal(world);
    let refused = world.engineer().await.rollback(&journal).await.err();
    let refused = refused.unwrap_or_else(|| panic!("it was not refused"));
    assert_eq!(refused.code(), code, "{refused}");
    let after = must(world.lab().dc1().spns().await);
    assert_eq!(before.0, after.0);
}

#[then(expr = "the plan warns {string}")]
fn plan_says(world: &mut LabWorld, words: String) {
    let warnings: Vec<&str> =
        world.remedy.plan().warnings.iter().map(|warning| warning.text.as_str()).collect();
    assert!(warnings.iter().any(|text| text.contains(&words)), "{warnings:#?}");
}

#[when("the last option is rolled back")]
async fn is_rolled_back(world: &mut LabWorld) {
    world.note_holders().await;
    let journal = journal(world);
    must(world.engineer().await.rollback(&journal).await);
}

#[then("nothing has changed")]
async fn nothing_has_changed(world: &mut LabWorld) {
    assert!(!world.remedy.plan().is_nothing_to_do(), "the plan is empty, so this proves nothing");
    let before = world.remedy.before.as_ref().unwrap_or_else(|| panic!("nothing was planned"));
    let changed = must(world.lab().dc1().spns().await).difference(&before.spns);
    assert_eq!(changed, Vec::<String>::new());
    let prefix = must(world.lab().client().registry_get("spn_prefix").await);
    assert_eq!(prefix, before.spn_prefix);
}

#[then("the plan has nothing to do")]
fn nothing_to_do(world: &mut LabWorld) {
    let plan = world.remedy.plan();
    assert!(plan.is_nothing_to_do(), "{plan}");
}

#[then(expr = "the plan warns that {string} loses its tickets for {string}")]
fn plan_warns(world: &mut LabWorld, account: String, spn: String) {
    let plan = world.remedy.plan();
    let warned = plan.impact.iter().any(|impact| {
        impact.spn.as_ref().is_some_and(|name| name.to_string() == spn)
            && impact.ticket_before.as_ref() == Some(&account)
            && impact.ticket_after.as_ref() != Some(&account)
    });
    assert!(warned, "{:#?}", plan.impact);
}
