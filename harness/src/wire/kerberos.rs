//! One Kerberos message from its bytes (RFC 4120 section 5), read by `kerberos-parser`.

use der_parser::asn1_rs::{Error, FromDer};
use der_parser::nom::IResult;
use kerberos_parser::krb5;
use kerberos_parser::krb5_parser::{parse_as_rep, parse_as_req, parse_tgs_rep, parse_tgs_req};

use super::message::{
    ApRequest, Body, CIPHER_END, Encrypted, KdcReply, KdcRequest, KrbError, Ticket,
};

/// How many characters of a text are copied from a message.
const TEXT_LIMIT: usize = 1024;

/// Reads one message. Anything else becomes [`Body::Unreadable`].
///
/// The application tag in the first octet tells the kind (RFC 4120 section 5.10).
pub(super) fn read(bytes: &[u8]) -> Body {
    match bytes.first() {
        Some(0x6a) => whole(parse_as_req(bytes), |m| Body::AsReq(request(&m))),
        Some(0x6b) => whole(parse_as_rep(bytes), |m| Body::AsRep(reply(&m))),
        Some(0x6c) => whole(parse_tgs_req(bytes), |m| Body::TgsReq(request(&m))),
        Some(0x6d) => whole(parse_tgs_rep(bytes), |m| Body::TgsRep(reply(&m))),
        Some(0x6e) => whole(krb5::ApReq::from_der(bytes), |m| {
            Body::ApReq(ApRequest {
                ticket: ticket(&m.ticket),
                authenticator: encrypted(&m.authenticator),
            })
        }),
        Some(0x6f) => whole(krb5::ApRep::from_der(bytes), |m| Body::ApRep {
            encrypted: encrypted(&m.enc_part),
        }),
        Some(0x7e) => whole(krb5::KrbError::from_der(bytes), |m| Body::KrbError(error(&m))),
        Some(other) => unreadable(format!("no Kerberos message has the tag {other:#04x}")),
        None => unreadable("it is empty"),
    }
}

/// A ticket from its bytes.
///
/// # Errors
/// The bytes are no ticket.
pub(super) fn ticket_of(bytes: &[u8]) -> Result<Ticket, String> {
    match krb5::Ticket::from_der(bytes) {
        Ok(([], read)) => Ok(ticket(&read)),
        _ => Err("it is no ticket".to_owned()),
    }
}

pub(super) fn unreadable(reason: impl Into<String>) -> Body {
    Body::Unreadable { reason: reason.into() }
}

fn whole<T>(parsed: IResult<&[u8], T, Error>, body: impl FnOnce(T) -> Body) -> Body {
    match parsed {
        Ok(([], message)) => body(message),
        Ok((rest, _)) => unreadable(format!("{} bytes follow the message", rest.len())),
        Err(der_parser::nom::Err::Incomplete(_)) => unreadable("the message is cut short"),
        Err(der_parser::nom::Err::Error(error) | der_parser::nom::Err::Failure(error)) => {
            unreadable(text(&format!("the message is damaged: {error}")))
        }
    }
}

fn request(message: &krb5::KdcReq<'_>) -> KdcRequest {
    let body = &message.req_body;
    KdcRequest {
        cname: body.cname.as_ref().map(principal),
        realm: text(&body.realm.0),
        sname: body.sname.as_ref().map(principal),
        etypes: body.etype.iter().take(TEXT_LIMIT).map(|etype| etype.0).collect(),
    }
}

fn reply(message: &krb5::KdcRep<'_>) -> KdcReply {
    KdcReply {
        crealm: text(&message.crealm.0),
        cname: principal(&message.cname),
        ticket: ticket(&message.ticket),
        encrypted: encrypted(&message.enc_part),
    }
}

fn ticket(ticket: &krb5::Ticket<'_>) -> Ticket {
    Ticket {
        realm: text(&ticket.realm.0),
        sname: principal(&ticket.sname),
        encrypted: encrypted(&ticket.enc_part),
    }
}

fn encrypted(part: &krb5::EncryptedData<'_>) -> Encrypted {
    let mut cipher_end = [0; CIPHER_END];
    for (kept, byte) in cipher_end.iter_mut().rev().zip(part.cipher.iter().rev()) {
        *kept = *byte;
    }
    let cipher_length = part.cipher.len();
    Encrypted { etype: part.etype.0, kvno: part.kvno, cipher_length, cipher_end }
}

fn error(message: &krb5::KrbError<'_>) -> KrbError {
    let code = message.error_code;
    let name = format!("{code:?}");
    KrbError {
        code: code.0,
        // The crate prints a code without a constant as a number.
        name: if name.starts_with('K') { name } else { "KRB_ERR".to_owned() },
        realm: text(&message.realm.0),
        sname: principal(&message.sname),
        e_text: message.etext.as_deref().map(text),
        server_time: message.stime.to_string(),
    }
}

fn principal(name: &krb5::PrincipalName) -> String {
    text(&name.to_string())
}

/// A sender's text, made safe to print: at most [`TEXT_LIMIT`] characters, none of which moves a
/// terminal's cursor or looks like the end of a line or a column. Some acceptors end their e-text
/// with a NUL.
fn text(text: &str) -> String {
    let text = text.trim_end_matches('\0');
    text.chars()
        .take(TEXT_LIMIT)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_says_why() {
        let reason = |bytes: &[u8]| match read(bytes) {
            Body::Unreadable { reason } => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason(b""), "it is empty");
        assert_eq!(reason(b"GET / HTTP/1.1"), "no Kerberos message has the tag 0x47");
        assert!(reason(&[0x7e, 0x81]).contains("cut short"), "{}", reason(&[0x7e, 0x81]));
        assert!(reason(&[0x6e, 0x02, 0x30, 0x00]).len() > 10);
    }

    #[test]
    fn text_cannot_break_a_line_or_a_column() {
        assert_eq!(text("a\tb\nc\u{1b}[2J"), "a\u{fffd}b\u{fffd}c\u{fffd}[2J");
        assert_eq!(text("No such entry\0"), "No such entry");
        assert_eq!(text(&"x".repeat(5000)).len(), TEXT_LIMIT);
    }
}
