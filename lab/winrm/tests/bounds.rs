//! How much one user may have of the endpoint, and that it is given back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use nix::unistd::Uid;
use std::collections::HashSet;
use std::fs;
use std::process::Command;
use support::message::{SHELL_BODY, command_id, command_line, desired_stream, envelope, shell_id};
use support::sealed::{Client, Ticket};
use support::{Endpoint, Realm, realm, skipped, until};
use winrm::soap::ns;

const PASSWORD: &str = "Training-Trainer-1\n";
const SHELL_QUOTA: &str = r#"Code="2150859173""#;
const COMMAND_QUOTA: &str = r#"Code="2150859174""#;
const NO_RESOURCES: &str = r#"Code="2147943850""#;

fn trainer(realm: &Realm) -> Ticket {
    Ticket::of(realm, "trainer", PASSWORD)
}

/// The first number in a line of the endpoint's status; sizes are in kB.
fn status(endpoint: &Endpoint, name: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", endpoint.child.0.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').split_whitespace().next().unwrap().parse().unwrap()
}

fn resident(endpoint: &Endpoint) -> usize {
    status(endpoint, "VmRSS")
}

/// Waits until the endpoint has given memory back, which it does when it looks after its shells.
fn until_back(endpoint: &Endpoint, most: usize) {
    until(&format!("at most {most} kB"), || resident(endpoint), |now| *now <= most);
}

/// Waits until the endpoint has no more descriptors than this: it closes a command's behind its
/// answer.
fn until_closed(endpoint: &Endpoint, most: Option<usize>) {
    let what = format!("at most {most:?} descriptors");
    until(&what, || descriptors(endpoint), |now| *now <= most);
}

/// The endpoint's descriptors; `None` where only root may count them.
fn descriptors(endpoint: &Endpoint) -> Option<usize> {
    let list = fs::read_dir(format!("/proc/{}/fd", endpoint.child.0.id()));
    if list.is_err() && !Uid::effective().is_root() {
        skipped("the count of descriptors", "only root may look into the endpoint");
        return None;
    }
    Some(list.unwrap().count())
}

/// The number of the endpoint's n-th free descriptor, the lowest is the 0th. With this limit it can
/// open just n files more, and n are free whatever numbers the open ones have.
fn free_descriptor(endpoint: &Endpoint, n: usize) -> usize {
    let list = fs::read_dir(format!("/proc/{}/fd", endpoint.child.0.id())).unwrap().flatten();
    let open = list.map(|entry| entry.file_name().to_str().unwrap().parse().unwrap());
    let open = open.collect::<HashSet<usize>>();
    (0..).filter(|number| !open.contains(number)).nth(n).unwrap()
}

/// The numbers of a process' children.
fn children(pid: &str) -> String {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    // A thread that has just ended has no children, and no list.
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists.collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn open(client: &mut Client) -> String {
    shell_id(&client.shell("Create", "", SHELL_BODY))
}

fn create(client: &mut Client) -> (String, String) {
    client.ask(&envelope(ns::TRANSFER, "Create", ns::CMD, "", SHELL_BODY))
}

/// The answer to Command, which may be a fault.
fn start(client: &mut Client, shell: &str, command: &str) -> String {
    client.ask(&envelope(ns::SHELL, "Command", ns::CMD, shell, &command_line(command))).1
}

#[test]
fn one_user_has_one_quota_however_its_name_is_typed() {
    let Some(realm) = realm("one_user_has_one_quota") else { return };
    // MIT's KDC tells them apart; Samba's and Windows' put the name into the ticket as it was
    // typed.
    realm.kadmin(
        "addprinc -pw Training-Trainer-1 TRAINER\naddprinc -pw Training-Trainer-1 tRainer\n",
    );
    let endpoint = realm.endpoint(&["--max-shells-per-user", "2", "--allow", "visitor"]);
    let [mut first, mut second, mut third] = ["trainer", "TRAINER", "tRainer"]
        .map(|name| Client::connect(&endpoint, &Ticket::of(&realm, name, PASSWORD)));
    let shells = [open(&mut first), open(&mut second)];
    for client in [&mut first, &mut second, &mut third] {
        let (_, answer) = create(client);
        assert!(answer.contains(SHELL_QUOTA), "{answer}");
        // They are one user's shells.
        for shell in &shells {
            client.shell("Get", shell, "");
        }
    }
    let visitor = Ticket::of(&realm, "visitor", "Training-Visitor-1\n");
    let mut visitor = Client::connect(&endpoint, &visitor);
    open(&mut visitor);
    third.shell("Delete", &shells[0], "");
    open(&mut third);
}

#[test]
fn one_user_cannot_run_everything() {
    let Some(realm) = realm("one_user_cannot_run_everything") else { return };
    // Two commands for each shell that a user may have.
    let endpoint = realm.endpoint(&["--max-shells-per-user", "2", "--allow", "visitor"]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let base = descriptors(&endpoint);
    let shell = open(&mut client);
    let commands: Vec<_> = (0..4).map(|_| client.start(&shell, "exec sleep 1000")).collect();
    let refused = start(&mut client, &shell, "true");
    assert!(refused.contains(COMMAND_QUOTA) && refused.contains("this user is 4"), "{refused}");
    let visitor = Ticket::of(&realm, "visitor", "Training-Visitor-1\n");
    let mut visitor = Client::connect(&endpoint, &visitor);
    let theirs = open(&mut visitor);
    let echo = visitor.start(&theirs, "echo here");
    assert_eq!(visitor.receive_all(&theirs, &echo).0, b"here\n");
    drop(visitor);
    // What has ended does not count, whether or not its client has said so.
    let body = format!(
        r#"<rsp:Signal CommandId="{}"><rsp:Code>{}/signal/ctrl_c</rsp:Code></rsp:Signal>"#,
        commands[0],
        ns::SHELL
    );
    client.shell("Signal", &shell, &body);
    assert_eq!(client.receive_all(&shell, &commands[0]).1, "130");
    client.start(&shell, "exec sleep 1000");
    client.shell("Delete", &shell, "");
    until_closed(&endpoint, base);
}

#[test]
fn what_ran_out_is_named() {
    let Some(realm) = realm("what_ran_out_is_named") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let shell = open(&mut client);
    let Some(in_use) = descriptors(&endpoint) else { return };
    let pid = endpoint.child.0.id().to_string();
    let limit = |pid: &str, what: &str| {
        let mut prlimit = Command::new("prlimit");
        if Uid::effective().is_root() {
            // Root without CAP_SYS_RESOURCE may not, the endpoint's own user may.
            let user = status(&endpoint, "Uid").to_string();
            prlimit = Command::new("setpriv");
            prlimit.args(["--reuid", &user, "--regid", &user, "--clear-groups", "prlimit"]);
        }
        assert!(prlimit.args(["--pid", pid, what]).status().unwrap().success());
    };
    // Each number of descriptors that is too small for a command, and the one that is not.
    let mut refused = 0;
    for free in 0.. {
        limit(&pid, &format!("--nofile={}:", free_descriptor(&endpoint, free)));
        if free == 0 {
            // The account of a new shell cannot be looked up.
            let (_, answer) = create(&mut client);
            assert!(answer.contains("no file descriptors left"), "{answer}");
        }
        let answer = start(&mut client, &shell, "true");
        if answer.contains("<rsp:CommandId>") {
            client.receive_all(&shell, &command_id(&answer));
            break;
        }
        assert!(answer.contains(NO_RESOURCES), "{free}: {answer}");
        assert!(answer.contains("no file descriptors left"), "{free}: {answer}");
        refused += 1;
        // The next one finds what this one found.
        until_closed(&endpoint, Some(in_use));
    }
    assert!((1..=8).contains(&refused), "{refused}");
    limit(&children(&pid), "--nproc=1:");
    let answer = start(&mut client, &shell, "true");
    assert!(answer.contains(NO_RESOURCES) && answer.contains("no processes"), "{answer}");
    client.shell("Delete", &shell, "");
    until_closed(&endpoint, Some(in_use));
}

#[test]
fn output_that_nobody_takes_is_bounded_for_each_user() {
    /// In kB. The README has 4 MiB of waiting output for a user, and 32 KiB for each command.
    const BOUND: usize = 12 * 1024;
    /// What the allocator may keep, in kB.
    const KEPT: usize = 4 * 1024;
    let Some(realm) = realm("output_that_nobody_takes_is_bounded") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let shell = open(&mut client);
    let command = client.start(&shell, "echo warm");
    client.receive_all(&shell, &command);
    let before = resident(&endpoint);
    let shells = [open(&mut client), open(&mut client), shell];
    for shell in &shells {
        // Twenty commands each: more than all of them may keep waiting.
        for _ in 0..19 {
            client.start(shell, "head -c 4194304 /dev/zero; exec sleep 1000");
        }
    }
    // Output of a new one still comes: it waits for no other command, and is not lost.
    let command = client.start(&shells[0], "head -c 2000000 /dev/zero");
    let (output, code) = client.receive_all(&shells[0], &command);
    assert_eq!((output.len(), code.as_str()), (2_000_000, "0"));
    let peak = status(&endpoint, "VmHWM");
    assert!(peak - before < BOUND, "{peak} kB, {before} before");
    for shell in &shells {
        client.shell("Delete", shell, "");
    }
    until_back(&endpoint, before + KEPT);
}

#[test]
fn input_that_nobody_reads_is_bounded_for_each_user() {
    const BOUND: usize = 16 * 1024;
    const INPUT: usize = 256 * 1024;
    /// They fill the 4 MiB that a user's input may wait in.
    const INPUTS: usize = 16;
    let Some(realm) = realm("input_that_nobody_reads_is_bounded") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let shells = [open(&mut client), open(&mut client), open(&mut client)];
    let data = "A".repeat(INPUT / 3 * 4);
    let input = |shell: &str, command: &str, data: &str| {
        let body = format!(
            r#"<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}">{data}</rsp:Stream></rsp:Send>"#
        );
        envelope(ns::SHELL, "Send", ns::CMD, shell, &body)
    };
    let send = |client: &mut Client, shell: &str, command: &str, data: &str| {
        let answer = client.ask(&input(shell, command, data)).1;
        assert!(answer.contains("SendResponse"), "{answer}");
    };
    let command = client.start(&shells[0], "exec head -c 1000");
    send(&mut client, &shells[0], &command, &data);
    client.receive_all(&shells[0], &command);
    let before = resident(&endpoint);
    let mut command = String::new();
    for number in 0..INPUTS {
        // Three for each command: one is on its way to the program, two wait.
        let shell = &shells[number / 3 % shells.len()];
        if number % 3 == 0 {
            command = client.start(shell, "exec sleep 1000");
        }
        send(&mut client, shell, &command, &data);
    }
    let command = client.start(&shells[0], "exec sleep 1000");
    let timeout = "<w:OperationTimeout>PT0.500S</w:OperationTimeout></s:Header>";
    let more = input(&shells[0], &command, &data).replace("</s:Header>", timeout);
    let refused = client.ask(&more).1;
    assert!(refused.contains(r#"Code="2150858793""#), "{refused}");
    let grown = status(&endpoint, "VmHWM").saturating_sub(before);
    assert!(grown < BOUND, "{grown} kB for {INPUTS} inputs");
    // Another command still gets its input, a little at a time.
    let command = client.start(&shells[2], "head -c 3000");
    send(&mut client, &shells[2], &command, &"AAAA".repeat(1000));
    assert_eq!(client.receive_all(&shells[2], &command).0.len(), 3000);
    for shell in &shells {
        client.shell("Delete", shell, "");
    }
    until_back(&endpoint, before + 4 * 1024);
}

/// Opens and deletes so many shells, each with a command; memory and descriptors are back after
/// them.
fn many(test: &str, shells: usize) {
    const WARM: usize = 50;
    const KEPT: usize = 2 * 1024;
    let Some(realm) = realm(test) else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let turn = |client: &mut Client| {
        let shell = open(client);
        let command = client.start(&shell, "echo through; cat");
        client.shell("Receive", &shell, &desired_stream(&command));
        client.shell("Delete", &shell, "");
    };
    (0..WARM).for_each(|_| turn(&mut client));
    let (memory, files) = (resident(&endpoint), descriptors(&endpoint));
    (0..shells).for_each(|_| turn(&mut client));
    until_back(&endpoint, memory + KEPT);
    until_closed(&endpoint, files);
    // No host is left either: the spawner has no child, once it has cleared the last one away.
    let spawner = children(&endpoint.child.0.id().to_string());
    assert!(spawner.parse::<u32>().is_ok(), "one process: {spawner}");
    until("no hosts", || children(&spawner), String::is_empty);
}

#[test]
fn some_hundred_shells_leave_nothing_behind() {
    many("some_hundred_shells_leave_nothing_behind", 300);
}

#[test]
#[ignore = "takes a minute"]
fn ten_thousand_shells_leave_nothing_behind() {
    many("ten_thousand_shells_leave_nothing_behind", 10_000);
}
