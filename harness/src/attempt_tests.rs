use super::*;
use crate::report::{Ap, ClientStatus, CommandResult, Http, Settings, Stage, Tgs, Winrm};

fn report(ap: &str, code: Option<i64>) -> ClientReport {
    let stage = Stage { result: "issued".into(), code: None, name: None, text: None };
    ClientReport {
        version: 1,
        target: "mem1".into(),
        port: 5985,
        principal: "trainer@CONTOSO.COM".into(),
        settings: Settings { spn_prefix: None, include_port_in_spn: false },
        requested_spn: "HTTP/mem1".into(),
        as_exchange: stage,
        tgs: Tgs {
            result: "issued".into(),
            sname: Some("HTTP/mem1".into()),
            realm: Some("CONTOSO.COM".into()),
            etype: Some(18),
            etype_name: Some("aes256-cts-hmac-sha1-96".into()),
            kvno: Some(2),
            code: None,
            name: None,
            text: None,
        },
        ap: Ap {
            result: ap.into(),
            code,
            name: code.map(|_| "KRB_AP_ERR_MODIFIED".into()),
            text: None,
            server_name: None,
        },
        http: Http { status: Some(200), local_address: Some("10.0.0.2:5".into()) },
        winrm: Winrm { result: "ok".into(), code: None, text: None },
        client_status: None,
        command: Some(CommandResult {
            command: "hostname".into(),
            exit_code: 0,
            stdout: "mem1\n".into(),
            stderr: String::new(),
        }),
        ccache: None,
    }
}

fn record(result: &str, sent: Option<i64>) -> AcceptorRecord {
    let code = |code| AcceptorCode { code: Some(code), name: Some("X".into()), text: None };
    AcceptorRecord {
        peer: "10.0.0.2:5".into(),
        sname: Some("HTTP/mem1".into()),
        etype: Some(18),
        kvno: Some(2),
        result: result.into(),
        client: None,
        acceptor: sent.map(|_| code(35)),
        sent: sent.map(code),
    }
}

fn mem1() -> Vec<String> {
    vec!["MEM1$".to_owned()]
}

#[test]
fn a_ticket_accepted_with_a_foreign_key_is_a_disagreement() {
    let accepted = report("accepted", None);
    assert!(agree(&accepted, Some(&record("accepted", None)), &mem1()).is_ok());
    let foreign = ["svc_web".to_owned()];
    assert!(agree(&accepted, Some(&record("accepted", None)), &foreign).is_err());
}

#[test]
fn the_code_sent_must_be_the_code_received() {
    let refused = report("refused", Some(41));
    assert!(agree(&refused, Some(&record("refused", Some(41))), &[]).is_ok());
    assert!(agree(&refused, Some(&record("refused", Some(31))), &[]).is_err());
    assert!(agree(&refused, Some(&record("accepted", None)), &[]).is_err());
}

#[test]
fn a_presented_ticket_needs_a_record() {
    assert!(agree(&report("accepted", None), None, &mem1()).is_err());
    assert!(agree(&report("not-reached", None), None, &[]).is_ok());
}

#[test]
fn another_ticket_in_the_record_is_a_disagreement() {
    let mut other = record("accepted", None);
    other.sname = Some("HTTP/other".into());
    assert!(agree(&report("accepted", None), Some(&other), &mem1()).is_err());
}

#[test]
fn the_three_facts_stay_apart() {
    let mut refused = report("refused", Some(41));
    refused.client_status = Some(ClientStatus {
        reported_by: "x".into(),
        hex: "0x80090322".into(),
        signed: -2_146_893_022,
        name: "SEC_E_WRONG_PRINCIPAL".into(),
        wsman_code: None,
        fully_qualified_error_id: "CreateRemoteRunspaceFailed".into(),
        message: "Enter-PSSession : failed.\r\n Possible causes are:\r\n  -x".into(),
    });
    let seen = outcome(&refused, Some(&record("refused", Some(41))), vec![], None);
    let ApFact::Refused { on_the_wire, acceptor_said } = &seen.ap else { panic!("{seen:?}") };
    assert_eq!(on_the_wire.as_ref().unwrap().to_string(), "KRB_AP_ERR_MODIFIED (41)");
    assert_eq!(acceptor_said.as_ref().unwrap().code, 35);
    let status = seen.client_status.as_ref().unwrap();
    assert_eq!(status.would_report, "SEC_E_WRONG_PRINCIPAL (0x80090322)");
    assert_eq!(status.message, "Enter-PSSession : failed.");
    assert!(!seen.connected());
}

#[test]
fn parts_are_cut_by_their_lengths() {
    let said = b"report 2\n{}began 3\n1 2wire 4\n\n\0\xff\n";
    let parts = parts_of(said).unwrap();
    let parts: Vec<_> = parts.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let wire: &[u8] = b"\n\0\xff\n";
    assert_eq!(parts, [("report", &b"{}"[..]), ("began", b"1 2"), ("wire", wire)]);
    for bad in ["x", "x 1", "x 1\n", "x\n", "x y\n"] {
        assert!(parts_of(bad.as_bytes()).is_err(), "{bad:?}");
    }
}
