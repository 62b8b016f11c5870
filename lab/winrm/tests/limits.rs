//! How much a client may use: processes, open files, sizes of messages, memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Mutex, PoisonError};
use support::message::{SHELL_BODY, envelope, shell_id};
use support::sealed::{Client, Ticket};
use support::{Endpoint, Realm, realm, until};
use winrm::soap::ns;

const PASSWORD: &str = "Training-Trainer-1\n";

/// The fork bombs take turns: at the same time they could get the same user, whose threads they
/// count.
static FORK_BOMB: Mutex<()> = Mutex::new(());

fn run(realm: &Realm, endpoint: &Endpoint, command: &str) -> Value {
    let (_, report) = realm.client(endpoint, &["--password-stdin", "-c", command], PASSWORD);
    assert!(report["command"].is_object(), "{report:#}");
    report["command"].clone()
}

fn trainer(realm: &Realm) -> Ticket {
    Ticket::of(realm, "trainer", PASSWORD)
}

/// What the kernel counts for RLIMIT_NPROC: the threads of a user.
fn threads_of(user: u32) -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let own = processes.filter(|path| fs::metadata(path).is_ok_and(|found| found.uid() == user));
    own.filter_map(|path| Some(fs::read_dir(path.join("task")).ok()?.count())).sum()
}

/// A user who runs nothing else, where the test may choose one; its own user elsewhere.
fn user() -> u32 {
    let own = nix::unistd::Uid::effective();
    if !own.is_root() {
        return own.as_raw();
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let users = accounts.lines().filter_map(|line| line.split(':').nth(2)?.parse().ok());
    users.into_iter().find(|user| *user != 0 && threads_of(*user) == 0).unwrap()
}

#[test]
fn a_fork_bomb_meets_the_limit_and_leaves_nothing() {
    const ROOM: usize = 100;
    let Some(realm) = realm("a_fork_bomb_meets_the_limit") else { return };
    let _turn = FORK_BOMB.lock().unwrap_or_else(PoisonError::into_inner);
    let user = user();
    let limit = (threads_of(user) + ROOM).to_string();
    let endpoint = realm.endpoint_as(user, &["--max-processes", &limit]);
    let before = threads_of(user);
    let bomb = "while :; do sleep 1000 >/dev/null 2>&1 & echo; done";
    for _ in 0..2 {
        let ended = run(&realm, &endpoint, bomb);
        let started = ended["stdout"].as_str().unwrap().len();
        assert!((10..ROOM).contains(&started), "{started} processes: {ended:#}");
        assert!(ended["stderr"].as_str().unwrap().contains("fork"), "{ended:#}");
        assert_ne!(ended["exit_code"], 0);
        // They were killed with the command, and the kernel clears them away. Some threads more are
        // winrmd's own.
        until("the bomb's end", || threads_of(user), |now| *now < before + 10);
    }
    // The limit is the command's own affair: it cannot be raised.
    let ended = run(&realm, &endpoint, "ulimit -p; ulimit -p unlimited");
    assert_eq!(ended["stdout"].as_str().unwrap().trim(), limit);
    assert_ne!(ended["exit_code"], 0, "{ended:#}");
}

#[test]
fn a_fork_bomb_out_of_its_process_group_ends_with_its_shell() {
    const ROOM: usize = 60;
    let Some(realm) = realm("a_fork_bomb_out_of_its_process_group") else { return };
    let _turn = FORK_BOMB.lock().unwrap_or_else(PoisonError::into_inner);
    let user = user();
    let limit = (threads_of(user) + ROOM).to_string();
    let endpoint = realm.endpoint_as(user, &["--max-processes", &limit]);
    let before = threads_of(user);
    // A shell that does nothing but start others like itself, each in a session of its own.
    let bomb = realm.path("bomb");
    fs::write(&bomb, format!("while :; do setsid sh {} & done", bomb.display())).unwrap();
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
    let start = format!("sh {} &gt;/dev/null 2&gt;&amp;1 &amp; exec sleep 1000", bomb.display());
    client.start(&shell, &start);
    until("the bomb's threads", || threads_of(user), |now| *now >= before + ROOM / 2);
    client.shell("Delete", &shell, "");
    // Some threads more are winrmd's own.
    assert!(threads_of(user) < before + 10, "{} are still there", threads_of(user) - before);
}

#[test]
fn open_files_and_core_dumps_are_bounded() {
    let Some(realm) = realm("open_files_and_core_dumps_are_bounded") else { return };
    let endpoint = realm.endpoint(&[]);
    // 0 to 2, and one for each turn, up to 1023.
    let open = "exec bash -c 'while exec {file}</dev/null; do last=$file; done; echo $last'";
    let ended = run(&realm, &endpoint, open);
    assert_eq!(ended["stdout"], "1023\n", "{ended:#}");
    assert!(ended["stderr"].as_str().unwrap().contains("Too many open files"), "{ended:#}");
    let ended = run(&realm, &endpoint, "ulimit -Hc; ulimit -Hn; ulimit -n 1025");
    assert_eq!(ended["stdout"], "0\n1024\n");
    assert_ne!(ended["exit_code"], 0, "{ended:#}");
}

/// An envelope of exactly this size with input for a command, and the input.
fn send_of(size: usize, shell: &str, command: &str) -> (String, Vec<u8>) {
    let wrap = |data: &str, blanks: usize| {
        let body = format!(
            r#"<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}" End="true">{data}</rsp:Stream></rsp:Send>{}"#,
            " ".repeat(blanks)
        );
        envelope(ns::SHELL, "Send", ns::CMD, shell, &body)
    };
    let room = size - wrap("", 0).len();
    let input: Vec<u8> = (0..room / 4 * 3).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect();
    let text = wrap(&BASE64_STANDARD.encode(&input), room % 4);
    assert_eq!(text.len(), size);
    (text, input)
}

#[test]
fn input_comes_back_byte_for_byte_up_to_the_largest_envelope() {
    let Some(realm) = realm("input_comes_back_byte_for_byte") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
    // What Ansible sends at most, and the largest envelope (MaxEnvelopeSizekb).
    for size in [445 * 1024, 500 * 1024] {
        let command = client.start(&shell, "cat");
        let (text, input) = send_of(size, &shell, &command);
        let (status, answer) = client.ask(&text);
        assert!(status.starts_with("HTTP/1.1 200"), "{size}: {status}: {answer}");
        let (output, code) = client.receive_all(&shell, &command);
        assert!(output == input, "{size}: {} of {} bytes", output.len(), input.len());
        assert_eq!(code, "0");
    }
    let command = client.start(&shell, "cat");
    let (text, _) = send_of(500 * 1024 + 1, &shell, &command);
    let (status, answer) = client.ask(&text);
    assert!(status.starts_with("HTTP/1.1 500"), "{status}");
    assert!(answer.contains(r#"Code="2150858790""#), "{answer}");
}

/// The most memory that the endpoint ever had, in kB.
fn peak(endpoint: &Endpoint) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", endpoint.child.0.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn output_that_nobody_takes_waits_in_the_program() {
    /// In kB, as the README has it: a MiB of output waits, and an answer is made of a piece of it.
    const BOUND: usize = 4 * 1024;
    const OUTPUT: usize = 10 << 20;
    let Some(realm) = realm("output_that_nobody_takes") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
    let command = client.start(&shell, "echo warm");
    client.receive_all(&shell, &command);
    let before = peak(&endpoint);
    // The client takes less at a time than the program offers, so the program has to wait.
    let command = client.start(&shell, &format!("head -c {OUTPUT} /dev/zero | tr '\\0' x"));
    let (output, code) = client.receive_all(&shell, &command);
    assert_eq!((output.len(), code.as_str()), (OUTPUT, "0"));
    assert!(output.iter().all(|byte| *byte == b'x'));
    let grown = peak(&endpoint) - before;
    assert!(grown < BOUND, "{grown} kB for {OUTPUT} bytes of output");
}
