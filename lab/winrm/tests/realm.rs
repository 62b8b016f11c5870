//! winrmd and winrm-client against each other, with tickets of a real MIT KDC.

#[path = "realm/crowd.rs"]
mod crowd;
#[path = "realm/curl.rs"]
mod curl;
#[path = "realm/endpoint.rs"]
mod endpoint;
#[path = "realm/foreign.rs"]
mod foreign;
#[path = "realm/shells.rs"]
mod shells;
mod support;

use serde_json::Value;
use support::{Endpoint, Realm, realm};

const TRAINER: &[&str] = &["--password-stdin"];
const TRAINER_PASSWORD: &str = "Training-Trainer-1\n";

fn run(realm: &Realm, endpoint: &Endpoint, command: &str) -> (i32, Value) {
    realm.client(endpoint, &[TRAINER, &["-c", command]].concat(), TRAINER_PASSWORD)
}

#[test]
fn commands_run_and_report() {
    let Some(realm) = realm("commands_run_and_report") else { return };
    let endpoint = realm.endpoint(&[]);
    let ccache = realm.path("evidence.ccache").display().to_string();
    let arguments = [TRAINER, &["--ccache", &ccache, "-c", "echo hello; echo oops >&2; exit 1"]];
    let (status, report) = realm.client(&endpoint, &arguments.concat(), TRAINER_PASSWORD);
    assert_eq!(status, 1, "{report:#}");
    assert_eq!(report["principal"], "trainer@CONTOSO.COM");
    assert_eq!(report["requested_spn"], "HTTP/localhost");
    assert_eq!(report["as"]["result"], "issued");
    assert_eq!(report["tgs"]["result"], "issued");
    assert_eq!(report["tgs"]["sname"], "HTTP/localhost");
    assert_eq!(report["tgs"]["realm"], "CONTOSO.COM");
    assert_eq!(report["tgs"]["kvno"], 1);
    assert_eq!(report["ap"]["result"], "accepted");
    assert_eq!(report["http"]["status"], 200);
    assert_eq!(report["winrm"]["result"], "ok");
    assert_eq!(report["client_status"], Value::Null);
    assert_eq!(report["command"]["stdout"], "hello\n");
    assert_eq!(report["command"]["stderr"], "oops\n");
    assert_eq!(report["command"]["exit_code"], 1);
    let line = endpoint.event("authentication");
    assert_eq!(line["peer"], report["http"]["local_address"]);
    assert_eq!(line["result"], "accepted");
    assert_eq!(line["scheme"], "Negotiate");
    assert_eq!(line["mechanism"], "spnego");
    assert_eq!(line["sname"], "HTTP/localhost");
    assert_eq!(line["client"], "trainer@CONTOSO.COM");
    assert_eq!(line["etype"], report["tgs"]["etype"]);
    assert_eq!(endpoint.event("command")["exit_code"], 1);
    let klist = realm.program("klist").args(["-c", &ccache]).output().unwrap();
    assert!(String::from_utf8_lossy(&klist.stdout).contains("HTTP/localhost@CONTOSO.COM"));
}

#[test]
fn exit_statuses() {
    let Some(realm) = realm("exit_statuses") else { return };
    let endpoint = realm.endpoint(&[]);
    for code in [0, 1, 255] {
        let (status, report) = run(&realm, &endpoint, &format!("exit {code}"));
        assert_eq!((status, &report["command"]["exit_code"]), (code, &Value::from(code)));
    }
    let (status, report) = run(&realm, &endpoint, "kill -9 $$");
    assert_eq!((status, &report["command"]["exit_code"]), (137, &Value::from(137)));
    let output = realm.client_output(endpoint.port, &["--password-stdin"], TRAINER_PASSWORD);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    let output = realm.client_output(endpoint.port, &["--no-such-switch"], "");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn large_input_and_output() {
    let Some(realm) = realm("large_input_and_output") else { return };
    let endpoint = realm.endpoint(&[]);
    let megabyte = "0123456789abcde\n".repeat(65_536);
    let input = format!("{TRAINER_PASSWORD}{megabyte}");
    let arguments = ["--password-stdin", "--forward-stdin", "-c"];
    let (status, report) =
        realm.client(&endpoint, &[&arguments[..], &["wc -c; wc -c </dev/null"]].concat(), &input);
    assert_eq!((status, &report["command"]["stdout"]), (0, &Value::from("1048576\n0\n")));
    let output = realm.client_output(endpoint.port, &[&arguments[..], &["cat"]].concat(), &input);
    assert!(output.stdout == megabyte.as_bytes(), "{} bytes came back", output.stdout.len());
    let (_, report) =
        run(&realm, &endpoint, "head -c 1048576 /dev/zero | tr '\\0' x; echo end >&2");
    assert_eq!(report["command"]["stdout"].as_str().unwrap().len(), 1_048_576);
    assert_eq!(report["command"]["stderr"], "end\n");
}

#[test]
fn output_that_a_report_leaves_out_is_told() {
    const BYTES: usize = 5_000_000;
    let Some(realm) = realm("output_that_a_report_leaves_out_is_told") else { return };
    let endpoint = realm.endpoint(&[]);
    let command = format!("head -c {BYTES} /dev/zero | tr '\\0' x");
    let run = |more: &[&str], command: &str| {
        let arguments = [TRAINER, more, &["-c", command]].concat();
        let output = realm.client_output(endpoint.port, &arguments, TRAINER_PASSWORD);
        (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
    };
    for (more, status) in [("", 3), ("; exit 7", 7)] {
        let (code, stdout, stderr) = run(&["--json"], &format!("{command}{more}"));
        assert_eq!(code, Some(status), "{stderr}");
        assert!(stderr.contains("wrote 5000000 bytes to standard output"), "{stderr}");
        let report: Value = serde_json::from_slice(&stdout).unwrap();
        assert_eq!(report["command"]["truncated"], true);
        assert_eq!(report["command"]["stdout"].as_str().unwrap().len(), 4 << 20);
    }
    // Without a report nothing is left out.
    let (code, stdout, stderr) = run(&[], &command);
    assert_eq!((code, stdout.len(), stderr.as_str()), (Some(0), BYTES, ""));
    let (code, stdout, _) = run(&["--json"], "echo short");
    let report: Value = serde_json::from_slice(&stdout).unwrap();
    assert_eq!((code, &report["command"]["truncated"]), (Some(0), &Value::Bool(false)));
}

#[test]
fn a_ticket_for_another_key_is_41_on_the_wire() {
    let Some(realm) = realm("a_ticket_for_another_key_is_41_on_the_wire") else { return };
    let endpoint = realm.endpoint(&[]);
    let cases = [
        ("MISPLACED", 35, "KRB_AP_ERR_NOT_US"),
        ("REMADE", 31, "KRB_AP_ERR_BAD_INTEGRITY"),
        ("ROLLED", 44, "KRB_AP_ERR_BADKEYVER"),
    ];
    for (class, own, name) in cases {
        let arguments = [TRAINER, &["--spn-prefix", class, "-c", "hostname"]].concat();
        let (status, report) = realm.client(&endpoint, &arguments, TRAINER_PASSWORD);
        assert_eq!(status, 1, "{report:#}");
        assert_eq!(report["tgs"]["result"], "issued");
        assert_eq!(report["ap"]["result"], "refused");
        assert_eq!(report["ap"]["code"], 41);
        assert_eq!(report["ap"]["name"], "KRB_AP_ERR_MODIFIED");
        assert_eq!(report["http"]["status"], 401);
        assert_eq!(report["winrm"]["result"], "not-reached");
        assert_eq!(report["client_status"]["hex"], "0x80090322");
        assert_eq!(report["client_status"]["signed"], -2_146_893_022);
        assert_eq!(report["client_status"]["wsman_code"], 2_150_858_909_u32);
        let line = endpoint.event("authentication");
        assert_eq!(line["result"], "refused");
        assert_eq!(line["sname"], format!("{class}/localhost"));
        assert_eq!(line["acceptor"]["code"], own, "{class}: {line:#}");
        assert_eq!(line["acceptor"]["name"], name);
        assert_eq!(line["sent"]["code"], 41);
        assert_eq!(line["client"], Value::Null);
    }
}

#[test]
fn refusals_before_the_endpoint() {
    let Some(realm) = realm("refusals_before_the_endpoint") else { return };
    let endpoint = realm.endpoint(&[]);
    let unknown = [TRAINER, &["--include-port-in-spn"]].concat();
    let (status, report) = realm.client(&endpoint, &unknown, TRAINER_PASSWORD);
    assert_eq!(status, 1);
    assert_eq!(report["requested_spn"], format!("HTTP/localhost:{}", endpoint.port));
    assert_eq!(report["tgs"]["code"], 7);
    assert_eq!(report["tgs"]["name"], "KDC_ERR_S_PRINCIPAL_UNKNOWN");
    assert_eq!(report["http"]["local_address"], Value::Null);
    assert_eq!(report["client_status"]["hex"], "0x80090303");
    assert_eq!(report["client_status"]["wsman_code"], 0x8007_0035_u32);

    let (_, report) = realm.client(&endpoint, TRAINER, "wrong\n");
    assert_eq!(report["as"]["result"], "refused");
    assert_eq!(report["as"]["code"], 24);
    assert_eq!(report["as"]["name"], "KDC_ERR_PREAUTH_FAILED");
    assert_eq!(report["client_status"]["hex"], "0x8009030C");
    let (_, report) = realm.client(&endpoint, &["--user", "nobody", "--password-stdin"], "x\n");
    assert_eq!(report["as"]["code"], 6);
    realm.kadmin("modprinc -allow_tix trainer\n");
    let (_, report) = realm.client(&endpoint, TRAINER, TRAINER_PASSWORD);
    assert_eq!(report["as"]["code"], 18);
    let (_, report) = realm.client(&endpoint, &[], "");
    assert_eq!(report["as"]["result"], "refused");
    assert_eq!(report["client_status"]["hex"], "0x8009030E");

    // None of these reached the endpoint.
    let rest = endpoint.stop();
    assert!(rest.iter().all(|line| line["event"] != "authentication"), "{rest:?}");
}

#[test]
fn a_principal_that_is_not_allowed() {
    let Some(realm) = realm("a_principal_that_is_not_allowed") else { return };
    let endpoint = realm.endpoint(&[]);
    let arguments = ["--user", "visitor", "--password-stdin", "-c", "hostname"];
    let (status, report) = realm.client(&endpoint, &arguments, "Training-Visitor-1\n");
    assert_eq!(status, 1);
    assert_eq!(report["ap"]["result"], "accepted");
    assert_eq!(report["http"]["status"], 500);
    assert_eq!(report["winrm"]["result"], "fault");
    assert_eq!(report["winrm"]["code"], 5);
    assert_eq!(report["client_status"]["name"], "ERROR_ACCESS_DENIED");
    assert_eq!(endpoint.event("authentication")["result"], "accepted");
}

#[test]
fn what_cannot_be_reached() {
    let Some(mut realm) = realm("what_cannot_be_reached") else { return };
    let endpoint = realm.endpoint(&[]);
    let ccache = realm.path("kept.ccache").display().to_string();
    let (status, _) =
        realm.client(&endpoint, &[TRAINER, &["--ccache", &ccache]].concat(), TRAINER_PASSWORD);
    assert_eq!(status, 0);
    let output = realm.client_output(1, &["--json", "--ccache", &ccache], "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["as"]["result"], "cached");
    assert_eq!(report["tgs"]["result"], "issued");
    assert_eq!(report["http"]["status"], Value::Null);
    assert_eq!(report["client_status"]["hex"], "0x80338012");

    realm.stop_kdc();
    let (_, report) = realm.client(&endpoint, TRAINER, TRAINER_PASSWORD);
    assert_eq!(report["as"]["result"], "unreachable");
    assert_eq!(report["as"]["name"], "KRB5_KDC_UNREACH");
    assert_eq!(report["client_status"]["hex"], "0x80090311");
    let uncached = ["--ccache", &ccache, "--spn-prefix", "host"];
    let (_, report) = realm.client(&endpoint, &uncached, "");
    assert_eq!(report["tgs"]["result"], "refused");
    assert_eq!(report["tgs"]["name"], "KRB5_KDC_UNREACH");
    assert_eq!(report["client_status"]["hex"], "0x80090311");
    // The ticket that is in the cache needs no KDC.
    let (status, _) = realm.client(&endpoint, &["--ccache", &ccache], "");
    assert_eq!(status, 0);
}

#[test]
fn what_strangers_get() {
    let Some(realm) = realm("what_strangers_get") else { return };
    let endpoint = realm.endpoint(&[]);
    let post = |head: &str, body: &str| {
        let length = body.len();
        endpoint.raw(&format!("POST /wsman?x=1 HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{head}Connection: close\r\n\r\n{body}"))
    };
    let bare = post("", "");
    assert!(bare.starts_with("HTTP/1.1 401 "), "{bare}");
    let offers: Vec<_> = bare.lines().filter(|l| l.starts_with("Www-Authenticate")).collect();
    assert_eq!(offers, ["Www-Authenticate: Negotiate", "Www-Authenticate: Kerberos"]);
    let sealed = "Content-Type: multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\"\r\n";
    let token = include_str!("tokens/spnego-ap-req.b64").trim();
    for head in [
        "Authorization: Basic dHJhaW5lcjp4\r\n".to_owned(),
        "Authorization: Negotiate TlRMTVNTUAABAAAA\r\n".to_owned(),
        "Authorization: Negotiate ###\r\n".to_owned(),
        "Authorization: Negotiate\r\n".to_owned(),
        sealed.to_owned(),
        // Prefixes of a real token (whole base64 groups).
        format!("Authorization: Negotiate {}\r\n", &token[..4]),
        format!("Authorization: Negotiate {}\r\n", &token[..400]),
        format!("Authorization: Kerberos {}\r\n", &token[..token.len() - 4]),
    ] {
        let answer = post(&head, "<x/>");
        assert!(answer.starts_with("HTTP/1.1 401 "), "{head}: {answer}");
        assert!(answer.contains("Www-Authenticate: Negotiate\r\n"), "{head}: {answer}");
    }
    // A token of another realm is a well-formed AP-REQ: a refusal with the acceptor's token.
    let foreign = post(&format!("Authorization: Negotiate {token}\r\n"), "");
    assert!(foreign.contains("Www-Authenticate: Negotiate oX"), "{foreign}");
    let get = endpoint.raw("GET /wsman HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(get.starts_with("HTTP/1.1 405 "), "{get}");
    let other = endpoint
        .raw("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
}

#[test]
fn clients_of_others() {
    let Some(realm) = realm("clients_of_others") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted"]);
    let strict = realm.endpoint(&[]);
    let kinit = support::with_input(realm.program("kinit").arg("trainer"), TRAINER_PASSWORD);
    assert!(kinit.status.success(), "{kinit:?}");
    let curl = |port: u16, more: &[&str]| {
        let url = format!("http://localhost:{port}/wsman");
        let arguments = ["-s", "-i", "--negotiate", "-u", ":", "--data-binary", "<x/>"];
        let mut curl = realm.program("curl");
        curl.args(arguments).args(["-H", "Content-Type: application/soap+xml"]).args(more).arg(url);
        String::from_utf8(support::with_input(&mut curl, "").stdout).unwrap()
    };
    if !curl(endpoint.port, &["--version"]).contains("SPNEGO") {
        support::skipped("clients_of_others", "curl with SPNEGO is not installed");
        return;
    }
    // The body is no envelope: a fault, but from behind the authentication, and in clear.
    let answer = curl(endpoint.port, &[]);
    assert!(answer.starts_with("HTTP/1.1 500 ") && answer.contains("2150858819"), "{answer}");
    assert!(answer.contains("Www-Authenticate: Negotiate oY"), "{answer}");
    let answer = curl(strict.port, &[]);
    assert!(answer.starts_with("HTTP/1.1 500 ") && answer.ends_with("\r\n\r\n"), "{answer}");
    let answer = curl(endpoint.port, &["--service-name", "MISPLACED"]);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
