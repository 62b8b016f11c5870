//! The story one step at a time.
//!
//! Each step sets the state that it begins with: directory, registry and tickets. So the user can go
//! back to any of them, and nothing is played again.

use std::time::Instant;

use spnlab_engineer::{ArticleOption, Engineer};
use spnlab_harness::{ConnectOptions, Lab, accounts};

use super::keys::{Key, key, number};
use super::story::Story;
use super::{COMMAND, HOST};
use crate::console::{BOLD, Console};
use crate::failure::Failure;

/// The names of the article, which it puts on the web site's account.
const ARTICLE: [&str; 2] = ["HTTP/mem1.contoso.com", "HTTP/mem1"];

/// What a step begins with, besides the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Healthy,
    /// `svc_web` holds the names of the article.
    Broken,
    /// Nobody holds them any more, but CLIENT keeps a ticket from before.
    Stale,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Connect,
    Register,
    Browse,
    Query,
    Diagnose,
    Fix(ArticleOption),
    Purge,
}

struct Step {
    title: &'static str,
    why: &'static str,
    state: State,
    act: Act,
}

const fn step(title: &'static str, state: State, act: Act, why: &'static str) -> Step {
    Step { title, why, state, act }
}

const STEPS: [Step; 10] = [
    step(
        "The host is healthy",
        State::Healthy,
        Act::Connect,
        "No account holds HTTP/mem1.contoso.com. The KDC takes HTTP for an alias of HOST, and MEM1$ \
         holds HOST. So it seals the ticket with MEM1$'s key, which WinRM has.",
    ),
    step(
        "Somebody registers the host's HTTP names on the web site's account",
        State::Healthy,
        Act::Register,
        "The web site should log its users on with Kerberos, so somebody registers its name. The \
         site has the name of the host, and an exact name wins over the alias.",
    ),
    step(
        "WinRM fails with 0x80090322",
        State::Broken,
        Act::Connect,
        "The KDC seals the ticket with the key of the holder, svc_web. WinRM runs as MEM1$ and does \
         not have that key. It answers KRB_AP_ERR_MODIFIED (41).",
    ),
    step(
        "The web site works all the while",
        State::Broken,
        Act::Browse,
        "The web site runs as svc_web and has the key that the ticket is sealed with. So nobody \
         misses anything there, and removing the names would break the site.",
    ),
    step(
        "The article asks who holds the name",
        State::Broken,
        Act::Query,
        "klist shows the ticket and not whose key sealed it. setspn -q asks the directory for the \
         holder. None of the causes in Windows' message names it.",
    ),
    step(
        "The diagnosis says what it means",
        State::Broken,
        Act::Diagnose,
        "It compares the holder of the requested name with the account of the host. They differ, so \
         the name is shadowed.",
    ),
    step(
        "Option 1: remove the names from the web site's account",
        State::Broken,
        Act::Fix(ArticleOption::One),
        "Without an exact name the alias answers again, for WinRM and for the web site alike. The \
         site now gets tickets that it cannot decrypt.",
    ),
    step(
        "Option 2: names with the port, for WinRM alone",
        State::Broken,
        Act::Fix(ArticleOption::Two),
        "A client with -IncludePortInSPN asks for HTTP/mem1.contoso.com:5985, which MEM1$ now holds. \
         The web site keeps its names. Every call needs the switch.",
    ),
    step(
        "Option 3: the client asks for WSMAN",
        State::Broken,
        Act::Fix(ArticleOption::Three),
        "The registry value spn_prefix changes the service class that this client asks for, for all \
         hosts. WSMAN has no alias, so MEM1$ must hold the WSMAN names.",
    ),
    step(
        "A stale ticket keeps failing until klist purge",
        State::Stale,
        Act::Purge,
        "The client uses a ticket that it has, up to ten hours. The directory is right again, and \
         the old ticket is still sealed with svc_web's key. The article does not say so.",
    ),
];

/// Tells one step after the other, as the user's keys say.
pub(super) async fn tell(
    story: &mut Story<'_>,
    lab: &Lab,
    console: &Console,
) -> Result<(), Failure> {
    let mut at = 0;
    while let Some(step) = STEPS.get(at) {
        let begin = Instant::now();
        set(step.state, lab).await?;
        let took = begin.elapsed().as_millis();
        story.chapter(&format!("{} of {}. {}", at + 1, STEPS.len(), step.title));
        story.tell(&format!("({}; set in {took} ms)", described(step.state)));
        act(step.act, story, lab).await?;
        at = match next(at, story, console).await? {
            Some(at) => at,
            None => return Ok(()),
        };
    }
    Ok(())
}

/// The step to go to. `None`: the user leaves.
async fn next(at: usize, story: &Story<'_>, console: &Console) -> Result<Option<usize>, Failure> {
    let last = at + 1 == STEPS.len();
    let on = if last { "a key ends" } else { "a key goes on" };
    loop {
        console.ask(&format!(
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

/// Sets directory, registry and tickets.
async fn set(state: State, lab: &Lab) -> Result<(), Failure> {
    let client = lab.client();
    let rest = async {
        client.registry_delete("spn_prefix").await?;
        client.purge_tickets().await
    };
    let broken = state != State::Healthy;
    tokio::try_join!(spns(broken, lab), rest)?;
    if state == State::Stale {
        client.get_ticket(accounts::TRAINER, ARTICLE[0]).await?;
        spns(false, lab).await?;
    }
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

async fn act(act: Act, story: &mut Story<'_>, lab: &Lab) -> Result<(), Failure> {
    match act {
        Act::Connect => connect(story, lab, &ConnectOptions::new(HOST, COMMAND)).await,
        Act::Register => {
            for spn in ARTICLE {
                story.command(&format!("setspn -s {spn} svc_web"));
                let words = ["-s", spn, accounts::SVC_WEB.name];
                let ran = lab.client().setspn(accounts::SPN_OPERATOR, &words).await?;
                story.block(&ran.stdout);
            }
            story.tell("No tool warns: HOST/mem1.contoso.com of MEM1$ is another name.");
            Ok(())
        }
        Act::Browse => story.browse(lab, "broken", HOST, 200).await,
        Act::Query => {
            story.command(&format!("setspn -q HTTP/{HOST}"));
            let said = Engineer::at(lab).await?.query(&format!("HTTP/{HOST}")).await?;
            story.block(&said);
            Ok(())
        }
        Act::Diagnose => {
            story.command(&format!("spnlab diagnose {HOST}"));
            let diagnosis = Engineer::at(lab).await?.diagnose(HOST).await?;
            story.wrapped(&diagnosis);
            Ok(())
        }
        Act::Fix(option) => {
            let mut engineer = Engineer::at(lab).await?;
            let plan = engineer.plan(HOST, option).await?;
            story.command(&format!("spnlab fix --option {option}"));
            story.wrapped(&plan);
            let journal = story.evidence().path().join(format!("step-{option}-journal.json"));
            // The step may be played again. The file of the last time is gone then.
            let _ = std::fs::remove_file(&journal);
            engineer.apply(&plan, &journal).await?;
            let port = option == ArticleOption::Two;
            connect(story, lab, &ConnectOptions::new(HOST, COMMAND).include_port_in_spn(port))
                .await?;
            let site = if option == ArticleOption::One { 401 } else { 200 };
            story.browse(lab, &format!("option {option}"), HOST, site).await
        }
        Act::Purge => {
            let kept = ConnectOptions::new(HOST, COMMAND).keep_tickets(true);
            connect(story, lab, &kept).await?;
            story.command("klist purge");
            lab.client().purge_tickets().await?;
            connect(story, lab, &kept).await
        }
    }
}

async fn connect(story: &Story<'_>, lab: &Lab, how: &ConnectOptions) -> Result<(), Failure> {
    let port = how.include_port_in_spn;
    let switch = if port { " -SessionOption (New-PSSessionOption -IncludePortInSPN)" } else { "" };
    story.command(&format!("Enter-PSSession -ComputerName {HOST}{switch}"));
    let attempt = lab.connect(how).await?;
    story.first_line(&attempt);
    story.attempt(&attempt);
    story.picture(&attempt);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_the_article_has_a_step_and_every_step_a_reason() {
        for option in [ArticleOption::One, ArticleOption::Two, ArticleOption::Three] {
            assert!(STEPS.iter().any(|step| step.act == Act::Fix(option)), "{option}");
        }
        for step in &STEPS {
            assert!(
                step.why.matches(". ").count() <= 2 && step.why.ends_with('.'),
                "{}",
                step.title
            );
        }
    }
}
