//! What a user of WinRM can leave behind, use up, or take from others.

use crate::lab::{self, ADMINISTRATOR, Lab, TRAINER};
use crate::room::{Attack, Finding, Room, Stop};
use crate::support::message::{SHELL_BODY, envelope, shell_id};
use crate::support::sealed::Client;
use std::time::Duration;
use winrm::soap::ns;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("quota", "one user opens shells under four spellings", quota),
    Attack::new("escape", "processes outlive Terminate, Delete and reset", escape),
    Attack::new("bomb", "all processes of one lab's user; the neighbour works", bomb),
    Attack::new("burst", "eight busy loops in one lab; the neighbour's time", burst),
];

/// Opens shells until the endpoint refuses; at most 60.
fn open(client: &mut Client) -> Vec<String> {
    let create = envelope(ns::TRANSFER, "Create", ns::CMD, "", SHELL_BODY);
    let ask = |_| {
        let (status, text) = client.ask(&create);
        status.contains("200").then(|| shell_id(&text))
    };
    (0..60).map_while(ask).collect()
}

fn quota(room: &Room) -> Finding {
    let lab = room.lab();
    let own = ["trainer", "TRAINER", "tRainer", "TraineR"].map(|name| (name, TRAINER.1));
    let shells = |(name, password)| open(&mut lab.client(&lab.ticket(name, password)));
    let opened = own.map(shells);
    let other = shells(ADMINISTRATOR).len();
    let reset = lab.spnlab(60, &["reset"]).status.success();
    let again = shells(TRAINER);
    let left = opened.iter().map(Vec::len).collect::<Vec<_>>();
    // What a reset left must not stand in the way of the next attack.
    for ((name, password), shells) in own.into_iter().zip(&opened) {
        let mut client = lab.client(&lab.ticket(name, password));
        for shell in shells.iter().chain(&again) {
            client.ask(&envelope(ns::TRANSFER, "Delete", ns::CMD, shell, ""));
        }
    }
    Finding::of(
        left.iter().sum::<usize>() == 30 && other == 30 && reset && again.len() == 30,
        format!("{left:?} shells of one user, {other} of another; after a reset {}", again.len()),
    )
}

/// How many of these processes MEM1 has; waits until there are as many as wanted.
fn sleepers(lab: &Lab, seconds: &str, wanted: usize) -> usize {
    let mut count = 0;
    for _ in 0..30 {
        let processes = lab.processes("mem1");
        count =
            processes.lines().filter(|line| line.ends_with(&format!("sleep {seconds}"))).count();
        if count == wanted {
            break;
        }
        Stop::default().wait(Duration::from_millis(100));
    }
    count
}

fn escape(room: &Room) -> Finding {
    let lab = room.lab();
    let mut client = lab.client(&lab.ticket(TRAINER.0, TRAINER.1));
    // In its group, in a session of its own, and an orphan in one.
    let leave = |seconds: &str| {
        format!(
            "sleep {seconds} & setsid sleep {seconds} & (setsid -f sh -c 'sleep {seconds}; true'); exec sleep {seconds}"
        )
    };
    let begin = |client: &mut Client, seconds: &str| {
        let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
        let command = lab::start(client, &shell, &leave(seconds));
        let started = sleepers(lab, seconds, 4);
        (shell, command, started)
    };
    let mut left = Vec::new();
    let (shell, command, first) = begin(&mut client, "4001");
    let code = format!("{}/signal/terminate", ns::SHELL);
    let signal =
        format!(r#"<rsp:Signal CommandId="{command}"><rsp:Code>{code}</rsp:Code></rsp:Signal>"#);
    client.shell("Signal", &shell, &signal);
    left.push(sleepers(lab, "4001", 0));
    client.shell("Delete", &shell, "");
    let (shell, _, second) = begin(&mut client, "4002");
    client.shell("Delete", &shell, "");
    left.push(sleepers(lab, "4002", 0));
    let (_, _, third) = begin(&mut client, "4003");
    let reset = lab.spnlab(60, &["reset"]).status.success();
    left.push(sleepers(lab, "4003", 0));
    let started = [first, second, third];
    Finding::of(
        left == [0; 3] && started == [4; 3] && reset,
        format!("{started:?} processes started, left after Terminate, Delete, reset: {left:?}"),
    )
}

fn bomb(room: &Room) -> Finding {
    let (lab, neighbour) = (room.lab(), room.neighbour());
    let mut client = lab.client(&lab.ticket(TRAINER.0, TRAINER.1));
    let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
    let bomb = "i=0; while [ $i -lt 5000 ]; do sleep 4004 & i=$((i+1)); done; wait";
    lab::start(&mut client, &shell, bomb);
    let (mut most, mut last) = (0, 1);
    // Until it grows no more.
    while most != last {
        last = most;
        Stop::default().wait(Duration::from_millis(700));
        most = most.max(lab.processes("mem1").lines().count());
    }
    let (output, _) = neighbour.connect("echo through | cat");
    let works = output.status.success();
    client.shell("Delete", &shell, "");
    let left = sleepers(lab, "4004", 0);
    let own = lab.connect("true").0.status.success();
    Finding::of(
        works && left == 0 && own && most < 5000,
        format!(
            "{most} processes; the neighbour's command runs: {works}; left: {left}; the lab works: {own}"
        ),
    )
}

fn burst(room: &Room) -> Finding {
    const LOOPS: &str = "for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait";
    let (lab, neighbour) = (room.lab(), room.neighbour());
    let ticket = lab.ticket(TRAINER.0, TRAINER.1);
    // In turns, so that both see the same machine; the quickest of each, because what else runs on
    // the machine only adds to them.
    let (before, during): (Vec<_>, Vec<_>) = (0..room.rounds(5, 9))
        .map(|_| {
            let before = neighbour.connects(1);
            let mut client = lab.client(&ticket);
            let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
            lab::start(&mut client, &shell, LOOPS);
            let during = neighbour.connects(1);
            client.shell("Delete", &shell, "");
            (before, during)
        })
        .unzip();
    let quickest = |times: Vec<Duration>| times.into_iter().min().unwrap_or_default().as_secs_f64();
    let [before, during] = [before, during].map(quickest);
    let ratio = during / before;
    Finding::of(
        ratio <= 3.0,
        format!(
            "the neighbour's connect: {before:.2} s, beside the burst {during:.2} s: {ratio:.2} times"
        ),
    )
}
