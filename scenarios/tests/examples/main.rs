//! The examples of the fix library (`fix/examples`) against a real lab. What they said and did is
//! compared with what the judge reads from the directory. And the harness's own example.

#![expect(clippy::unwrap_used, reason = "a test program: a panic is a failure")]

mod run;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde_json::Value;
use spnlab_harness::{
    Account, ConnectOptions, ExecOutput, Fault, Lab, LabSpec, Lifetime, Progress, SpnInventory,
    WinrmSettings, accounts,
};
use spnlab_scenarios::samba;
use tempfile::TempDir;

use run::{as_account, here, ldapmodify, with_ticket};

const HOST: &str = "mem1.contoso.com";
const NAME: &str = "HTTP/mem1.contoso.com";

#[tokio::main]
async fn main() -> ExitCode {
    let progress = Progress::new(|text| eprintln!("{text}"));
    let spec = LabSpec { samba: samba(), ..LabSpec::new("examples", Lifetime::Scope) };
    let lab = Lab::start_with(&spec, WinrmSettings::default(), &progress).await.unwrap();
    let failed = in_turn(
        &lab,
        vec![
            (
                "diagnose names the holder, with a password and with a ticket",
                diagnoses(&lab).boxed_local(),
            ),
            ("diagnose says that a healthy host is healthy", healthy(&lab).boxed_local()),
            (
                "hand_off writes LDIF that ldapmodify loads and undoes, and setspn lines",
                hands_off(&lab).boxed_local(),
            ),
            ("sweep reports every shadowed name, as CSV and as JSON", sweeps(&lab).boxed_local()),
            ("apply writes nothing without a yes", asks(&lab).boxed_local()),
            ("apply mends the connection, verifies, and rolls back", applies(&lab).boxed_local()),
            ("an error has a code and a hint", fails(&lab).boxed_local()),
            ("regression compares the outcome of a lab of its own", regression().boxed_local()),
        ],
    )
    .await;
    lab.shutdown().await.unwrap();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays each case in the state of the article. Returns how many failed.
async fn in_turn(lab: &Lab, cases: Vec<(&str, LocalBoxFuture<'_, ()>)>) -> usize {
    let (all, mut failed) = (cases.len(), 0);
    for (title, case) in cases {
        lab.reset().await.unwrap();
        lab.dc1().seed(&Fault::Article).await.unwrap();
        let ended = AssertUnwindSafe(case).catch_unwind().await;
        println!("{}: {title}", if ended.is_ok() { "ok" } else { "FAILED" });
        failed += usize::from(ended.is_err());
    }
    println!("scenarios: {} passed, {failed} failed, 0 skipped", all - failed);
    failed
}

/// What the directory holds, by the judge's own road.
async fn spns(lab: &Lab) -> SpnInventory {
    lab.dc1().spns().await.unwrap()
}

/// Whether the example ended with this status. Shows all that it said if not.
fn ended(ran: &ExecOutput, status: i64) {
    assert_eq!(ran.status, status, "stdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
}

fn says(text: &str, words: &str) {
    assert!(text.contains(words), "it does not say {words:?}:\n{text}");
}

async fn connects(lab: &Lab) -> bool {
    lab.connect(&ConnectOptions::new(HOST, "hostname")).await.unwrap().outcome.connected()
}

async fn diagnoses(lab: &Lab) {
    let before = spns(lab).await;
    let holders = before.holders(NAME);
    assert_eq!(holders, [accounts::SVC_WEB.name]);
    let with_password = here(lab, "diagnose", &[HOST], "").await;
    ended(&with_password, 1);
    says(&with_password.stdout, "(shadowed)");
    says(&with_password.stdout, &holders[0]);
    says(&with_password.stdout, "Ways out for mem1.contoso.com, best first");
    let by_ticket = with_ticket(lab, "diagnose", &[HOST]).await;
    ended(&by_ticket, 1);
    assert_eq!(by_ticket.stdout, with_password.stdout);
    assert_eq!(spns(lab).await, before);
}

async fn healthy(lab: &Lab) {
    lab.reset().await.unwrap();
    let ran = here(lab, "diagnose", &[HOST, "client.contoso.com"], "").await;
    ended(&ran, 0);
    assert_eq!(ran.stdout.matches("(healthy)").count(), 2, "{}", ran.stdout);
}

async fn hands_off(lab: &Lab) {
    let folder = TempDir::new().unwrap();
    let before = spns(lab).await;
    let to = folder.path().to_str().unwrap();
    ended(&here(lab, "hand_off", &[HOST, "port-spns", to], "").await, 0);
    assert_eq!(spns(lab).await, before, "it changed the directory itself");
    let file = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let text = |name: &str| String::from_utf8(file(name)).unwrap();

    ldapmodify(lab, &text("fix.ldif")).await;
    let after = spns(lab).await;
    let added = ["+ MEM1$ http/mem1.contoso.com:5985", "+ MEM1$ http/mem1:5985"];
    assert_eq!(after.difference(&before), added);
    ldapmodify(lab, &text("undo.ldif")).await;
    assert_eq!(spns(lab).await, before);

    // The same values in the other forms. PowerShell 5 needs the byte order mark.
    assert!(file("fix.ps1").starts_with(b"\xef\xbb\xbf"));
    for value in ["HTTP/mem1.contoso.com:5985", "HTTP/mem1:5985"] {
        says(&text("fix.ps1"), value);
        says(&text("fix.cmd"), value);
    }
    let lines = text("fix.cmd");
    let typed = lines.lines().filter_map(|line| line.strip_prefix("setspn "));
    for line in typed {
        let words: Vec<&str> = line.split(" || ").next().unwrap().split(' ').collect();
        let ran = lab.client().setspn(accounts::SPN_OPERATOR, &words).await.unwrap();
        ended(&ran, 0);
    }
    assert_eq!(spns(lab).await.difference(&before), added, "{lines}");
}

async fn sweeps(lab: &Lab) {
    let folder = TempDir::new().unwrap();
    let to = folder.path().to_str().unwrap();
    let before = spns(lab).await;
    ended(&here(lab, "sweep", &[to], "").await, 3);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let document: Value = serde_json::from_str(&read("sweep.json")).unwrap();
    let found = document["shadowed"].as_array().unwrap();
    let mut names: Vec<&str> = found.iter().map(|one| one["spn"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["HTTP/mem1", NAME]);
    let csv = read("sweep.csv");
    for one in found {
        let (spn, alias) = (one["spn"].as_str().unwrap(), one["alias_of"].as_str().unwrap());
        for (name, held_by, account) in
            [(spn, "accounts", accounts::SVC_WEB), (alias, "owners", accounts::MEM1)]
        {
            assert_eq!(before.holders(name), [account.name], "{name}");
            assert_eq!(one[held_by], serde_json::json!([account.dn]), "{name}");
        }
        says(&csv, &format!("\r\n\"shadowed\",\"{spn}\",\"{}\",", accounts::SVC_WEB.dn));
    }
    assert_eq!(spns(lab).await, before);

    // A healthy forest has nothing to report.
    lab.reset().await.unwrap();
    ended(&here(lab, "sweep", &[to], "").await, 0);
    assert_eq!(read("sweep.csv").lines().count(), 1, "{}", read("sweep.csv"));
}

async fn asks(lab: &Lab) {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("fix.json");
    let before = spns(lab).await;
    let words = ["apply", HOST, "remove-registration", journal.to_str().unwrap()];
    for answer in ["", "no\n", "y\n"] {
        let ran = here(lab, "apply", &words, answer).await;
        ended(&ran, 2);
        says(&ran.stdout, "delete HTTP/mem1.contoso.com from svc_web");
        says(&ran.stderr, "nothing was changed");
    }
    assert_eq!(spns(lab).await, before);
    assert!(!journal.exists());
}

async fn applies(lab: &Lab) {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("fix.json");
    let journal = journal.to_str().unwrap();
    let before = spns(lab).await;
    assert!(!connects(lab).await);

    let ran = here(lab, "apply", &["apply", HOST, "remove-registration", journal], "yes\n").await;
    ended(&ran, 0);
    let after = spns(lab).await;
    let taken = ["- svc_web http/mem1", "- svc_web http/mem1.contoso.com"];
    assert_eq!(after.difference(&before), taken);
    assert!(connects(lab).await);
    ended(&here(lab, "apply", &["verify", journal], "").await, 0);

    ended(&here(lab, "apply", &["roll-back", journal], "").await, 0);
    assert_eq!(spns(lab).await, before);
    assert!(!connects(lab).await);
    ended(&here(lab, "apply", &["verify", journal], "").await, 1);
}

/// The example of the harness: it starts its own lab, and its own assertion fails.
async fn regression() {
    let ran = tokio::process::Command::new(run::file("regression")).output().await.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

async fn fails(lab: &Lab) {
    let nobody = Account { password: "not the password", ..accounts::SPN_OPERATOR };
    let ran = as_account(lab, nobody, "diagnose", &[HOST], "").await;
    ended(&ran, 2);
    says(&ran.stderr, "error [SPNFIX-LDAP-49]: ");
    says(&ran.stderr, "\nhint: ");
    let ran = here(lab, "diagnose", &["nobody.contoso.com/x"], "").await;
    ended(&ran, 2);
    says(&ran.stderr, "error [SPNFIX-TARGET]: ");
    // A visitor may read the directory, and may not write to it.
    let folder = TempDir::new().unwrap();
    let before = spns(lab).await;
    let journal = folder.path().join("fix.json");
    let words = ["apply", HOST, "port-spns", journal.to_str().unwrap()];
    let ran = as_account(lab, accounts::VISITOR, "apply", &words, "yes\n").await;
    ended(&ran, 2);
    says(&ran.stderr, "error [SPNFIX-LDAP-50]: ");
    assert_eq!(spns(lab).await, before);
}
