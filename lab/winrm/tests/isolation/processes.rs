//! Processes that try to outlive their command: in a session of their own, with a parent that has
//! gone.

use crate::support::message::{command_line, desired_stream, envelope};
use crate::support::sealed::Client;
use crate::support::until;
use crate::{Place, is_there, open, places};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use winrm::soap::ns;

/// Starts a process that belongs to nobody, tells its number, and goes on with `rest`.
fn stray(rest: &str) -> String {
    format!("(setsid sh -c 'echo $$; exec sleep 1000 &gt;/dev/null 2&gt;&amp;1' &amp;) ; {rest}")
}

/// Starts a command with a stray; the command's id, and the stray's number.
fn start(client: &mut Client, shell: &str) -> (String, String) {
    let command = client.start(shell, &stray("exec sleep 1000"));
    let text = client.shell("Receive", shell, &desired_stream(&command));
    let data = text.split_once("<rsp:Stream Name=\"stdout\"").unwrap().1;
    let data = data.split_once('>').unwrap().1.split_once('<').unwrap().0;
    let pid = String::from_utf8(BASE64_STANDARD.decode(data).unwrap()).unwrap().trim().to_owned();
    assert!(is_there(&pid), "{pid}");
    (command, pid)
}

fn signal(place: &Place, signal: Signal) {
    let pid = i32::try_from(place.endpoint.child.0.id()).unwrap();
    kill(Pid::from_raw(pid), signal).unwrap();
}

#[test]
fn a_command_that_is_terminated_takes_all_its_processes_along() {
    for place in places("a_command_that_is_terminated", &[]) {
        let mut client = place.client();
        let shell = open(&mut client);
        let (first, pid) = start(&mut client, &shell);
        let (_, other) = start(&mut client, &shell);
        let body = format!(
            r#"<rsp:Signal CommandId="{first}"><rsp:Code>{}/signal/terminate</rsp:Code></rsp:Signal>"#,
            ns::SHELL
        );
        client.shell("Signal", &shell, &body);
        // Its own processes, when the answer is there, and nobody else's.
        assert!(!is_there(&pid) && is_there(&other));
        client.shell("Delete", &shell, "");
        assert!(!is_there(&other));
    }
}

#[test]
fn a_command_that_ends_leaves_nothing_behind() {
    for place in places("a_command_that_ends", &[]) {
        let mut client = place.client();
        let shell = open(&mut client);
        let command = client.start(&shell, &stray("exit 7"));
        let (output, code) = client.receive_all(&shell, &command);
        assert_eq!(code, "7");
        assert!(!is_there(String::from_utf8(output).unwrap().trim()));
    }
}

#[test]
fn an_account_with_all_its_processes_is_told_so() {
    // Only a process that changes its user is counted before its program starts.
    let places = places("an_account_with_all_its_processes", &["--max-processes", "1"]);
    let Some(place) = places.get(1) else { return };
    let mut client = place.client();
    let shell = open(&mut client);
    let line = command_line("exec sleep 1000");
    let mut start = || client.ask(&envelope(ns::SHELL, "Command", ns::CMD, &shell, &line)).1;
    let (_, second) = (start(), start());
    assert!(second.contains(r#"Code="2147943850""#), "{second}");
    assert!(second.contains("no processes (an account may have 1) left"), "{second}");
}

#[test]
fn processes_end_with_the_endpoint_however_it_ends() {
    for end in [Signal::SIGKILL, Signal::SIGTERM] {
        for place in places("processes_end_with_the_endpoint", &[]) {
            let mut client = place.client();
            let shell = open(&mut client);
            let (_, pid) = start(&mut client, &shell);
            signal(&place, end);
            until("the process's end", || is_there(&pid), |there| !there);
        }
    }
}

#[test]
fn a_host_that_is_killed_leaves_nothing_behind() {
    for place in places("a_host_that_is_killed", &[]) {
        let mut client = place.client();
        let shell = open(&mut client);
        let (_, pid) = start(&mut client, &shell);
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let host = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(1).unwrap();
        kill(Pid::from_raw(host.parse().unwrap()), Signal::SIGKILL).unwrap();
        until("the process's end", || is_there(&pid), |there| !there);
        // The endpoint goes on.
        start(&mut client, &shell);
    }
}

#[test]
fn all_shells_end_on_demand_and_the_log_tells_when_they_have() {
    for place in places("all_shells_end_on_demand", &[]) {
        let mut client = place.client();
        let shells = [open(&mut client), open(&mut client)];
        let pids = shells.each_ref().map(|shell| start(&mut client, shell).1);
        for count in [2, 0] {
            signal(&place, Signal::SIGUSR1);
            assert_eq!(place.endpoint.event("shells-ended")["count"], count);
            assert!(pids.iter().all(|pid| !is_there(pid)), "{pids:?}");
        }
        // And the endpoint serves.
        let shell = open(&mut client);
        start(&mut client, &shell);
    }
}
