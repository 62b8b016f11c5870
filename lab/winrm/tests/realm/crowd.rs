//! Many sessions at one time, and clients that leave without a word.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{Endpoint, Realm, realm};
use serde_json::Value;
use std::fs::{self, File};
use std::process::{Child, Stdio};

const PASSWORD: &str = "Training-Trainer-1\n";
const SESSIONS: usize = 200;

/// A lock file that keeps commands waiting while it is held.
fn barrier(realm: &Realm) -> (File, String) {
    let path = realm.path("barrier");
    fs::write(&path, "").unwrap();
    let file = File::open(&path).unwrap();
    file.lock().unwrap();
    (file, format!("flock --shared {} echo through", path.display()))
}

/// Gets the service ticket, so that later clients ask no KDC.
fn ticket(realm: &Realm, endpoint: &Endpoint) -> String {
    let ccache = realm.path("crowd.ccache").display().to_string();
    let arguments = ["--password-stdin", "--ccache", &ccache, "-c", "true"];
    let (status, report) = realm.client(endpoint, &arguments, PASSWORD);
    assert_eq!(status, 0, "{report:#}");
    for state in ["opened", "deleted"] {
        assert_eq!(endpoint.event("shell")["state"], state);
    }
    ccache
}

fn client(realm: &Realm, port: u16, ccache: &str, command: &str) -> Child {
    let mut client = realm.program(env!("CARGO_BIN_EXE_winrm-client"));
    client
        .args(["--no-registry", "--json", "--port", &port.to_string(), "--ccache", ccache])
        .args(["-c", command, "localhost"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn two_hundred_sessions_at_one_time() {
    let Some(realm) = realm("two_hundred_sessions_at_one_time") else { return };
    let shells = SESSIONS.to_string();
    let endpoint = realm.endpoint(&["--max-shells-per-user", &shells]);
    let ccache = ticket(&realm, &endpoint);
    let (held, command) = barrier(&realm);
    let clients: Vec<_> =
        (0..SESSIONS).map(|_| client(&realm, endpoint.port, &ccache, &command)).collect();
    // No command can end, so no shell can: with the last one opened, all are open.
    for _ in 0..SESSIONS {
        assert_eq!(endpoint.event("shell")["state"], "opened");
    }
    // One more is one too many.
    let arguments = ["--ccache", ccache.as_str(), "-c", "true"];
    let (_, report) = realm.client(&endpoint, &arguments, "");
    assert_eq!(report["winrm"]["code"], 2_150_859_173_u32, "{report:#}");
    drop(held);
    for client in clients {
        let output = client.wait_with_output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["command"]["stdout"], "through\n", "{report:#}");
    }
}

#[test]
fn a_client_that_died_leaves_nothing_behind() {
    let Some(realm) = realm("a_client_that_died_leaves_nothing_behind") else { return };
    let endpoint = realm.endpoint(&["--max-lifetime", "2"]);
    let ccache = ticket(&realm, &endpoint);
    let (_held, command) = barrier(&realm);
    let mut client = client(&realm, endpoint.port, &ccache, &command);
    assert_eq!(endpoint.event("shell")["state"], "opened");
    client.kill().unwrap();
    client.wait().unwrap();
    // The shell is reaped, and its command with it.
    let shell = endpoint.event("shell");
    assert_eq!(shell["state"], "lifetime", "{shell}");
    let rest = endpoint.stop();
    assert!(rest.iter().all(|event| event["event"] != "shell"), "{rest:?}");
}
