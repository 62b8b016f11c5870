//! Tells the story of error 0x80090322. Every line shows what really happened.
//!
//! Uses: cli, console, doing, failure, reader, show, state.

mod check;
mod keys;
mod script;
mod seen;
mod stage;
mod steps;
mod story;
mod table;

use std::sync::Arc;
use std::time::SystemTime;

use spnlab_engineer::{ArticleOption, Engineer};
use spnlab_harness::{
    Attempt, ConnectOptions, Error, EvidenceDir, Fault, Lab, LabIdentity, list_events,
};

use crate::cli::Demo;
use crate::console::Console;
use crate::failure::Failure;
use crate::state::RunEvidence;
use seen::session;
use stage::Stage;
use story::{Story, entering};

/// The host of the article.
const HOST: &str = "mem1.contoso.com";
/// What the user runs there.
const COMMAND: &str = "hostname; whoami";
/// The outcome of a connection to the healthy host.
const CONNECTED: &str = "connected as trainer on mem1";
/// The outcome of a connection to the broken host.
const BROKEN: &str = "SEC_E_WRONG_PRINCIPAL (0x80090322)";

/// Tells the story. An outcome that was not the expected one is an error.
pub(crate) async fn demo(options: &Demo, console: &Arc<Console>) -> Result<u8, Failure> {
    let own = || format!("demo-{}", &LabIdentity::new("demo").session[..6]);
    let name = options.lab.clone().or_else(|| options.name.clone()).unwrap_or_else(own);
    // Dropped at the end, so that a demo that fails at once leaves no folder.
    let kept = RunEvidence::needed("demo", &name)?;
    let mut story = Story::new(console, folder(&kept)?, options.pace);
    story.chapter("1. The lab comes up");
    let stage = Stage::open(options, &name, console).await?;
    story.tell("DC1     dc1.contoso.com      Samba AD DC, realm CONTOSO.COM");
    story.tell(
        "MEM1    mem1.contoso.com     WinRM as the computer account MEM1$, a web site as svc_web",
    );
    story.tell("CLIENT  client.contoso.com   the user's workstation");
    let told = if options.step {
        Box::pin(steps::tell(&mut story, stage.lab(), console)).await
    } else {
        tell(&mut story, stage.lab()).await
    };
    let collected = story.finish(stage.lab()).await;
    stage.close(console).await?;
    told?;
    collected?;
    if options.step { story.verdict() } else { story.end() }
}

/// The folder of this run's evidence.
fn folder(kept: &RunEvidence) -> Result<EvidenceDir, Failure> {
    kept.folder().cloned().ok_or_else(|| {
        let action = format!("create a folder in {}", EvidenceDir::root().display());
        Error::Io { action, source: std::io::ErrorKind::NotFound.into() }.into()
    })
}

async fn tell(story: &mut Story<'_>, lab: &Lab) -> Result<(), Failure> {
    healthy(story, lab).await?;
    broken(story, lab).await?;
    identified(story, lab).await?;
    let options = [ArticleOption::One, ArticleOption::Two, ArticleOption::Three];
    for (chapter, option) in (5..).zip(options) {
        fixed_and_back(story, lab, chapter, option).await?;
    }
    Ok(())
}

async fn healthy(story: &mut Story<'_>, lab: &Lab) -> Result<(), Failure> {
    story.chapter("2. Healthy: no HTTP SPN is registered for MEM1, the alias of HOST answers");
    story.command(&format!("Enter-PSSession -ComputerName {HOST}"));
    let attempt = connect(story, lab, "healthy", false).await?;
    story.attempt(&attempt);
    story.picture(&attempt);
    story.expect("healthy", "WinRM session", CONNECTED, session(&attempt));
    story.browse(lab, "healthy", "www.contoso.com", 200).await
}

async fn broken(story: &mut Story<'_>, lab: &Lab) -> Result<(), Failure> {
    story.chapter("3. Broken: somebody registers the host's HTTP SPNs on the web site's account");
    let began = SystemTime::now();
    lab.dc1().seed(&Fault::Article).await?;
    story.did(lab, began, "spnlab break article", None).await;
    story.tell("HTTP/mem1.contoso.com and HTTP/mem1 are now on svc_web (seeded in DC1's database)");
    story.browse(lab, "broken", HOST, 200).await?;
    story.command(&format!("Enter-PSSession -ComputerName {HOST}"));
    let attempt = connect(story, lab, "broken", false).await?;
    story.message(&attempt);
    story.attempt(&attempt);
    story.picture(&attempt);
    story.expect("broken", "WinRM session", BROKEN, session(&attempt));
    story.expect("broken", "ticket encrypted with the key of", "svc_web", seen::key_of(&attempt));
    story.expect("broken", "on the wire", "KRB_AP_ERR_MODIFIED (41)", seen::on_the_wire(&attempt));
    story.tell("");
    story.block(&list_events(&attempt.windows_events));
    Ok(())
}

async fn identified(story: &mut Story<'_>, lab: &Lab) -> Result<(), Failure> {
    story.chapter("4. The cause, as the article identifies it");
    let mut engineer = Engineer::at(lab).await?;
    story.command(&format!("setspn -q HTTP/{HOST}"));
    let said = engineer.query(&format!("HTTP/{HOST}")).await?;
    story.block(&said);
    let found = said.lines().find(|line| line.starts_with("CN=")).unwrap_or("nobody");
    let svc_web = "CN=svc_web,CN=Users,DC=contoso,DC=com";
    story.expect("diagnosis", "holder of the SPN", svc_web, found.to_owned());
    let diagnosis = engineer.diagnose(HOST).await?;
    story.command(&format!("spnlab diagnose {HOST}"));
    story.wrapped(&diagnosis);
    story.expect("diagnosis", "verdict", "shadowed", diagnosis.verdict.name().to_owned());
    Ok(())
}

/// Plans one option of the article, applies it, proves it, rolls it back, and proves that too.
async fn fixed_and_back(
    story: &mut Story<'_>,
    lab: &Lab,
    chapter: u8,
    option: ArticleOption,
) -> Result<(), Failure> {
    let state = format!("option {option}");
    let port = option == ArticleOption::Two;
    story.chapter(&format!("{chapter}. Option {option}"));
    let mut engineer = Engineer::at(lab).await?;
    let plan = engineer.plan(HOST, option).await?;
    story.command(&format!("spnlab fix --option {option}"));
    story.wrapped(&plan);
    let journal = story.evidence().path().join(format!("option-{option}-journal.json"));
    let began = SystemTime::now();
    engineer.apply(&plan, &journal).await?;
    story.did(lab, began, &format!("spnlab fix --option {option}"), None).await;
    story.tell(&format!("applied; journal: {}", journal.display()));
    let how = ConnectOptions::new(HOST, COMMAND).include_port_in_spn(port);
    story.command(&entering(&how));
    let attempt = connect(story, lab, &format!("option-{option}"), port).await?;
    story.attempt(&attempt);
    story.expect(&state, "WinRM session", CONNECTED, session(&attempt));
    let site = if option == ArticleOption::One { 401 } else { 200 };
    story.browse(lab, &state, HOST, site).await?;
    story.command("spnlab rollback");
    let began = SystemTime::now();
    engineer.rollback(&journal).await?;
    story.did(lab, began, "spnlab rollback", None).await;
    story.tell("rolled back from the journal");
    let back = format!("option {option} undone");
    let attempt = connect(story, lab, &format!("option-{option}-undone"), false).await?;
    story.attempt(&attempt);
    story.expect(&back, "WinRM session", BROKEN, session(&attempt));
    story.browse(lab, &back, HOST, 200).await
}

async fn connect(
    story: &Story<'_>,
    lab: &Lab,
    title: &str,
    port: bool,
) -> Result<Attempt, Failure> {
    let options = ConnectOptions::new(HOST, COMMAND).include_port_in_spn(port);
    story.connect(lab, &options, title).await
}
