//! What of an AP-REQ is protected, bit by bit: which bits can be changed without a refusal.
//!
//! The ticket and the authenticator are encrypted and have a checksum each. Around them stand parts
//! in clear that nothing protects (RFC 4120 sections 5.3 and 5.5.1): MIT's acceptor, like Windows',
//! tries all its keys, and takes the client, the times and the flags from the encrypted parts. So
//! somebody in the middle can change what the log says of the service's name, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::ops::Range;
use support::realm;
use support::sealed::Ticket;
use winrm::gss::{Context, Credential, Mech, Name, Step};
use winrm::kerberos::der::Der;
use winrm::kerberos::token;

/// The parts in clear, and where their content stands.
type Parts = Vec<(&'static str, Range<usize>)>;

fn content(der: &Der<'_>) -> Range<usize> {
    der.position()..der.position() + der.rest().len()
}

fn spnego(token: &[u8], parts: &mut Parts) -> usize {
    let mut framed = Der::new(token).only(0x60).unwrap();
    framed.expect(0x06).unwrap();
    let mut fields = framed.only(0xa0).unwrap().only(0x30).unwrap();
    let mut mechanisms = fields.expect(0xa0).unwrap().only(0x30).unwrap();
    // Kerberos has a second identifier, with one bit changed (MS-SPNG).
    parts.push(("mechanism", content(&mechanisms.only(0x06).unwrap())));
    fields.only(0xa2).unwrap().only(0x04).unwrap().position()
}

fn ap_req(token: &[u8], start: usize, parts: &mut Parts) {
    let mut skipped = Der::new(token);
    skipped.take(start).unwrap();
    let mut framed = skipped.only(0x60).unwrap();
    framed.expect(0x06).unwrap();
    framed.take(2).unwrap();
    let mut fields = framed.only(0x6e).unwrap().only(0x30).unwrap();
    fields.expect(0xa0).unwrap();
    let number = |field: &mut Der<'_>| content(&field.only(0x02).unwrap());
    parts.push(("msg-type", number(&mut fields.expect(0xa1).unwrap())));
    // What counts of them is repeated in the authenticator's checksum (RFC 4121 section 4.1.1).
    parts.push(("ap-options", content(&fields.expect(0xa2).unwrap().only(0x03).unwrap())));
    let mut ticket = fields.expect(0xa3).unwrap().only(0x61).unwrap().only(0x30).unwrap();
    ticket.expect(0xa0).unwrap();
    parts.push(("realm", content(&ticket.expect(0xa1).unwrap().only(0x1b).unwrap())));
    let mut sname = ticket.expect(0xa2).unwrap().only(0x30).unwrap();
    parts.push(("name-type", number(&mut sname.expect(0xa0).unwrap())));
    let mut names = sname.only(0xa1).unwrap().only(0x30).unwrap();
    while !names.is_empty() {
        parts.push(("sname", content(&names.expect(0x1b).unwrap())));
    }
    let mut encrypted = ticket.only(0xa3).unwrap().only(0x30).unwrap();
    encrypted.expect(0xa0).unwrap();
    parts.push(("kvno", number(&mut encrypted.expect(0xa1).unwrap())));
}

#[test]
fn only_parts_in_clear_can_be_changed() {
    let Some(realm) = realm("only_parts_in_clear_can_be_changed") else { return };
    let _in_cache = Ticket::of(&realm, "trainer", "Training-Trainer-1\n");
    let cache = format!("FILE:{}", realm.path("trainer-HTTP.ccache").display());
    let keytab = format!("FILE:{}", realm.path("endpoint.keytab").display());
    let initiator = Credential::from_cache(None, Some(&cache)).unwrap();
    let target = Name::principal("HTTP/localhost@CONTOSO.COM").unwrap();
    let acceptor = Credential::acceptor(&keytab, Some("none:")).unwrap();
    for mechanism in [Mech::Krb5, Mech::Spnego] {
        let step = Context::default().initiate(&initiator, &target, mechanism, None);
        let Step::Continue(token) = step else { panic!("no token: {step:?}") };
        let mut parts = Parts::new();
        let start = if mechanism == Mech::Spnego { spnego(&token, &mut parts) } else { 0 };
        ap_req(&token, start, &mut parts);
        let mut changeable = Vec::new();
        for bit in 0..token.len() * 8 {
            let mut changed = token.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            // As the endpoint does it.
            if token::initial(&changed).is_err() {
                continue;
            }
            let mut context = Context::default();
            if let Step::Complete(_) = context.accept(&acceptor, None, &changed) {
                let part = parts.iter().find(|(_, range)| range.contains(&(bit / 8)));
                let (name, _) =
                    part.unwrap_or_else(|| panic!("bit {} of byte {}", bit % 8, bit / 8));
                changeable.push(*name);
                let client = context.initiator().unwrap().principal().unwrap();
                assert_eq!(client, "trainer@CONTOSO.COM", "{name}");
            }
        }
        changeable.dedup();
        let mut expected: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
        expected.dedup();
        assert_eq!(changeable, expected, "{mechanism:?}");
    }
}
