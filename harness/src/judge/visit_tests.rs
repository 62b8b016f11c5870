use super::*;
use crate::model::TicketFact;

fn visit(http_status: u16, user: Option<&str>, tgs: TgsFact) -> WebVisit {
    let capture = include_bytes!("../../tests/wire/web.pcap").to_vec();
    WebVisit {
        url: "http://www.contoso.com/".to_owned(),
        http_status,
        error: None,
        user: user.map(str::to_owned),
        tgs,
        on_the_wire: None,
        site_said: None,
        keys_tried: Vec::new(),
        klist: "Ticket cache".to_owned(),
        spns: None,
        wire: Wire { trace: crate::wire::decode(&capture).unwrap(), capture },
        body: String::new(),
    }
}

#[test]
fn only_a_greeted_user_with_status_200_is_logged_in() {
    let nothing = || TgsFact::NotReached(None);
    let trainer = Some("trainer@CONTOSO.COM");
    assert!(visit(200, trainer, nothing()).logged_in());
    assert!(!visit(401, trainer, nothing()).logged_in());
    assert!(!visit(200, None, nothing()).logged_in());
    assert!(visit(401, None, nothing()).encrypted_with_key_of().is_empty());
    let ticket = TicketFact {
        sname: "HTTP/www.contoso.com".to_owned(),
        realm: "CONTOSO.COM".to_owned(),
        etype: "aes256-cts-hmac-sha1-96 (18)".to_owned(),
        kvno: Some(2),
        encrypted_with_key_of: vec!["svc_web".to_owned()],
    };
    assert_eq!(visit(200, trainer, TgsFact::Issued(ticket)).encrypted_with_key_of(), ["svc_web"]);
}

#[test]
fn a_visit_is_written_with_its_packets() {
    let folder = tempfile::tempdir().unwrap();
    let folder = EvidenceDir::at(folder.path().to_owned()).unwrap();
    let visit = visit(200, None, TgsFact::NotReached(None));
    visit.write_to(&folder, "1").unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let written: WebVisit = serde_json::from_slice(&read("1.json")).unwrap();
    let messages = |visit: &WebVisit| visit.wire.trace.messages.len();
    assert_eq!((&written.url, messages(&written)), (&visit.url, messages(&visit)));
    assert_eq!(read("1.klist.txt"), b"Ticket cache");
    assert_eq!(read("1.pcap"), visit.wire.capture);
    assert!(String::from_utf8(read("1.trace.txt")).unwrap().contains("HTTP/www.contoso.com"));
}

#[test]
fn only_a_principal_counts_as_a_greeting() {
    let page = |name| format!("<p>Welcome, {name}. This is the web site.</p>");
    assert_eq!(greeted(&page("trainer@CONTOSO.COM")).as_deref(), Some("trainer@CONTOSO.COM"));
    assert_eq!(greeted(&page("(none)")), None);
    assert_eq!(greeted("401 Unauthorized"), None);
}

#[test]
fn the_site_s_log_is_read_for_one_connection() {
    let client = "172.18.0.4:52116".parse().unwrap();
    let line = "httpd: 172.18.0.4:52116 200 user=trainer@CONTOSO.COM host=mem1 \"GET / HTTP/1.1\"";
    let seen = record(line, client).unwrap();
    assert_eq!((seen.http_status, seen.user.as_deref()), (200, Some("trainer@CONTOSO.COM")));
    let nobody = record(&line.replace("trainer@CONTOSO.COM", "-"), client).unwrap();
    assert_eq!(nobody.user, None);
    assert_eq!(record(line, "172.18.0.4:5211".parse().unwrap()), None);
    let line = "[x] [client 172.18.0.4:52116] GSS ERROR In Negotiate Auth: no key";
    assert_eq!(refusal(line, client).unwrap(), "GSS ERROR In Negotiate Auth: no key");
    assert_eq!(refusal(line, "172.18.0.4:5211".parse().unwrap()), None);
}

#[test]
fn page_cache_and_wire_tell_one_story() {
    let client = "192.168.176.4:1".parse().unwrap();
    let key = |spn| ConnectionKey {
        user: "trainer",
        spn,
        client: Some(client),
        sealed: false,
        cached: false,
    };
    let trace = crate::wire::decode(include_bytes!("../../tests/wire/web.pcap")).unwrap();
    let site = trace.messages.iter().find_map(|message| match &message.body {
        crate::wire::Body::ApReq(_) => Some(message.from.address),
        _ => None,
    });
    let key = ConnectionKey { client: site, ..key("HTTP/www.contoso.com") };
    let stages = Stages::read(&key, &trace);
    let own = stages.service_ticket().cloned();
    let seen = |user: Option<&'static str>| Seen {
        http_status: 200,
        listed: true,
        ticket: own.clone(),
        user,
    };
    let trainer = Some("trainer@CONTOSO.COM");
    let says = |seen: &Seen<'_>| agree(seen, &stages, &key, &trace);
    assert_eq!(says(&seen(trainer)), Ok(()));
    let differs = |seen: Seen<'_>, words: &str| {
        let said = says(&seen).unwrap_err();
        assert!(said.contains(words), "{said}");
    };
    differs(seen(None), "greets nobody");
    differs(seen(Some("visitor@CONTOSO.COM")), "the KDC gave trainer@CONTOSO.COM a ticket");
    differs(Seen { listed: false, ..seen(trainer) }, "no ticket");
    differs(Seen { ticket: None, ..seen(trainer) }, "the cache has None");
    differs(Seen { http_status: 401, ..seen(trainer) }, "the wire Some(200)");
    let changes: [fn(&mut Ticket); 4] = [
        |ticket| ticket.realm.push('X'),
        |ticket| ticket.sname.push('X'),
        |ticket| ticket.encrypted.etype = 23,
        |ticket| ticket.encrypted.kvno = Some(9),
    ];
    for change in changes {
        let mut other = seen(trainer);
        other.ticket.iter_mut().for_each(change);
        differs(other, "issued was");
    }
    // One of the two tickets on the wire is another than the cache's.
    let mut other = own.clone().unwrap();
    other.encrypted.kvno = Some(9);
    let ticket = KdcStage::Issued(other.clone());
    let issued = Stages { ticket, ..stages.clone() };
    let presented = Stages { ap: ApStage::Accepted(other), ..stages.clone() };
    for stages in [issued, presented] {
        let said = agree(&seen(trainer), &stages, &key, &trace).unwrap_err();
        assert!(said.contains("issued was"), "{said}");
    }
    let nowhere = ConnectionKey { client: None, ..key };
    let elsewhere = Stages::read(&nowhere, &trace);
    let said = Seen { http_status: 0, ..seen(trainer) };
    let said = agree(&said, &elsewhere, &nowhere, &trace).unwrap_err();
    assert!(said.contains("NotPresented"), "{said}");
}
