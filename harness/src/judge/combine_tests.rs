use super::*;
use crate::model::AcceptorCode;
use crate::model::CommandResult;
use crate::model::report::{Ap, ClientStatus, Http, Settings, Stage, Tgs, Winrm};
use crate::wire::{Encrypted, Ticket};

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
            truncated: false,
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
        client: (result == "accepted").then(|| "trainer@CONTOSO.COM".into()),
        acceptor: sent.map(|_| code(35)),
        sent: sent.map(code),
    }
}

fn modified() -> KrbCode {
    KrbCode { name: "KRB_AP_ERR_MODIFIED".to_owned(), code: 41 }
}

fn ticket() -> Ticket {
    let encrypted = Encrypted { etype: 18, kvno: Some(2), cipher_length: 99, cipher_end: [7; 32] };
    Ticket { realm: "CONTOSO.COM".to_owned(), sname: "HTTP/mem1".to_owned(), encrypted }
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
    assert!(agree(&refused, Some(&record("refused", Some(41))), &mem1()).is_ok());
    assert!(agree(&refused, Some(&record("refused", Some(31))), &mem1()).is_err());
    assert!(agree(&refused, Some(&record("accepted", None)), &mem1()).is_err());
    let without_token = report("refused-without-token", None);
    assert!(agree(&without_token, Some(&record("refused", None)), &mem1()).is_ok());
    assert!(agree(&without_token, Some(&record("refused", Some(41))), &mem1()).is_err());
}

#[test]
fn a_presented_ticket_needs_a_record() {
    assert!(agree(&report("accepted", None), None, &mem1()).is_err());
    assert!(agree(&report("not-reached", None), None, &mem1()).is_ok());
}

#[test]
fn another_ticket_in_the_record_is_a_disagreement() {
    let mut other = record("accepted", None);
    other.sname = Some("HTTP/other".into());
    assert!(agree(&report("accepted", None), Some(&other), &mem1()).is_err());
}

#[test]
fn the_acceptor_s_ticket_is_the_client_s() {
    let accepted = report("accepted", None);
    let differs = |record: &AcceptorRecord, words: &str| {
        let said = agree(&accepted, Some(record), &mem1()).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    };
    for etype in [Some(23), None] {
        differs(&AcceptorRecord { etype, ..record("accepted", None) }, "etype");
    }
    differs(&AcceptorRecord { kvno: Some(3), ..record("accepted", None) }, "kvno");
    for client in [Some("visitor@CONTOSO.COM".to_owned()), None] {
        differs(&AcceptorRecord { client, ..record("accepted", None) }, "decrypted a ticket of");
    }
    // The same holds for an endpoint that knew the client and refused.
    let refused = report("refused-without-token", None);
    let client = Some("visitor@CONTOSO.COM".to_owned());
    let visitor = AcceptorRecord { client, ..record("refused", None) };
    assert!(agree(&refused, Some(&visitor), &mem1()).is_err());
}

#[test]
fn a_ticket_has_known_key_holder_key() {
    for report in [report("refused", Some(41)), report("not-reached", None)] {
        let record = report.ap.code.map(|code| record("refused", Some(code)));
        agree(&report, record.as_ref(), &mem1()).unwrap();
        let said = agree(&report, record.as_ref(), &[]).unwrap_err().to_string();
        assert!(said.contains("no account's key decrypts it"), "{said}");
    }
    let mut none = report("not-reached", None);
    none.tgs.result = "refused".into();
    agree(&none, None, &[]).unwrap();
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
    let stages = Stages {
        authentication: KdcStage::Unanswered,
        ticket: KdcStage::Unanswered,
        ap: ApStage::Refused { ticket: ticket(), code: Some(modified()), proof: false },
    };
    let seen = outcome(&stages, &refused, Some(&record("refused", Some(41))), vec![], None);
    let ApFact::Refused { on_the_wire, inside_tls: None, acceptor_said } = &seen.ap else {
        panic!("{seen:?}")
    };
    assert_eq!(on_the_wire.as_ref().unwrap().to_string(), "KRB_AP_ERR_MODIFIED (41)");
    assert_eq!(acceptor_said.as_ref().unwrap().code, 35);
    let status = seen.client_status.as_ref().unwrap();
    assert_eq!(status.would_report, "SEC_E_WRONG_PRINCIPAL (0x80090322)");
    assert_eq!(status.message, "Enter-PSSession : failed.");
    assert!(!seen.connected());
}

#[test]
fn the_exchanges_are_those_of_the_wire() {
    let stages = Stages {
        authentication: KdcStage::Unanswered,
        ticket: KdcStage::Unanswered,
        ap: ApStage::Refused { ticket: ticket(), code: Some(modified()), proof: false },
    };
    // The report says otherwise.
    let mut said = report("accepted", None);
    said.tgs.kvno = Some(9);
    let seen = outcome(&stages, &said, None, mem1(), None);
    let TgsFact::Issued(fact) = &seen.tgs else { panic!("{seen:?}") };
    assert_eq!((fact.kvno, fact.encrypted_with_key_of.clone()), (Some(2), mem1()));
    let ApFact::Refused { on_the_wire, .. } = &seen.ap else { panic!("{seen:?}") };
    assert_eq!(on_the_wire.as_ref(), Some(&modified()));
}

/// Nothing but TLS is on the wire.
fn sealed() -> Stages {
    let unanswered = KdcStage::Unanswered;
    Stages { authentication: unanswered.clone(), ticket: unanswered, ap: ApStage::Sealed }
}

#[test]
fn inside_tls_the_report_is_all_there_is() {
    let stages = sealed();
    let seen = outcome(&stages, &report("accepted", None), None, mem1(), None);
    let TgsFact::Issued(fact) = &seen.tgs else { panic!("{seen:?}") };
    assert_eq!(fact.etype, "aes256-cts-hmac-sha1-96 (18)");
    assert_eq!(seen.ap, ApFact::Accepted);
    let refused = report("refused", Some(41));
    let seen = outcome(&stages, &refused, Some(&record("refused", Some(41))), mem1(), None);
    let said = KrbCode { name: "X".to_owned(), code: 35 };
    let not_seen = ApFact::Refused {
        on_the_wire: None,
        inside_tls: Some(modified()),
        acceptor_said: Some(said),
    };
    assert_eq!(seen.ap, not_seen);
    assert_eq!(seen.ap.answered(), Some(&modified()));
}

#[test]
fn a_ticket_without_an_answer_is_an_outcome() {
    let unanswered = report("unanswered", None);
    agree(&unanswered, None, &mem1()).unwrap();
    for ap in [ApStage::Sealed, ApStage::Refused { ticket: ticket(), code: None, proof: false }] {
        let (authentication, ticket) = (KdcStage::Unanswered, KdcStage::Unanswered);
        let seen = outcome(&Stages { authentication, ticket, ap }, &unanswered, None, mem1(), None);
        assert_eq!((&seen.ap, seen.connected()), (&ApFact::Unanswered, false));
        assert_eq!(serde_json::to_value(&seen.ap).unwrap(), "unanswered");
    }
}

/// If the wire has the code, the outcome does not mention TLS.
#[test]
fn only_what_tls_hides_is_said_to_be_inside_it() {
    let refused = |on_the_wire, inside_tls| {
        let fact = ApFact::Refused { on_the_wire, inside_tls, acceptor_said: None };
        serde_json::to_string(&fact).unwrap()
    };
    let code = r#""KRB_AP_ERR_MODIFIED (41)""#;
    assert_eq!(
        refused(Some(modified()), None),
        format!(r#"{{"refused":{{"on_the_wire":{code},"acceptor_said":null}}}}"#)
    );
    assert_eq!(
        refused(None, Some(modified())),
        format!(r#"{{"refused":{{"on_the_wire":null,"inside_tls":{code},"acceptor_said":null}}}}"#)
    );
}

#[test]
fn inside_tls_no_ticket_may_have_been_shown() {
    let seen = outcome(&sealed(), &report("not-reached", None), None, mem1(), None);
    assert_eq!(seen.ap, ApFact::NotReached);
}

#[test]
fn what_winrm_answered_is_what_the_client_says() {
    let mut said = report("accepted", None);
    assert_eq!(winrm(&said), WinrmFact::Served);
    let (code, text) = (Some(5), Some("Access is denied.".to_owned()));
    said.winrm = Winrm { result: "fault".into(), code, text: text.clone() };
    assert_eq!(winrm(&said), WinrmFact::Fault { code, text });
    said.winrm.result = "not-reached".into();
    assert_eq!(winrm(&said), WinrmFact::NotReached);
}
