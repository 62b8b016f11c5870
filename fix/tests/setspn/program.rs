//! The program: its streams and its exit statuses, as far as no directory is needed.
#![cfg(feature = "setspn")]

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use spnfix::setspn::{HELP, VERSION};

/// A CA that nobody has the key of; it only must be readable.
const CA: &str = include_str!("ca.pem");

fn setspn() -> Command {
    Command::new(env!("CARGO_BIN_EXE_setspn"))
}

fn printed(arguments: &[&str]) -> (Option<i32>, String, String) {
    told(&setspn().args(arguments).stdin(Stdio::null()).output().unwrap())
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Options for a server at an address.
fn at<'a>(address: &'a str, ca: &'a str) -> [&'a str; 9] {
    let server = "dc1.contoso.com";
    ["--server", server, "--address", address, "--ca", ca, "--user", "a@b", "--password-stdin"]
}

fn ca_file(folder: &Path) -> String {
    let path = folder.join("ca.pem");
    fs::write(&path, CA).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn help_is_data() {
    for arguments in [&["-?"][..], &["/?"], &[], &["--help"]] {
        assert_eq!(printed(arguments), (Some(0), HELP.to_owned(), String::new()));
    }
}

#[test]
fn the_version_is_data() {
    assert_eq!(VERSION, format!("setspn {} (spnfix)\n", env!("CARGO_PKG_VERSION")));
    for arguments in [&["--version"][..], &["-X", "--version"]] {
        assert_eq!(printed(arguments), (Some(0), VERSION.to_owned(), String::new()));
    }
}

#[test]
fn colour_is_for_our_own_words() {
    let wrong = |color: &str| {
        let output = setspn().args(["-Z", "--color", color]).output().unwrap();
        told(&output).2
    };
    // Standard error is a pipe here. Wrong arguments are told before --color is known.
    assert!(wrong("auto").starts_with("error [SPNFIX-USAGE]"));
    let missing = ["-X", "--server", "a.b", "--ca", "/nowhere/ca.pem", "--user", "a@b"];
    let told_of = |color: &str| {
        let arguments = [&missing[..], &["--password-stdin", "--color", color]].concat();
        told(&setspn().args(arguments).stdin(Stdio::null()).output().unwrap()).2
    };
    for plain in ["auto", "never"] {
        assert!(!told_of(plain).contains('\u{1b}'), "{plain}");
    }
    let colored = told_of("always");
    assert!(colored.starts_with("\u{1b}[1;31merror\u{1b}[0m [SPNFIX-"), "{colored:?}");
    assert!(colored.contains("\n\u{1b}[36mhint\u{1b}[0m: "), "{colored:?}");
}

#[test]
fn wrong_usage_is_talk() {
    let (status, out, err) = printed(&["-Q", "a/b", "-L", "x"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert_eq!(
        err,
        "error [SPNFIX-USAGE]: -Q and -L cannot be combined\n\
         hint: setspn -? lists switches and options\n"
    );
    let (status, _, err) = printed(&["-L", "x", "--password=geheim"]);
    assert_eq!(status, Some(2));
    assert!(!err.contains("geheim"), "{err}");
}

#[test]
fn no_domain_controller_answers() {
    // A port that was free a moment ago, and that nobody listens on.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let ca = ca_file(folder.path());
    let run = |arguments: &[&str]| {
        let mut child = setspn()
            .args(arguments)
            .args(at(&address, &ca))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"geheim\n").unwrap();
        told(&child.wait_with_output().unwrap())
    };
    let (status, out, err) = run(&["-Q", "HTTP/mem1"]);
    assert_eq!((status, out.as_str()), (Some(6), ""));
    assert!(
        err.starts_with(
            "Ldap Error(0x51 -- Server Down): ldap_connect\n\
             Failed to retrieve DN for domain \"\" : 0x00000051\n\
             error [SPNFIX-UNREACHABLE]: cannot connect to the directory at 127.0.0.1:"
        ),
        "{err}"
    );
    assert!(err.contains("\nhint: ") && !err.contains("geheim"), "{err}");

    let (status, out, err) = run(&["-Q", "HTTP/mem1", "--json"]);
    assert_eq!((status, err.as_str()), (Some(6), ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["outcome"], "no-directory");
    assert_eq!(document["error"]["code"], "SPNFIX-UNREACHABLE");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing").to_str().unwrap().to_owned();
    let (status, _, err) = printed(&[&["-X"][..], &at("127.0.0.1:1", &missing)].concat());
    assert_eq!(status, Some(6));
    assert!(err.starts_with("error [SPNFIX-FILE]: cannot read "), "{err}");
    assert!(err.contains("missing: "), "{err}");
}

#[test]
fn a_reader_who_has_left_is_no_reason_to_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = setspn().arg("-?").stdout(writer).stderr(Stdio::piped()).output().unwrap();
    let (status, _, err) = told(&output);
    assert_eq!((status, err.as_str()), (Some(141), ""));
}

#[test]
fn ctrl_c_ends_a_run_in_its_middle() {
    // Somebody who takes the connection and never says a word.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let ca = ca_file(folder.path());
    for (switches, hint) in
        [(&["-X"][..], "nothing was changed"), (&["-A", "a/b", "x"], "may have been made")]
    {
        let mut child = setspn()
            .args(switches)
            .args(at(&address, &ca))
            .args(["--timeout", "3600"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"geheim\n").unwrap();
        let connection = mute.accept().unwrap();
        // The shell's own kill: the program of that name is not everywhere.
        let kill = format!("kill -INT {}", child.id());
        let kill = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(kill.success());
        let (status, out, err) = told(&child.wait_with_output().unwrap());
        drop(connection);
        assert_eq!((status, out.as_str()), (Some(130), ""));
        assert!(err.starts_with("error [SPNFIX-INTERRUPTED]: interrupted\nhint: "), "{err}");
        assert!(err.contains(hint), "{err}");
    }
}
