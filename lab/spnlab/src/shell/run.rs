//! Runs a line.
//!
//! Uses: known, line, registry, remote.

use std::sync::Arc;

use spnlab_harness::{Account, ApFact, Attempt, Error, ExecOutput, Lab, Role, TgsFact, accounts};
use tokio::signal::unix::{SignalKind, signal};

use super::known;
use super::line::Line;
use super::registry::Reg;
use super::remote::Remote;
use crate::console::{BAD, Console, escaped};
use crate::exit_status;
use crate::failure::Failure;
use crate::prompt::{self, Look};
use crate::reader::{Reader, Typed, unusable};
use crate::show::{self, Cmdlet, Details};
use crate::state::{RunEvidence, note_attempt};

/// The user of CLIENT's programs.
const USER: Option<&str> = Some("admin");
const SIGINT: u8 = 2;

/// Runs one line and returns its status. What went wrong is printed; an error means that there is
/// no lab, no standard input or no output any more.
pub(super) async fn run(
    line: Line,
    lab: &Arc<Lab>,
    reader: &mut Reader,
    console: &Arc<Console>,
) -> Result<u8, Failure> {
    let is_session = matches!(&line, Line::Remote(remote) if opens_session(remote));
    let mut interrupts = signal(SignalKind::interrupt()).map_err(unusable)?;
    let done = Box::pin(one(line, lab, reader, console));
    // A session has Ctrl-C for its own commands.
    let ended = tokio::select! {
        ended = done => ended,
        _ = interrupts.recv(), if !is_session => {
            Err(Failure::Interrupted { signal: SIGINT, doing: console.doing() })
        }
    };
    match ended {
        Ok(status) => Ok(status),
        Err(
            failure @ (Failure::Terminal { .. } | Failure::Output { .. } | Failure::ReaderGone),
        ) => Err(failure),
        Err(failure) if lab.was_removed().await => {
            drop(failure);
            Err(Error::LabGone { name: lab.identity().name.clone() }.into())
        }
        Err(failure) => {
            failure.report(console);
            Ok(failure.exit_status())
        }
    }
}

/// Prints why a line was not run.
pub(super) fn refused(text: &str, console: &Console) -> u8 {
    console.warn(&format!("{BAD}{}{BAD:#}", escaped(text)));
    exit_status::USAGE
}

/// Runs setspn on CLIENT with tickets of this user. Passes on what it prints.
pub(crate) async fn run_setspn(
    lab: &Lab,
    user: Account,
    words: &[String],
    console: &Console,
) -> Result<ExecOutput, Failure> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ran = lab.client().setspn(user, &words).await?;
    if !ran.stdout.is_empty() {
        console.pass_on(ran.stdout.trim_end_matches('\n'));
    }
    if !ran.stderr.is_empty() {
        console.warn(ran.stderr.trim_end());
    }
    Ok(ran)
}

async fn one(
    line: Line,
    lab: &Arc<Lab>,
    reader: &mut Reader,
    console: &Arc<Console>,
) -> Result<u8, Failure> {
    match line {
        Line::Nothing | Line::Exit(_) => Ok(0),
        Line::Clear => {
            if console.terminal().is_some() {
                console.bytes(b"\x1b[H\x1b[2J");
            }
            Ok(0)
        }
        Line::Help => {
            console.print(&known::help());
            Ok(0)
        }
        Line::Hostname => {
            let ran = lab.exec(Role::Client, USER, &["hostname"], None).await?;
            console.pass_on(ran.success(Role::Client, "hostname")?.trim_end());
            Ok(0)
        }
        Line::Whoami => {
            console.print(&format!("contoso\\{}", accounts::TRAINER.name));
            Ok(0)
        }
        Line::Ping(host) => ping(&host, lab, console).await,
        Line::Setspn(words) => {
            let ran = run_setspn(lab, accounts::SPN_OPERATOR, &words, console).await?;
            Ok(u8::try_from(ran.status).unwrap_or(1))
        }
        Line::Klist(klist) => Ok(said(klist.run(lab).await?, console)),
        Line::Reg(reg) => registry(&reg, lab, reader, console).await,
        Line::Remote(remote) if remote.anonymous => identify(&remote, lab, console).await,
        Line::Remote(remote) => connect(&remote, lab, reader, console).await,
    }
}

fn said(said: Result<String, String>, console: &Console) -> u8 {
    match said {
        Ok(text) => {
            console.pass_on(&escaped_with_tabs(&text));
            0
        }
        Err(text) => {
            console.warn(&escaped(&text));
            1
        }
    }
}

/// As [`escaped`]. Windows' own tabs before a line stay.
fn escaped_with_tabs(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix('\t') {
        Some(rest) => format!("\t{}", escaped(rest)),
        None => escaped(line),
    };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

async fn registry(
    reg: &Reg,
    lab: &Lab,
    reader: &mut Reader,
    console: &Console,
) -> Result<u8, Failure> {
    if let Some(question) = reg.question(lab).await? {
        let answer = reader.line(&question).await?;
        let yes = |line: &str| matches!(line.trim().to_lowercase().as_str(), "y" | "yes");
        if !matches!(answer, Typed::Line(line) if yes(&line)) {
            console.print("The operation was canceled by the user.");
            return Ok(1);
        }
    }
    Ok(said(reg.run(lab).await?, console))
}

/// Prints the address of a name, and whether WinRM's port answers.
async fn ping(host: &str, lab: &Lab, console: &Console) -> Result<u8, Failure> {
    let found = lab.exec(Role::Client, USER, &["getent", "ahostsv4", "--", host], None).await?;
    let Some(address) = found.stdout.split_whitespace().next() else {
        console.warn(&format!(
            "Ping request could not find host {}. Please check the name and try again.",
            escaped(host)
        ));
        return Ok(1);
    };
    let url = format!("http://{address}:5985/");
    let curl = ["curl", "--silent", "--output", "/dev/null", "--max-time", "5", &url];
    let answers = lab.exec(Role::Client, USER, &curl, None).await?.status == 0;
    let port = if answers { "answers" } else { "does not answer" };
    console.print(&format!(
        "{} is {address}. Port 5985 of it {port}. (CLIENT may not send ICMP, so it sends no echo.)",
        escaped(host)
    ));
    Ok(u8::from(!answers))
}

/// The question of `Test-WSMan` to which WinRM answers everybody (MS-WSMV, Identify).
const IDENTIFY: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>"#;

async fn identify(remote: &Remote, lab: &Lab, console: &Console) -> Result<u8, Failure> {
    let host = &remote.how.host;
    let (scheme, port) = if remote.how.use_ssl { ("https", 5986) } else { ("http", 5985) };
    let url = format!("{scheme}://{host}:{port}/wsman");
    let curl = [
        "curl",
        "--silent",
        "--show-error",
        "--fail",
        "--max-time",
        "10",
        "--cacert",
        "/etc/spnlab/ca.pem",
        "--header",
        "WSMANIDENTIFY: unauthenticated",
        "--header",
        "Content-Type: application/soap+xml;charset=UTF-8",
        "--data",
        IDENTIFY,
        &url,
    ];
    let ran = lab.exec(Role::Client, USER, &curl, None).await?;
    if ran.status != 0 {
        console.warn(&format!("{BAD}Test-WSMan : {}{BAD:#}", escaped(ran.stderr.trim())));
        return Ok(exit_status::REFUSED);
    }
    let field = |name: &str| {
        let (_, rest) = ran.stdout.split_once(&format!("<wsmid:{name}>"))?;
        rest.split_once("</").map(|(text, _)| escaped(text))
    };
    console.print("");
    for name in ["ProtocolVersion", "ProductVendor", "ProductVersion"] {
        console.print(&format!("{name:<15} : {}", field(name).unwrap_or_default()));
    }
    console.say("Nobody asked for a ticket. Test-WSMan HOST -Authentication Kerberos does.");
    Ok(0)
}

fn opens_session(remote: &Remote) -> bool {
    remote.cmdlet == Cmdlet::EnterPsSession
}

async fn connect(
    remote: &Remote,
    lab: &Lab,
    reader: &mut Reader,
    console: &Arc<Console>,
) -> Result<u8, Failure> {
    let Remote { cmdlet, how, .. } = remote;
    let evidence = RunEvidence::open("shell", &lab.identity().name, None, console)?;
    let details = Details { cmdlet: Some(*cmdlet), ..Details::default() };
    let after = |attempt: &Attempt| after(attempt, console);
    if opens_session(remote) {
        let look = Look { details, after: &after, prompt_end: "> " };
        return prompt::session(lab, how.clone(), &look, &evidence, reader, console).await;
    }
    let attempt = lab.connect_watched(how, &evidence.watch(console)).await?;
    note_attempt(lab, &attempt, &evidence, console).await;
    let status = show::connection(&attempt, details, console);
    if *cmdlet == Cmdlet::TestWsMan && attempt.outcome.connected() {
        console.print(&format!("{} answers, and {} is authenticated", how.host, how.user.name));
    }
    after(&attempt);
    Ok(status)
}

/// What to type after a refusal by Kerberos.
fn after(attempt: &Attempt, console: &Console) {
    let refused_ticket = matches!(attempt.outcome.ap, ApFact::Refused { .. });
    if !refused_ticket && !matches!(attempt.outcome.tgs, TgsFact::Refused(_)) {
        return;
    }
    if attempt.cached {
        console.explain("the ticket was kept from before: klist purge removes it");
        return;
    }
    console.explain(&format!("next: setspn -q {}", attempt.outcome.requested_spn));
}
