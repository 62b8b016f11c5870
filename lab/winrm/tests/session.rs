//! `winrm-client --interactive` against winrmd: a session of several commands.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::Receiver;
use support::{Running, WAIT, json_lines, realm};

/// A client that holds a session.
struct Session {
    child: Running,
    requests: Option<ChildStdin>,
    events: Receiver<Value>,
}

impl Session {
    fn start(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut requests = child.stdin.take().expect("stdin");
        requests.write_all(b"Training-Trainer-1\n").expect("the password is sent");
        let events = json_lines(child.stdout.take().expect("stdout"));
        Self { child: Running(child), requests: Some(requests), events }
    }

    fn send(&mut self, request: &Value) {
        writeln!(self.requests.as_ref().expect("an open session"), "{request}").expect("sent");
    }

    fn next(&self) -> Value {
        self.events.recv_timeout(WAIT).expect("an event")
    }

    /// Collects what a command prints until it ends.
    fn rest(&self) -> (String, String, Value) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        loop {
            let event = self.next();
            let data = || BASE64_STANDARD.decode(event["data"].as_str().unwrap()).unwrap();
            match event["event"].as_str() {
                Some("stdout") => out.extend(data()),
                Some("stderr") => err.extend(data()),
                _ => {
                    let text = |bytes| String::from_utf8(bytes).unwrap();
                    return (text(out), text(err), event);
                }
            }
        }
    }

    fn run(&mut self, command: &str) -> (String, String, Value) {
        self.send(&json!({ "request": "run", "command": command }));
        self.rest()
    }

    /// Ends the requests, and returns the exit status.
    fn end(mut self) -> i32 {
        self.requests = None;
        assert!(self.events.recv_timeout(WAIT).is_err(), "nothing comes after the end");
        self.child.0.wait().expect("it ends").code().expect("an exit status")
    }
}

#[test]
fn a_session_carries_its_directory() {
    let Some(realm) = realm("a_session_carries_its_directory") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut session = Session::start(realm.session(endpoint.port, &[]));
    // A request may be there before the session is.
    session.send(&json!({ "request": "run", "command": "echo early" }));
    let ready = session.next();
    assert_eq!(ready["event"], "ready", "{ready:#}");
    assert_eq!(ready["report"]["ap"]["result"], "accepted");
    let home = ready["directory"].as_str().unwrap();
    assert!(home.starts_with('/'), "{ready:#}");
    assert_eq!(session.rest(), ended("early\n", "", 0, home));
    assert_eq!(session.run("cd /usr; echo here"), ended("here\n", "", 0, "/usr"));
    assert_eq!(session.run("cd lib; pwd; exit 5"), ended("/usr/lib\n", "", 5, "/usr/lib"));
    assert_eq!(session.run("pwd; echo oops >&2"), ended("/usr/lib\n", "oops\n", 0, "/usr/lib"));
    session.send(&json!("nonsense"));
    assert_eq!(session.next()["event"], "rejected");
    let (out, _, end) = session.run("head -c 10000000 /dev/zero | tr '\\0' x");
    assert_eq!((out.len(), &end["code"]), (10_000_000, &json!(0)));
    assert_eq!(session.end(), 0);
    // One shell for all of it, closed in order.
    let lines = endpoint.stop();
    assert_eq!(lines.iter().filter(|line| line["event"] == "authentication").count(), 1);
}

fn ended(out: &str, err: &str, code: i32, directory: &str) -> (String, String, Value) {
    let end = json!({ "event": "exit", "code": code, "directory": directory });
    (out.to_owned(), err.to_owned(), end)
}

#[test]
fn ctrl_c_ends_the_command_and_not_the_session() {
    let Some(realm) = realm("ctrl_c_ends_the_command_and_not_the_session") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut session = Session::start(realm.session(endpoint.port, &[]));
    assert_eq!(session.next()["event"], "ready");
    let (_, _, end) = session.run("cd /usr");
    assert_eq!(end["code"], 0);
    // Before any command, there is nothing to interrupt.
    session.send(&json!({ "request": "interrupt" }));
    // One process: a shell that is just starting another one may lose the signal.
    let command = "echo started; while :; do :; done; echo no";
    session.send(&json!({ "request": "run", "command": command }));
    assert_eq!(session.next()["event"], "stdout");
    session.send(&json!({ "request": "interrupt" }));
    let (out, _, end) = session.rest();
    assert_eq!((out.as_str(), &end["code"]), ("", &json!(130)), "{end:#}");
    assert_eq!(end["directory"], "/usr");
    assert_eq!(session.run("echo still here"), ended("still here\n", "", 0, "/usr"));
    // The second connection is for the signal.
    assert_eq!(session.end(), 0);
    let lines = endpoint.stop();
    assert_eq!(lines.iter().filter(|line| line["event"] == "authentication").count(), 2);
}

#[test]
fn a_session_that_ends_takes_its_command_along() {
    let Some(realm) = realm("a_session_that_ends_takes_its_command_along") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut session = Session::start(realm.session(endpoint.port, &[]));
    assert_eq!(session.next()["event"], "ready");
    session.send(&json!({ "request": "run", "command": "echo started; sleep 1000" }));
    assert_eq!(session.next()["event"], "stdout");
    assert_eq!(session.end(), 0);
}

#[test]
fn a_session_that_is_refused_says_why() {
    let Some(realm) = realm("a_session_that_is_refused_says_why") else { return };
    let endpoint = realm.endpoint(&[]);
    let session = Session::start(realm.session(endpoint.port, &["--spn-prefix", "MISPLACED"]));
    let failed = session.next();
    assert_eq!(failed["event"], "failed", "{failed:#}");
    assert_eq!(failed["report"]["ap"]["code"], 41);
    assert_eq!(failed["report"]["client_status"]["hex"], "0x80090322");
    assert_eq!(session.end(), 1);
}
