//! The tokens are real. MIT's initiator made them for `MISPLACED/localhost` in a throw-away realm,
//! and winrmd answered (35 from the acceptor, 41 on the wire).

use super::*;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

const AP_REQS: [(Mechanism, &str); 2] = [
    (Mechanism::Krb5, include_str!("../../tests/tokens/krb5-ap-req.b64")),
    (Mechanism::Spnego, include_str!("../../tests/tokens/spnego-ap-req.b64")),
];
const KRB_ERRORS: [&str; 2] = [
    include_str!("../../tests/tokens/krb5-krb-error.b64"),
    include_str!("../../tests/tokens/spnego-krb-error.b64"),
];

fn bytes(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text.trim()).unwrap()
}

#[test]
fn the_clear_part_of_a_ticket() {
    for (mechanism, text) in AP_REQS {
        let ticket = TicketFacts {
            sname: "MISPLACED/localhost".to_owned(),
            realm: "CONTOSO.COM".to_owned(),
            etype: 18,
            kvno: Some(1),
        };
        assert_eq!(initial(&bytes(text)), Ok(InitialToken { mechanism, ticket: Some(ticket) }));
    }
}

#[test]
fn the_error_code_and_its_change() {
    for text in KRB_ERRORS {
        let mut token = bytes(text);
        let error = krb_error(&token).unwrap();
        assert_eq!((error.code, error.realm.as_str()), (41, "CONTOSO.COM"));
        let before = token.clone();
        assert!(set_error_code(&mut token, &error, 35));
        assert_eq!(krb_error(&token).unwrap().code, 35);
        let changed = before.iter().zip(&token).filter(|(a, b)| a != b).count();
        assert_eq!((changed, before.len()), (1, token.len()));
        assert!(!set_error_code(&mut token, &error, 200));
    }
}

#[test]
fn every_prefix_is_an_error() {
    for (_, text) in AP_REQS {
        let token = bytes(text);
        for end in 0..token.len() {
            assert!(initial(&token[..end]).is_err(), "prefix of {end} bytes");
        }
    }
    for text in KRB_ERRORS {
        let token = bytes(text);
        for end in 0..token.len() {
            assert!(krb_error(&token[..end]).is_err(), "prefix of {end} bytes");
        }
    }
}

/// No byte of any value may lead the reader out of bounds.
#[test]
fn damaged_tokens_never_panic() {
    let tokens = AP_REQS.iter().map(|(_, text)| *text).chain(KRB_ERRORS);
    for text in tokens {
        let token = bytes(text);
        for at in 0..token.len().min(250) {
            for value in [0x00, 0x01, 0x1f, 0x30, 0x7f, 0x80, 0x83, 0x84, 0xff] {
                let mut damaged = token.clone();
                damaged[at] = value;
                let _ = initial(&damaged);
                if let Ok(error) = krb_error(&damaged) {
                    set_error_code(&mut damaged, &error, 41);
                }
            }
        }
    }
}

#[test]
fn other_tokens() {
    assert_eq!(initial(b"NTLMSSP\0\x01\0\0\0"), Err(TokenError::Ntlm));
    // SPNEGO that offers NTLM (1.3.6.1.4.1.311.2.2.10) only.
    let ntlm = [
        0x60, 0x1a, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0, 0x10, 0x30, 0x0e, 0xa0,
        0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02,
    ];
    assert_eq!(initial(&ntlm), Err(TokenError::NoKerberos));
    assert!(matches!(initial(&bytes(KRB_ERRORS[0])), Err(TokenError::OtherMessage(3, 0))));
    assert!(matches!(krb_error(&bytes(AP_REQS[0].1)), Err(TokenError::OtherMessage(1, 0))));
}
