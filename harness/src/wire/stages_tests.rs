use super::*;
use crate::wire::decode;

const ARTICLE: &[u8] = include_bytes!("../../tests/wire/article.pcap");
const HEALTHY: &[u8] = include_bytes!("../../tests/wire/healthy.pcap");
const UNKNOWN: &[u8] = include_bytes!("../../tests/wire/unknown-spn.pcap");

/// The connection in the capture.
fn article() -> ConnectionKey<'static> {
    ConnectionKey {
        user: "trainer",
        spn: "HTTP/mem1.contoso.com",
        client: Some("172.31.0.4:56080".parse().unwrap()),
        sealed: false,
        cached: false,
    }
}

fn stages(key: &ConnectionKey<'_>, capture: &[u8]) -> Stages {
    Stages::read(key, &decode(capture).unwrap())
}

#[test]
fn the_article_s_failure_has_a_ticket_and_41() {
    let seen = stages(&article(), ARTICLE);
    assert!(
        matches!(&seen.authentication, KdcStage::Issued(tgt) if tgt.sname == "krbtgt/CONTOSO.COM")
    );
    let ApStage::Refused { ticket, code, proof: false } = &seen.ap else { panic!("{seen:?}") };
    assert_eq!(code.as_ref().unwrap().to_string(), "KRB_AP_ERR_MODIFIED (41)");
    assert_eq!(seen.ticket, KdcStage::Issued(ticket.clone()));
    let TgsFact::Issued(fact) = seen.tgs(vec!["svc_web".to_owned()]) else { panic!("{seen:?}") };
    assert_eq!(fact.sname, "HTTP/mem1.contoso.com");
    assert_eq!((fact.etype.as_str(), fact.kvno), ("aes256-cts-hmac-sha1-96 (18)", Some(2)));
}

#[test]
fn a_healthy_connection_is_accepted_with_a_proof() {
    let key = ConnectionKey { client: Some("172.31.0.4:52430".parse().unwrap()), ..article() };
    assert!(matches!(stages(&key, HEALTHY).ap, ApStage::Accepted(_)));
    let sealed = ConnectionKey { sealed: true, ..key };
    assert_eq!(stages(&sealed, HEALTHY).ap, ApStage::Sealed);
}

#[test]
fn what_the_kdc_refuses_has_no_ticket() {
    let key = ConnectionKey { spn: "HTTP/mem1.contoso.com:5985", client: None, ..article() };
    let seen = stages(&key, UNKNOWN);
    assert_eq!(seen.ap, ApStage::NotPresented);
    let TgsFact::Refused(code) = seen.tgs(Vec::new()) else { panic!("{seen:?}") };
    assert_eq!(code.to_string(), "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)");
    let nobody = ConnectionKey { user: "nobody", spn: "HTTP/nobody", ..key };
    let seen = stages(&nobody, UNKNOWN);
    assert_eq!(seen.authentication, KdcStage::Unanswered);
    assert_eq!(seen.tgs(Vec::new()), TgsFact::NotReached(None));
}

/// This happens once in some ten thousand connections.
#[test]
fn a_request_to_the_kdc_from_the_same_port_is_not_on_the_connection() {
    let client = "172.31.0.4:52430".parse().unwrap();
    let key = ConnectionKey { client: Some(client), ..article() };
    let mut trace = decode(HEALTHY).unwrap();
    let refused = decode(UNKNOWN).unwrap().messages.pop().unwrap();
    assert!(matches!(refused.body, Body::KrbError(_)));
    trace.messages.insert(0, refused);
    trace.messages[0].to.address = client;
    assert!(matches!(Stages::read(&key, &trace).ap, ApStage::Accepted(_)));
    let kdc = trace.messages[0].from.address;
    trace.ended = vec![(client, kdc), (kdc, client)];
    assert!(!trace.has_end_of(client));
}

#[test]
fn a_ticket_of_the_cache_is_the_one_that_was_presented() {
    let mut trace = decode(ARTICLE).unwrap();
    trace.messages.retain(|message| matches!(message.body, Body::ApReq(_) | Body::KrbError(_)));
    let seen = Stages::read(&ConnectionKey { cached: true, ..article() }, &trace);
    assert_eq!(seen.ticket, KdcStage::Unanswered);
    assert_eq!(seen.service_ticket().unwrap().sname, "HTTP/mem1.contoso.com");
    assert!(matches!(seen.tgs(Vec::new()), TgsFact::Issued(_)));
}

#[test]
fn the_keys_were_tried_on_the_ticket_of_the_wire() {
    let trace = decode(ARTICLE).unwrap();
    let end = trace.messages.iter().find_map(|message| match &message.body {
        Body::TgsRep(reply) => Some(hex(&reply.ticket.encrypted.cipher_end)),
        _ => None,
    });
    let end = end.unwrap();
    assert_eq!(end.len(), 64);
    article().same_cipher(&trace, &end).unwrap();
    let other = format!("00{}", &end[2..]);
    for (seen, end, words) in [
        (&trace, &other, "the wire has"),
        (&trace, &String::new(), "the wire has"),
        (&Trace::default(), &end, "none is on the wire"),
    ] {
        let error = article().same_cipher(seen, end).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    // The ticket of another connection does not belong to this one.
    let elsewhere = ConnectionKey {
        spn: "HTTP/mem1",
        client: Some("172.31.0.4:1".parse().unwrap()),
        ..article()
    };
    assert!(elsewhere.same_cipher(&trace, &end).is_err());
    // Only inside TLS can the wire not show a cached ticket.
    let sealed = ConnectionKey { sealed: true, cached: true, ..elsewhere };
    sealed.same_cipher(&trace, &end).unwrap();
}
