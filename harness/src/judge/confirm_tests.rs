use serde_json::{Value, json};

use super::*;
use crate::wire::{Body, decode};

const ARTICLE: &[u8] = include_bytes!("../../tests/wire/article.pcap");
const HEALTHY: &[u8] = include_bytes!("../../tests/wire/healthy.pcap");
const UNKNOWN: &[u8] = include_bytes!("../../tests/wire/unknown-spn.pcap");

/// The client's report of the connection in the capture.
fn article() -> Value {
    json!({
        "version": 1, "target": "mem1.contoso.com", "port": 5985,
        "principal": "trainer@CONTOSO.COM",
        "settings": { "spn_prefix": null, "include_port_in_spn": false },
        "requested_spn": "HTTP/mem1.contoso.com",
        "as": { "result": "issued" },
        "tgs": {
            "result": "issued", "sname": "HTTP/mem1.contoso.com", "realm": "CONTOSO.COM",
            "etype": 18, "etype_name": "aes256-cts-hmac-sha1-96", "kvno": 2,
        },
        "ap": { "result": "refused", "code": 41, "name": "KRB_AP_ERR_MODIFIED" },
        "http": { "status": 401, "local_address": "172.31.0.4:56080" },
        "winrm": { "result": "not-reached" },
        "client_status": null, "command": null, "ccache": null,
    })
}

fn healthy() -> Value {
    changed(
        article(),
        &[
            ("/ap", json!({ "result": "accepted" })),
            ("/http", json!({ "status": 200, "local_address": "172.31.0.4:52430" })),
        ],
    )
}

fn unknown() -> Value {
    changed(
        article(),
        &[
            ("/requested_spn", json!("HTTP/mem1.contoso.com:5985")),
            ("/tgs", json!({ "result": "refused", "code": 7 })),
            ("/ap", json!({ "result": "not-reached" })),
            ("/http", json!({})),
        ],
    )
}

fn changed(mut report: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        *report.pointer_mut(pointer).unwrap() = value.clone();
    }
    report
}

fn compare(report: Value, capture: &[u8]) -> Result<(), String> {
    confirm(&serde_json::from_value(report).unwrap(), false, &decode(capture).unwrap())
}

fn confirm(report: &ClientReport, cached: bool, trace: &Trace) -> Result<(), String> {
    let key = ConnectionKey::of(report, cached)?;
    Stages::read(&key, trace).confirm(report, &key, trace)
}

#[test]
fn for_a_ticket_of_the_cache_the_kdc_is_not_asked() {
    let report = serde_json::from_value(healthy()).unwrap();
    let mut trace = decode(HEALTHY).unwrap();
    let said = confirm(&report, true, &trace).unwrap_err();
    assert!(said.contains("the KDC was asked for one"), "{said}");
    trace.messages.retain(|message| !matches!(message.body, Body::TgsReq(_) | Body::TgsRep(_)));
    confirm(&report, true, &trace).unwrap();
    confirm(&report, false, &trace).unwrap_err();
}

#[test]
fn true_reports_are_confirmed() {
    assert_eq!(compare(article(), ARTICLE), Ok(()));
    assert_eq!(compare(healthy(), HEALTHY), Ok(()));
    assert_eq!(compare(unknown(), UNKNOWN), Ok(()));
}

#[test]
fn every_fact_of_a_report_is_held_against_the_wire() {
    for (pointer, value, words) in [
        ("/principal", json!("visitor@CONTOSO.COM"), "no AS-REP"),
        ("/principal", json!("trainer@FABRIKAM.COM"), "the KDC gave trainer@CONTOSO.COM a ticket"),
        ("/as", json!({ "result": "refused", "code": 24 }), "24 for its AS-REQ"),
        ("/as", json!({ "result": "refused" }), "a refusal of its AS-REQ, the wire has: Ticket"),
        ("/tgs", json!({ "result": "refused" }), "a refusal of its TGS-REQ for HTTP/mem1.contoso"),
        ("/requested_spn", json!("HTTP/mem1"), "none was issued"),
        (
            "/tgs/sname",
            json!("HTTP/mem1"),
            "issued was Ticket[Realm: CONTOSO.COM Sname: HTTP/mem1.",
        ),
        ("/tgs/realm", json!("FABRIKAM.COM"), "FABRIKAM.COM"),
        ("/tgs/etype", json!(23), "etype Some(23)"),
        ("/tgs/kvno", json!(3), "kvno Some(3)"),
        ("/tgs", json!({ "result": "refused", "code": 7 }), "7 for its TGS-REQ"),
        ("/ap/code", json!(37), "no AP-REP and KRB_AP_ERR_MODIFIED (41)"),
        ("/ap", json!({ "result": "accepted" }), "no AP-REP and KRB_AP_ERR_MODIFIED (41)"),
        ("/ap", json!({ "result": "refused-without-token" }), "KRB_AP_ERR_MODIFIED (41)"),
        ("/http/status", json!(200), "the HTTP status 200, the wire has 401"),
        ("/http/status", json!(null), "the HTTP status none, the wire has 401"),
        ("/http/local_address", json!("172.31.0.4:1"), "none was presented"),
        ("/http/local_address", json!("here"), "its own address"),
    ] {
        let error = compare(changed(article(), &[(pointer, value)]), ARTICLE).unwrap_err();
        assert!(error.contains(words), "{pointer}: {error}");
    }
}

#[test]
fn a_refusal_of_the_kdc_needs_its_own_code_and_spn() {
    for (pointer, value, words) in [
        ("/tgs/code", json!(8), "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"),
        ("/requested_spn", json!("HTTP/other"), "the wire has: nothing"),
    ] {
        let error = compare(changed(unknown(), &[(pointer, value)]), UNKNOWN).unwrap_err();
        assert!(error.contains(words), "{pointer}: {error}");
    }
}

#[test]
fn a_stage_that_was_not_reached_has_nothing_on_the_wire() {
    let not = || json!({ "result": "not-reached" });
    for (pointer, value, words) in [
        ("/as", json!({ "result": "unreachable" }), "no answer to its AS-REQ"),
        ("/as", json!({ "result": "cached" }), "no answer to its AS-REQ"),
        ("/as", not(), "no answer to its AS-REQ"),
        ("/tgs", not(), "no answer to its TGS-REQ for HTTP/mem1.contoso.com"),
        ("/ap", not(), "no AP-REQ, the wire has"),
    ] {
        let error = compare(changed(article(), &[(pointer, value)]), ARTICLE).unwrap_err();
        assert!(error.contains(words), "{pointer}: {error}");
    }
}

#[test]
fn a_refusal_is_no_success() {
    let error = compare(
        changed(healthy(), &[("/ap", json!({ "result": "refused", "code": 41 }))]),
        HEALTHY,
    );
    assert!(error.unwrap_err().contains("an AP-REP and no code"));
}

#[test]
fn what_tls_seals_is_not_compared() {
    let report = changed(
        article(),
        &[("/port", json!(5986)), ("/ap/code", json!(37)), ("/http/status", json!(500))],
    );
    assert_eq!(compare(report, ARTICLE), Ok(()));
}

#[test]
fn a_status_without_a_connection_is_nobody_s() {
    let report = changed(unknown(), &[("/http", json!({ "status": 401 }))]);
    let error = compare(report, UNKNOWN).unwrap_err();
    assert!(error.contains("the HTTP status 401, the wire has none"), "{error}");
}

#[test]
fn every_word_for_the_end_of_a_stage_is_known() {
    for (pointer, stage) in [("/as", "AS"), ("/tgs", "TGS"), ("/ap", "AP"), ("/winrm", "WinRM")] {
        let word = &format!("{pointer}/result");
        let report = changed(article(), &[(word, json!("accepted, I think"))]);
        // The same inside TLS.
        for report in [report.clone(), changed(report, &[("/port", json!(5986))])] {
            let error = compare(report, ARTICLE).unwrap_err();
            let said = format!("stage {stage} ended with \"accepted, I think\"");
            assert!(error.contains(&said), "{pointer}: {error}");
        }
    }
    // The words of a refusal without a code, and of what follows it.
    for (pointer, value) in [
        ("/tgs", json!({ "result": "refused" })),
        ("/winrm", json!({ "result": "ok" })),
        ("/winrm", json!({ "result": "fault" })),
    ] {
        assert_eq!(compare(changed(unknown(), &[(pointer, value)]), UNKNOWN), Ok(()));
    }
}

/// The last answer is a KRB-ERROR, or there is none.
#[test]
fn a_refusal_without_a_code_meets_no_ticket() {
    let refused = || json!({ "result": "refused" });
    let report = changed(unknown(), &[("/as", refused()), ("/tgs", refused())]);
    let report: ClientReport = serde_json::from_value(report).unwrap();
    let mut trace = decode(UNKNOWN).unwrap();
    let said = confirm(&report, false, &trace).unwrap_err();
    assert!(said.contains("a refusal of its AS-REQ"), "{said}");
    trace.messages.retain(|message| !matches!(message.body, Body::AsRep(_)));
    confirm(&report, false, &trace).unwrap();
    trace.messages.clear();
    confirm(&report, false, &trace).unwrap();
}

#[test]
fn a_scheme_that_is_not_offered_has_a_ticket_and_no_code() {
    let report = changed(article(), &[("/ap", json!({ "result": "scheme-not-offered" }))]);
    let error = compare(report.clone(), ARTICLE).unwrap_err();
    assert!(error.contains("scheme-not-offered with code None"), "{error}");
    let mut trace = decode(ARTICLE).unwrap();
    trace.messages.retain(|message| match &message.body {
        Body::KrbError(error) => error.code != 41,
        _ => true,
    });
    assert_eq!(confirm(&serde_json::from_value(report).unwrap(), false, &trace), Ok(()));
}

#[test]
fn an_endpoint_that_does_not_answer_was_shown_the_ticket_or_nothing() {
    let unanswered = [("/ap", json!({ "result": "unanswered" })), ("/http/status", json!(null))];
    let report = changed(article(), &unanswered);
    let error = compare(report.clone(), ARTICLE).unwrap_err();
    assert!(error.contains("unanswered with code None, the wire has no AP-REP"), "{error}");
    let report = serde_json::from_value(report).unwrap();
    let mut trace = decode(ARTICLE).unwrap();
    trace.answered.clear();
    trace.messages.pop();
    assert_eq!(confirm(&report, false, &trace), Ok(()));
    trace.messages.pop();
    assert!(!trace.messages.iter().any(|message| matches!(message.body, Body::ApReq(_))));
    assert_eq!(confirm(&report, false, &trace), Ok(()));
}
