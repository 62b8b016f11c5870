use super::*;
use crate::model::report::{Ap, Http, Settings, Stage, Tgs, Winrm};
use crate::model::{SettingsFact, WinrmFact};
use crate::wire::Message;

const SPN: &str = "HTTP/mem1.contoso.com";

fn report() -> ClientReport {
    ClientReport {
        version: 1,
        target: "mem1.contoso.com".into(),
        port: 5985,
        principal: "trainer@CONTOSO.COM".into(),
        settings: Settings { spn_prefix: None, include_port_in_spn: false },
        requested_spn: SPN.into(),
        as_exchange: Stage { result: "issued".into(), code: None, name: None, text: None },
        tgs: Tgs {
            result: "issued".into(),
            sname: Some(SPN.into()),
            realm: Some("CONTOSO.COM".into()),
            etype: Some(18),
            etype_name: None,
            kvno: Some(2),
            code: None,
            name: None,
            text: None,
        },
        ap: Ap {
            result: "refused".into(),
            code: Some(41),
            name: None,
            text: None,
            server_name: Some(format!("{SPN}@CONTOSO.COM")),
        },
        http: Http { status: Some(401), local_address: None },
        winrm: Winrm { result: "not-reached".into(), code: None, text: None },
        client_status: None,
        command: None,
        ccache: None,
    }
}

fn outcome(tgs: TgsFact, ap: ApFact, holders: &[&str]) -> KerberosOutcome {
    KerberosOutcome {
        target: "mem1.contoso.com".into(),
        requested_spn: SPN.into(),
        client_settings: SettingsFact { spn_prefix: None, include_port_in_spn: false },
        holders: Some(holders.iter().map(|&name| name.to_owned()).collect()),
        tgs,
        ap,
        http_status: None,
        winrm: WinrmFact::NotReached,
        client_status: None,
        remote: None,
    }
}

fn code(name: &str, code: i64) -> KrbCode {
    KrbCode { name: name.into(), code }
}

fn issued(to: &[&str]) -> TgsFact {
    TgsFact::Issued(TicketFact {
        sname: SPN.into(),
        realm: "CONTOSO.COM".into(),
        etype: "aes256-cts-hmac-sha1-96 (18)".into(),
        kvno: Some(2),
        encrypted_with_key_of: to.iter().map(|&name| name.to_owned()).collect(),
    })
}

fn refused(number: i64) -> ApFact {
    let on_the_wire = Some(code("KRB_AP_ERR_X", number));
    ApFact::Refused { on_the_wire, inside_tls: None, acceptor_said: None }
}

fn on_wire(number: i32, name: &str) -> KrbError {
    KrbError {
        code: number,
        name: name.into(),
        realm: "CONTOSO.COM".into(),
        sname: SPN.into(),
        e_text: None,
        server_time: "2026-01-01T00:00:00Z".into(),
    }
}

/// The KDC answered, and then this error came.
fn seen(error: Option<&KrbError>) -> Seen<'_> {
    Seen { asked: Some(at(1)), error: error.map(|error| (at(2), error)) }
}

fn at(seconds: u64) -> Time {
    Time::since_epoch(std::time::Duration::from_secs(seconds))
}

fn ids(events: &[WindowsEvent]) -> Vec<u32> {
    events.iter().map(|event| event.id).collect()
}

#[test]
fn the_article() {
    let article = outcome(issued(&["svc_web"]), refused(41), &["svc_web"]);
    let error = on_wire(41, "KRB_AP_ERR_MODIFIED");
    let events = render(&article, &report(), seen(Some(&error)));
    assert_eq!(list_events(&events), include_str!("golden/article.txt"));
}

#[test]
fn a_name_on_two_accounts() {
    let refused = TgsFact::Refused(code("KDC_ERR_S_PRINCIPAL_UNKNOWN", 7));
    let twice = outcome(refused, ApFact::NotReached, &["svc_app", "svc_web"]);
    let error = on_wire(7, "KDC_ERR_S_PRINCIPAL_UNKNOWN");
    let events = render(&twice, &report(), seen(Some(&error)));
    assert_eq!(list_events(&events), include_str!("golden/duplicate.txt"));
}

#[test]
fn only_what_was_observed() {
    // Another code of the endpoint leads to no event 4.
    let other = outcome(issued(&["MEM1$"]), refused(37), &[]);
    assert_eq!(ids(&render(&other, &report(), seen(None))), [4769]);
    // No account's key was proven, so the event could name none.
    let nobody = outcome(issued(&[]), refused(41), &[]);
    assert_eq!(ids(&render(&nobody, &report(), seen(None))), [4]);
    // The name is unknown, and nobody or one account holds it: there is no duplicate.
    for holders in [&[][..], &["svc_web"]] {
        let unknown = TgsFact::Refused(code("KDC_ERR_S_PRINCIPAL_UNKNOWN", 7));
        let unknown = outcome(unknown, ApFact::NotReached, holders);
        assert_eq!(ids(&render(&unknown, &report(), seen(None))), [4769]);
    }
    let no_kdc = outcome(TgsFact::NotReached(None), ApFact::NotReached, &[]);
    assert_eq!(list_events(&render(&no_kdc, &report(), seen(None))), "");
}

#[test]
fn a_ticket_that_nobody_asked_for_is_no_event_of_the_kdc() {
    let error = on_wire(41, "KRB_AP_ERR_MODIFIED");
    let cached = Seen { asked: None, error: Some((at(2), &error)) };
    let article = outcome(issued(&["svc_web"]), refused(41), &["svc_web"]);
    assert_eq!(ids(&render(&article, &report(), cached)), [3, 4]);
    let unknown = TgsFact::Refused(code("KDC_ERR_S_PRINCIPAL_UNKNOWN", 7));
    let unanswered = outcome(unknown, ApFact::NotReached, &["svc_app", "svc_web"]);
    assert!(render(&unanswered, &report(), Seen::default()).is_empty());
}

/// The client received code 41. The wire does not show when, or what else the KRB-ERROR says.
#[test]
fn inside_tls_there_is_no_event_3() {
    let inside_tls = Some(code("KRB_AP_ERR_MODIFIED", 41));
    let sealed = ApFact::Refused { on_the_wire: None, inside_tls, acceptor_said: None };
    let sealed = outcome(issued(&["svc_web"]), sealed, &["svc_web"]);
    assert_eq!(deciding(&sealed), None);
    assert_eq!(ids(&render(&sealed, &report(), seen(None))), [4769, 4]);
}

#[test]
fn events_come_in_the_order_of_their_packets() {
    let error = on_wire(41, "KRB_AP_ERR_MODIFIED");
    let late = Seen { asked: Some(at(3)), error: Some((at(2), &error)) };
    let article = outcome(issued(&["svc_web"]), refused(41), &["svc_web"]);
    assert_eq!(ids(&render(&article, &report(), late)), [3, 4, 4769]);
}

#[test]
fn a_registration_that_failed() {
    let registered = WinrmRegistration::Registered { added: Vec::new() };
    assert_eq!(registered.windows_event(), None);
    let text = "The WinRM service failed to create the following SPNs: …".to_owned();
    let failed = WinrmRegistration::NotRegistered { windows_would_log: 10154, text: text.clone() };
    let event = failed.windows_event().unwrap();
    assert_eq!((event.id, &*event.computer, event.text), (10154, "mem1.contoso.com", text));
}

/// The article's connection, as it was captured.
const ARTICLE: &[u8] = include_bytes!("../../../tests/wire/article.pcap");

#[test]
fn a_capture_s_events_are_those_of_the_dc_that_answered() {
    let article = outcome(issued(&["svc_web"]), refused(41), &["svc_web"]);
    let key =
        ConnectionKey { user: "trainer", spn: SPN, client: None, sealed: false, cached: false };
    let seen = |trace: &Trace| {
        let events = of_attempt(&article, &report(), &key, trace);
        events.into_iter().map(|event| (event.id, event.computer)).collect::<Vec<_>>()
    };
    let client = hosts::CLIENT.fqdn;
    let expected = |dc: &'static str| {
        [(4769, dc), (3, client), (4, client)].map(|(id, on)| (id, Cow::Borrowed(on)))
    };
    let mut trace = crate::wire::decode(ARTICLE).unwrap();
    assert_eq!(seen(&trace), expected(hosts::DC1.fqdn));
    let mut answers: Vec<&mut Message> =
        trace.messages.iter_mut().filter(|message| message.from.address.port() == KDC).collect();
    assert!(answers.len() > 1);
    // The last answer counts.
    for answer in &mut answers {
        answer.from.host = Some(hosts::DC1.fqdn.to_owned());
    }
    answers.pop().unwrap().from.host = Some(hosts::DC2.fqdn.to_uppercase());
    assert_eq!(seen(&trace), expected(hosts::DC2.fqdn));
}

#[test]
fn an_error_of_the_logon_names_the_krbtgt() {
    let wrong = TgsFact::NotReached(Some(code("KDC_ERR_PREAUTH_FAILED", 24)));
    let logon = outcome(wrong, ApFact::NotReached, &[]);
    let mut error = on_wire(24, "KDC_ERR_PREAUTH_FAILED");
    error.sname = "krbtgt/CONTOSO.COM".into();
    let text = error_received(&logon, &error).text;
    assert!(text.contains("krbtgt/CONTOSO.COM") && !text.contains(SPN), "{text}");
}
