//! The story one step at a time.
//!
//! Each step sets the state that it begins with: directory, registry and tickets. So the user can
//! go back to any of them, and nothing is played again.

use std::time::SystemTime;

use spnlab_engineer::{ArticleOption, Engineer};
use spnlab_harness::{Attempt, ConnectOptions, Lab, Role, accounts};

use super::keys::{Key, key, number};
use super::script::{Act, STEPS, State, Step};
use super::seen::session;
use super::story::{Story, entering};
use super::{BROKEN, COMMAND, CONNECTED, HOST};
use crate::console::{BOLD, Console};
use crate::failure::Failure;

/// The names of the article, which it puts on the web site's account.
const ARTICLE: [&str; 2] = ["HTTP/mem1.contoso.com", "HTTP/mem1"];

/// Tells one step after the other, as the user's keys say.
pub(super) async fn tell(
    story: &mut Story<'_>,
    lab: &Lab,
    console: &Console,
) -> Result<(), Failure> {
    // The first write opens the directory's database, and the first command starts CLIENT's agent.
    // Then no step waits for that.
    set(State::Broken, lab, &[]).await?;
    let stale = stale_tickets(lab).await?;
    let mut at = 0;
    while let Some(step) = STEPS.get(at) {
        let began = SystemTime::now();
        set(step.state, lab, &stale).await?;
        let took = began.elapsed().unwrap_or_default().as_millis();
        story.was_set(lab, began, described(step.state)).await;
        story.chapter(&format!("{} of {}. {}", at + 1, STEPS.len(), step.title));
        story.tell(&format!("({}; set in {took} ms)", described(step.state)));
        let attempt = act(step, &format!("step-{}", at + 1), story, lab, console).await?;
        at = match next(at, attempt.as_ref(), story, console).await? {
            Some(at) => at,
            None => return Ok(()),
        };
    }
    Ok(())
}

/// The step to go to. `None`: the user leaves.
async fn next(
    at: usize,
    attempt: Option<&Attempt>,
    story: &Story<'_>,
    console: &Console,
) -> Result<Option<usize>, Failure> {
    let last = at + 1 == STEPS.len();
    let on = if last { "a key ends" } else { "a key goes on" };
    loop {
        story.ask(&format!(
            "{BOLD}[{}/{}]{BOLD:#} {on}, w why, b back, q quit ",
            at + 1,
            STEPS.len()
        ));
        let key = key().await?;
        console.warn("");
        match key {
            Key::Next => return Ok((!last).then_some(at + 1)),
            Key::Quit => return Ok(None),
            Key::Why => {
                if let Some(attempt) = attempt {
                    story.facts(attempt);
                }
                let why = STEPS.get(at).map_or("", |step| step.why);
                story.tell(why);
            }
            Key::Back => {
                for (number, step) in STEPS.iter().enumerate() {
                    console.warn(&format!("  {:>2}. {}", number + 1, step.title));
                }
                console.ask(&format!("Back to which step? [{}] ", at.max(1)));
                let chosen = number().await?.unwrap_or(at.max(1));
                if (1..=STEPS.len()).contains(&chosen) {
                    return Ok(Some(chosen - 1));
                }
                console.warn("there is no such step");
            }
        }
    }
}

fn described(state: State) -> &'static str {
    match state {
        State::Healthy => "directory and client at their baseline, no tickets",
        State::Broken => "svc_web holds the host's HTTP names, no tickets",
        State::Stale => "directory at its baseline; CLIENT keeps a ticket from before",
    }
}

/// Tickets of the broken directory. A real KDC issued them before, so no step waits for it.
async fn stale_tickets(lab: &Lab) -> Result<Vec<u8>, Failure> {
    let client = lab.client();
    let ran = client.get_ticket(accounts::TRAINER, ARTICLE[0]).await?;
    ran.success(Role::Client, "kvno")?;
    Ok(client.ticket_cache().await?)
}

/// Sets directory and registry, and in the stale state these tickets.
async fn set(state: State, lab: &Lab, tickets: &[u8]) -> Result<(), Failure> {
    let client = async {
        // By the bytes of the image: Samba's tool takes half a second on a busy machine.
        lab.client().reset().await?;
        if state == State::Stale {
            lab.client().keep_ticket_cache(tickets).await?;
        }
        Ok(())
    };
    tokio::try_join!(spns(state == State::Broken, lab), client)?;
    Ok(())
}

async fn spns(broken: bool, lab: &Lab) -> Result<(), spnlab_harness::Error> {
    let mut site = accounts::SVC_WEB.baseline_spns.to_vec();
    if broken {
        site.extend(ARTICLE);
    }
    let mem1 = accounts::MEM1.baseline_spns.to_vec();
    lab.dc1().set_spns(&[(accounts::SVC_WEB, site), (accounts::MEM1, mem1)]).await
}

/// Waits for a key in the middle of a step that is taller than a screen. Whether to go on.
async fn goes_on(then: &str, story: &Story<'_>, console: &Console) -> Result<bool, Failure> {
    story.ask(&format!("{BOLD}[…]{BOLD:#} a key {then} "));
    let key = key().await?;
    console.warn("");
    Ok(key != Key::Quit)
}

/// Plays a step. Keeps its attempts by this name, and returns its last connection.
async fn act(
    &Step { act, state, .. }: &Step,
    name: &str,
    story: &mut Story<'_>,
    lab: &Lab,
    console: &Console,
) -> Result<Option<Attempt>, Failure> {
    match act {
        Act::Connect => {
            let expected = if state == State::Broken { BROKEN } else { CONNECTED };
            let how = ConnectOptions::new(HOST, COMMAND);
            return connect(story, lab, &how, name, expected).await.map(Some);
        }
        Act::Register => {
            for spn in ARTICLE {
                let line = format!("setspn -s {spn} svc_web");
                story.command(&line);
                let (words, began) = (["-s", spn, accounts::SVC_WEB.name], SystemTime::now());
                let ran = lab.client().setspn(accounts::SPN_OPERATOR, &words).await?;
                story.did(lab, began, &line, None).await;
                story.block(&ran.stdout);
            }
            story.tell("No tool warns: HOST/mem1.contoso.com of MEM1$ is another name.");
        }
        Act::Browse => story.browse(lab, name, HOST, 200).await?,
        Act::Query => {
            story.command(&format!("setspn -q HTTP/{HOST}"));
            let said = Engineer::at(lab).await?.query(&format!("HTTP/{HOST}")).await?;
            story.block(&said);
        }
        Act::Diagnose => {
            story.command(&format!("spnlab diagnose {HOST}"));
            let diagnosis = Engineer::at(lab).await?.diagnose(HOST).await?;
            story.wrapped(&diagnosis);
        }
        Act::Fix(option) => {
            let mut engineer = Engineer::at(lab).await?;
            let plan = engineer.plan(HOST, option).await?;
            let line = format!("spnlab fix --option {option}");
            story.command(&line);
            story.wrapped(&plan);
            if !goes_on("applies it", story, console).await? {
                return Ok(None);
            }
            let journal = story.evidence().path().join(format!("step-{option}-journal.json"));
            // The step may be played again. The file of the last time is gone then.
            let _ = std::fs::remove_file(&journal);
            let began = SystemTime::now();
            engineer.apply(&plan, &journal).await?;
            story.did(lab, began, &line, None).await;
            let port = option == ArticleOption::Two;
            let how = ConnectOptions::new(HOST, COMMAND).include_port_in_spn(port);
            let attempt = connect(story, lab, &how, name, CONNECTED).await?;
            let site = if option == ArticleOption::One { 401 } else { 200 };
            story.browse(lab, name, HOST, site).await?;
            return Ok(Some(attempt));
        }
        Act::Purge => {
            let kept = ConnectOptions::new(HOST, COMMAND).keep_tickets(true);
            let stale = connect(story, lab, &kept, name, BROKEN).await?;
            if !goes_on("purges the tickets", story, console).await? {
                return Ok(Some(stale));
            }
            story.command("klist purge");
            let began = SystemTime::now();
            lab.client().purge_tickets().await?;
            story.did(lab, began, "klist purge", None).await;
            let name = format!("{name}-purged");
            return connect(story, lab, &kept, &name, CONNECTED).await.map(Some);
        }
    }
    Ok(None)
}

async fn connect(
    story: &mut Story<'_>,
    lab: &Lab,
    how: &ConnectOptions,
    name: &str,
    expected: &str,
) -> Result<Attempt, Failure> {
    story.command(&entering(how));
    let attempt = story.connect(lab, how, name).await?;
    // A step fits on 24 lines. `w` shows the facts.
    story.first_line(&attempt);
    story.output(&attempt);
    story.picture(&attempt);
    story.expect_silently("step", "WinRM session", expected, session(&attempt));
    Ok(attempt)
}
