//! `spnlab test --target` against a lab that is treated as somebody's domain: the program runs in
//! CLIENT, which has no Docker, and the judge reads the directory before and after.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use spnlab_harness::{
    AccountChange, ExecOutput, Fault, Lab, LabSpec, Lifetime, Progress, Role, WinrmSettings,
    accounts,
};
use spnlab_scenarios::samba;

/// The only folder from which CLIENT runs programs that are not in its image.
const PROGRAM: &str = "/usr/lib/spnlab/bin/spnlab-test";
/// Where CLIENT's user keeps the file of the target.
const FOLDER: &str = "/tmp/target";
/// Runs in CLIENT as its user. Standard input is the file.
const WRITE: &str =
    r#"mkdir -p "$1" && cd "$1" && cat >target.toml && printf '%s\n' "$2" >operator"#;
/// Runs in CLIENT as its user: the program with these words. Standard input is the user's password.
const RUN: &str = r#"
cd "$1" && shift
read -r USER_PASSWORD
export USER_PASSWORD XDG_STATE_HOME=$PWD/state
exec "$@"
"#;

fn described(domain: &str, differs: &str) -> String {
    format!(
        r#"domain = "{domain}"
server = "dc1.contoso.com"
ca = "/etc/spnlab/ca.pem"
host = "mem1.contoso.com"

[user]
name = "trainer"
password_env = "USER_PASSWORD"

[operator]
name = "spn_operator"
password_file = "operator"
{differs}"#
    )
}

async fn in_client(lab: &Lab, script: &str, words: &[&str], input: &str) -> ExecOutput {
    let command = [&["sh", "-c", script, "sh", FOLDER], words].concat();
    lab.exec(Role::Client, Some("admin"), &command, Some(input.as_bytes())).await.unwrap()
}

async fn describe(lab: &Lab, text: &str) {
    let wrote = in_client(lab, WRITE, &[accounts::SPN_OPERATOR.password], text).await;
    wrote.success(Role::Client, "cat").unwrap();
}

async fn run(lab: &Lab, words: &[&str]) -> ExecOutput {
    let command = [&[PROGRAM, "--target", "target.toml"], words].concat();
    in_client(lab, RUN, &command, &format!("{}\n", accounts::TRAINER.password)).await
}

fn ended(ran: &ExecOutput, status: i64, says: &[&str]) {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.status, status, "{said}");
    for words in says {
        assert!(said.contains(words), "it does not say {words:?}:\n{said}");
    }
}

#[tokio::test]
async fn a_domain_is_judged_and_left_as_it_was() {
    let progress = Progress::new(|text| eprintln!("{text}"));
    let spec = LabSpec { samba: samba(), ..LabSpec::new("target", Lifetime::Scope) };
    let lab = Lab::start_with(&spec, WinrmSettings::default(), &progress).await.unwrap();
    let program = std::fs::read(env!("CARGO_BIN_EXE_spnlab-test")).unwrap();
    // An agent takes no request of more than 64 MiB.
    for part in program.chunks(32 << 20) {
        let copy = ["sh", "-c", "cat >>\"$1\" && chmod 755 \"$1\"", "sh", PROGRAM];
        let copied = lab.exec(Role::Client, None, &copy, Some(part)).await.unwrap();
        copied.success(Role::Client, "cat").unwrap();
    }
    describe(&lab, &described("contoso.com", "")).await;

    // A healthy host, and nothing may be written.
    let healthy = run(&lab, &[]).await;
    ended(&healthy, 0, &["scenarios: 3 passed, 0 failed, 4 skipped", "--may-write is not given"]);

    // The article's situation: each option is applied and rolled back.
    lab.dc1().seed(&Fault::Article).await.unwrap();
    let before = lab.dc1().spns().await.unwrap();
    ended(&run(&lab, &["--may-write"]).await, 0, &["scenarios: 7 passed, 0 failed, 0 skipped"]);
    assert_eq!(lab.dc1().spns().await.unwrap(), before);

    // What is known to differ is left out, with the reason.
    let known = "[[differs]]\nscenario = \"The connection ends as the directory predicts\"\n\
                 because = \"a reason\"\n";
    describe(&lab, &described("contoso.com", known)).await;
    ended(
        &run(&lab, &[]).await,
        0,
        &["known to differ: a reason", "2 passed, 0 failed, 5 skipped"],
    );

    // Another domain's name, and a directory that does not explain the refusal.
    describe(&lab, &described("fabrikam.com", "")).await;
    ended(&run(&lab, &["--name", "Each option"]).await, 13, &["SPNFIX-LDAP-49"]);
    lab.reset().await.unwrap();
    let changed = AccountChange::PasswordChanged;
    lab.dc1().change_account(accounts::MEM1, changed).await.unwrap();
    describe(&lab, &described("contoso.com", "")).await;
    let refused = run(&lab, &["--name", "The connection"]).await;
    ended(&refused, 13, &["KRB_AP_ERR_MODIFIED (41)", "Healthy"]);
    lab.shutdown().await.unwrap();
}
