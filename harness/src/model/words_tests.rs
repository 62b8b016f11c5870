//! The words of outcomes, and of their differences.

use super::super::outcome::{ClientFact, KrbCode, SettingsFact};
use super::*;

/// What differs, and how an outcome or a ticket gets it.
type Change<T> = (&'static str, fn(&mut T));

fn code(name: &str, code: i64) -> KrbCode {
    KrbCode { name: name.to_owned(), code }
}

fn healthy() -> KerberosOutcome {
    KerberosOutcome {
        target: "mem1.contoso.com".into(),
        requested_spn: "HTTP/mem1.contoso.com".into(),
        client_settings: SettingsFact { spn_prefix: None, include_port_in_spn: false },
        holders: Some(Vec::new()),
        tgs: TgsFact::Issued(TicketFact {
            sname: "HTTP/mem1.contoso.com".into(),
            realm: "CONTOSO.COM".into(),
            etype: "aes256-cts-hmac-sha1-96 (18)".into(),
            kvno: Some(2),
            encrypted_with_key_of: vec!["MEM1$".into()],
        }),
        ap: ApFact::Accepted,
        http_status: Some(200),
        winrm: WinrmFact::Served,
        client_status: None,
        remote: Some(RemoteFact {
            command: "hostname".into(),
            exit_code: 0,
            stdout: "mem1\n".into(),
        }),
    }
}

fn article() -> KerberosOutcome {
    let mut outcome = healthy();
    outcome.holders = Some(vec!["svc_web".into()]);
    if let TgsFact::Issued(ticket) = &mut outcome.tgs {
        ticket.encrypted_with_key_of = vec!["svc_web".into()];
    }
    outcome.ap = ApFact::Refused {
        on_the_wire: Some(code("KRB_AP_ERR_MODIFIED", 41)),
        inside_tls: None,
        acceptor_said: Some(code("KRB_AP_ERR_NOT_US", 35)),
    };
    outcome.http_status = Some(401);
    outcome.winrm = WinrmFact::NotReached;
    outcome.client_status = Some(ClientFact {
        would_report: "SEC_E_WRONG_PRINCIPAL (0x80090322)".into(),
        fully_qualified_error_id: "-2144108387,PSSessionOpenFailed".into(),
        message: "WinRM cannot process the request.".into(),
    });
    outcome.remote = None;
    outcome
}

#[test]
fn the_article_s_failure_is_told_by_its_seal_and_its_code() {
    assert_eq!(healthy().differences(&healthy()), [""; 0]);
    assert_eq!(
        article().differences(&healthy()),
        [
            "the ticket was sealed for svc_web, expected MEM1$",
            "the endpoint answered KRB_AP_ERR_MODIFIED (41), expected that it accepts the ticket",
            "HTTP/mem1.contoso.com was held by svc_web, expected nobody",
            "a Windows client would report SEC_E_WRONG_PRINCIPAL (0x80090322), expected success",
            "the last HTTP status was 401, expected 200",
            "WS-Management got no request, expected that it serves the request",
            "the remote command did not run, expected exit status 0 and \"mem1\\n\"",
        ]
    );
    let back = healthy().differences(&article());
    assert_eq!(back[1], "the endpoint accepted the ticket, expected KRB_AP_ERR_MODIFIED (41)");
}

#[test]
fn a_missing_ticket_is_told_by_the_kdc_s_code() {
    let mut unknown = healthy();
    unknown.tgs = TgsFact::Refused(code("KDC_ERR_S_PRINCIPAL_UNKNOWN", 7));
    unknown.ap = ApFact::NotReached;
    assert_eq!(unknown.end(), "KDC_ERR_S_PRINCIPAL_UNKNOWN (7) from the KDC");
    assert_eq!(
        unknown.differences(&healthy())[..2],
        [
            "the KDC answered KDC_ERR_S_PRINCIPAL_UNKNOWN (7), expected a ticket",
            "the endpoint got no ticket, expected that it accepts the ticket",
        ]
    );
}

/// No fact of an outcome may change without a sentence.
#[test]
fn every_fact_has_its_sentence() {
    let changes: [Change<KerberosOutcome>; 13] = [
        ("connected to mem1", |one| one.target = "mem1".into()),
        ("asked for WSMAN/mem1", |one| one.requested_spn = "WSMAN/mem1".into()),
        ("spn_prefix was HOST", |one| one.client_settings.spn_prefix = Some("HOST".into())),
        ("with its port", |one| one.client_settings.include_port_in_spn = true),
        ("unknown accounts", |one| one.holders = None),
        ("the KDC did not answer", |one| one.tgs = TgsFact::NotReached(None)),
        ("in clear, expected inside TLS", |one| {
            let ApFact::Refused { on_the_wire, inside_tls, .. } = &mut one.ap else { return };
            *on_the_wire = inside_tls.take();
        }),
        ("own library said KRB_AP_ERR_BADKEYVER (44)", |one| {
            one.ap = ApFact::Refused {
                on_the_wire: None,
                inside_tls: Some(code("KRB_AP_ERR_MODIFIED", 41)),
                acceptor_said: Some(code("KRB_AP_ERR_BADKEYVER", 44)),
            };
        }),
        ("status was none", |one| one.http_status = None),
        ("the fault 5 \"no\"", |one| {
            one.winrm = WinrmFact::Fault { code: Some(5), text: Some("no".into()) };
        }),
        ("(other)", |one| {
            if let Some(status) = &mut one.client_status {
                status.fully_qualified_error_id = "other".into();
            }
        }),
        ("expected success", |_| {}),
        ("ended with 1", |one| {
            one.remote = Some(RemoteFact {
                command: "hostname".into(),
                exit_code: 1,
                stdout: String::new(),
            });
        }),
    ];
    let mut expected = article();
    if let ApFact::Refused { on_the_wire, inside_tls, .. } = &mut expected.ap {
        *inside_tls = on_the_wire.take();
    }
    for (words, change) in changes {
        let mut outcome = expected.clone();
        change(&mut outcome);
        let mut then = expected.clone();
        if words == "expected success" {
            then.client_status = None;
        }
        let said = outcome.differences(&then);
        assert!(said.len() == 1 && said[0].contains(words), "{words}: {said:?}");
    }
    let tickets: [Change<TicketFact>; 5] = [
        ("sealed for no account", |one| one.encrypted_with_key_of.clear()),
        ("names HOST/mem1", |one| one.sname = "HOST/mem1".into()),
        ("is of A.B", |one| one.realm = "A.B".into()),
        ("etype x", |one| one.etype = "x".into()),
        ("kvno none", |one| one.kvno = None),
    ];
    for (words, change) in tickets {
        let mut outcome = expected.clone();
        let TgsFact::Issued(ticket) = &mut outcome.tgs else { unreachable!() };
        change(ticket);
        let said = outcome.differences(&expected);
        assert!(said.len() == 1 && said[0].contains(words), "{words}: {said:?}");
    }
}

#[test]
fn each_end_names_its_sender() {
    let end = |tgs: Option<TgsFact>, ap: ApFact| {
        let mut outcome = healthy();
        outcome.tgs = tgs.unwrap_or(outcome.tgs);
        outcome.ap = ap;
        outcome.end()
    };
    let skew = || code("KRB_AP_ERR_SKEW", 37);
    let refused =
        |code| ApFact::Refused { on_the_wire: None, inside_tls: code, acceptor_said: None };
    let logon = Some(TgsFact::NotReached(Some(skew())));
    assert_eq!(end(logon, ApFact::NotReached), "KRB_AP_ERR_SKEW (37) from the KDC");
    assert_eq!(end(Some(TgsFact::NotReached(None)), ApFact::NotReached), "no KDC answered");
    assert_eq!(end(None, refused(Some(skew()))), "KRB_AP_ERR_SKEW (37) from the endpoint");
    assert!(end(None, refused(None)).contains("without a KRB-ERROR"));
    assert_eq!(end(None, ApFact::Unanswered), "the endpoint did not answer the ticket");
    assert_eq!(end(None, ApFact::NotReached), "no ticket was presented");
    assert_eq!(end(None, ApFact::Accepted), "connected");
    let mut denied = healthy();
    denied.winrm = WinrmFact::NotReached;
    assert!(denied.end().starts_with("Kerberos succeeded"));
}
