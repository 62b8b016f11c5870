//! `spnlab connect` while others do something, or have done it.

use crate::lab::{Lab, ROOT, docker, said};
use crate::room::{Attack, Finding, Room};
use serde_json::Value;
use std::process::Output;
use std::time::Duration;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new(
        "second-terminal",
        "connects beside kinit, kvno and curl in CLIENT",
        second_terminal,
    ),
    Attack::new("silent-client", "connect beside 300 silent connections of CLIENT", silent_client),
    Attack::new("long-log", "100,000 lines in MEM1's log: connect's time", long_log),
    Attack::new("long-output", "a command prints 6 MB: is a cut told?", long_output),
    Attack::new("empty-capture", "CLIENT's capture is emptied by hand; its size", empty_capture),
];

fn code(output: &Output) -> String {
    let text = said(output);
    let code = text.split_once("error [").and_then(|(_, rest)| rest.split_once(']'));
    code.map_or_else(
        || format!("status {}", output.status.code().unwrap_or(-1)),
        |(code, _)| code.to_owned(),
    )
}

/// Messages in the outcome's trace: one attempt with a fresh cache has two AS-REQ, one TGS-REQ, one
/// AP-REQ.
fn requests(output: &Output) -> usize {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let messages = report["data"]["wire"]["messages"].as_array();
    let is_request =
        |message: &&Value| message["message"].as_str().is_some_and(|kind| kind.ends_with("-REQ"));
    messages.map_or(0, |messages| messages.iter().filter(is_request).count())
}

/// Ends when its file is gone.
const SECOND: &str = r"export KRB5CCNAME=FILE:/tmp/second.ccache
while [ -e /tmp/second ]; do
  printf 'Training-Trainer-1\n' | kinit trainer >/dev/null
  kvno -q HTTP/mem1.contoso.com && echo round >>/tmp/second.rounds
  curl -s --negotiate -u : http://mem1.contoso.com/ >/dev/null; sleep 0.1
done";

fn second_terminal(room: &Room) -> Finding {
    let lab = room.lab();
    let count = room.rounds(20, 200);
    lab.exec("client", "admin", "touch /tmp/second", "");
    docker(&["exec", "--detach", "--user", "admin", &lab.part("client"), "bash", "-c", SECOND], "");
    let (mut wrong, mut foreign) = (Vec::new(), 0);
    for _ in 0..count {
        let (output, _) = lab.connect("true");
        if !output.status.success() {
            wrong.push(code(&output));
        } else if requests(&output) != 4 {
            foreign += 1;
        }
    }
    let rounds = lab.exec("client", "admin", "rm /tmp/second; cat /tmp/second.rounds", "");
    let rounds = said(&rounds).matches("round\n").count();
    let told: Vec<_> = wrong.iter().take(2).collect();
    Finding::of(
        wrong.is_empty() && foreign == 0 && rounds > 0,
        format!(
            "{count} connects beside {rounds} rounds: {} failed {told:?}, {foreign} with foreign messages",
            wrong.len()
        ),
    )
}

fn silent_client(room: &Room) -> Finding {
    let lab = room.lab();
    let script = "for i in $(seq 300); do exec {fd}<>/dev/tcp/mem1.contoso.com/5985; done; echo open; read -t 50";
    let part = lab.part("client");
    let mut holder = crate::lab::bounded(60, "docker")
        .args(["exec", "--interactive", "--user", "admin", &part, "bash", "-c", script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut lines = std::io::BufReader::new(holder.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
    let (output, took) = lab.connect("true");
    // The end of its input ends it.
    drop(holder.stdin.take());
    holder.wait().unwrap();
    let code = code(&output);
    Finding::of(
        !code.contains("DISAGREEMENT") && took < Duration::from_secs(40),
        format!("connect ends after {:.1} s with {code}", took.as_secs_f64()),
    )
}

/// The connect of a lab whose log is longer.
fn long_log(room: &Room) -> Finding {
    let lab = room.lab();
    let rounds = room.rounds(3, 9);
    let before = lab.connects(rounds);
    let lines = room.rounds(20_000, 100_000);
    let filler = r#"{"time":"2026-01-01T00:00:00.000Z","event":"authentication","peer":"192.0.2.1:1","scheme":"Negotiate","mechanism":null,"sname":null,"ticket_realm":null,"etype":null,"kvno":null,"result":"refused","client":null,"acceptor":{"code":null,"name":null,"text":"the token is NTLM, and only Kerberos is spoken here"},"sent":null}"#;
    let script = format!("yes '{filler}' | head -n {lines} >/proc/1/fd/1");
    let written = lab.exec("mem1", ROOT, &script, "");
    assert!(written.status.success(), "{}", said(&written));
    let during = lab.connects(rounds);
    let [before, during] = [before, during].map(|time| time.as_secs_f64());
    Finding::of(
        during <= before * 1.5,
        format!("connect {before:.2} s, with {lines} lines more {during:.2} s"),
    )
}

fn empty_capture(room: &Room) -> Finding {
    /// In MB: more than a course's packets, less than hurts a host.
    const LARGEST: u64 = 600;
    let lab: &Lab = room.lab();
    let size = lab.exec("client", ROOT, "df --output=size -m /var/lib/spnlab/wire | tail -n 1", "");
    let size: u64 = said(&size).trim().parse().unwrap();
    lab.exec("client", ROOT, "for file in /var/lib/spnlab/wire/*; do : >$file; done", "");
    let emptied = code(&lab.connect("true").0);
    let reset = lab.spnlab(60, &["reset"]).status.success();
    let again = code(&lab.connect("true").0);
    Finding::of(
        reset && again == "status 0" && size <= LARGEST,
        format!("room of {size} MB; connect after that {emptied}, after a reset {again}"),
    )
}

fn long_output(room: &Room) -> Finding {
    const SIZE: usize = 6_000_000;
    let lab = room.lab();
    let command = format!("head -c {SIZE} /dev/zero | tr '\\0' x");
    let output = lab.spnlab(60, &["connect", "-c", &command]);
    let arrived = output.stdout.split(|byte| *byte != b'x').map(<[u8]>::len).sum::<usize>();
    Finding::of(
        arrived >= SIZE || !output.status.success(),
        format!("{arrived} of {SIZE} bytes arrived, {}", output.status),
    )
}
