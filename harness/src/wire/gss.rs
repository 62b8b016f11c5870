//! The Kerberos message inside a token of the Negotiate or Kerberos scheme.
//!
//! GSS framing: RFC 2743 section 3.1. SPNEGO: RFC 4178 section 4.2. Kerberos in GSS: RFC 4121
//! section 4.1.

use der_parser::asn1_rs::{Any, Class, FromDer};

/// The Kerberos mechanism, 1.2.840.113554.1.2.2.
const OID_KRB5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
/// The same as old Windows versions misspell it (MS-SPNG), 1.2.840.48018.1.2.2.
const OID_KRB5_MS: &[u8] = &[0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02];
/// SPNEGO, 1.3.6.1.5.5.2.
const OID_SPNEGO: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];

/// What a token holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A Kerberos message.
    Kerberos(&'a [u8]),
    /// Something else that is allowed here: NTLM, another mechanism, or a SPNEGO state alone.
    Other,
    /// It cannot be read.
    Damaged(&'static str),
}

/// Looks into a token.
pub(super) fn open(token: &[u8]) -> Token<'_> {
    look(token).unwrap_or(Token::Damaged("the GSS token is damaged"))
}

/// `None` if the token is damaged.
fn look(token: &[u8]) -> Option<Token<'_>> {
    match token.first()? {
        0x60 => framed(token, true),
        // NegTokenInit without its frame, or NegTokenResp, which never has one.
        0xa0 | 0xa1 => negotiation(token),
        _ if token.starts_with(b"NTLMSSP\0") => Some(Token::Other),
        _ => mechanism(token),
    }
}

/// A token of the mechanism itself: with its frame, or the bare message as DCE style has it.
fn mechanism(token: &[u8]) -> Option<Token<'_>> {
    match token.first()? {
        0x60 => framed(token, false),
        0x6e | 0x6f | 0x7e => Some(Token::Kerberos(token)),
        _ if token.starts_with(b"NTLMSSP\0") => Some(Token::Other),
        _ => None,
    }
}

/// `[APPLICATION 0] { OID, inner token }`. SPNEGO is never inside SPNEGO, so this ends.
fn framed(token: &[u8], spnego_allowed: bool) -> Option<Token<'_>> {
    let frame = element(token, Class::Application, 0)?;
    let (inner, oid) = Any::from_der(frame).ok()?;
    if oid.class() != Class::Universal || oid.tag().0 != 6 {
        return None;
    }
    match oid.data {
        OID_KRB5 | OID_KRB5_MS => match inner.split_first_chunk::<2>()? {
            // AP-REQ, AP-REP and KRB-ERROR (RFC 4121 section 4.1).
            ([0x01..=0x03, 0x00], message) => Some(Token::Kerberos(message)),
            _ => Some(Token::Other),
        },
        OID_SPNEGO if spnego_allowed => negotiation(inner),
        OID_SPNEGO => None,
        _ => Some(Token::Other),
    }
}

/// NegTokenInit `[0]` or NegTokenResp `[1]`: in both, field 2 is the mechanism's token.
fn negotiation(token: &[u8]) -> Option<Token<'_>> {
    let sequence = element(token, Class::ContextSpecific, 0)
        .or_else(|| element(token, Class::ContextSpecific, 1))?;
    let mut fields = element(sequence, Class::Universal, 16)?;
    while !fields.is_empty() {
        let (rest, field) = Any::from_der(fields).ok()?;
        if field.class() == Class::ContextSpecific && field.tag().0 == 2 {
            return mechanism(element(field.data, Class::Universal, 4)?);
        }
        fields = rest;
    }
    Some(Token::Other)
}

/// The contents of the one element in these bytes.
fn element(bytes: &[u8], class: Class, tag: u32) -> Option<&[u8]> {
    let (rest, found) = Any::from_der(bytes).ok()?;
    (rest.is_empty() && found.class() == class && found.tag().0 == tag).then_some(found.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An element with a short length.
    fn der(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
        let contents = contents.concat();
        [&[tag, u8::try_from(contents.len()).unwrap()][..], &contents].concat()
    }

    fn krb5(oid: &[u8], id: [u8; 2]) -> Vec<u8> {
        der(0x60, &[&der(0x06, &[oid]), &id, b"message"])
    }

    #[test]
    fn every_framing_leads_to_the_same_message() {
        let bare = krb5(OID_KRB5, [1, 0]);
        let field = der(0xa2, &[&der(0x04, &[&bare])]);
        let mechanisms = der(0xa0, &[&der(0x30, &[&der(0x06, &[OID_KRB5_MS])])]);
        let init = der(0xa0, &[&der(0x30, &[&mechanisms, &field])]);
        let spnego = der(0x60, &[&der(0x06, &[OID_SPNEGO]), &init]);
        let response = der(0xa1, &[&der(0x30, &[&der(0xa0, &[&[10, 1, 2]]), &field])]);
        for token in [bare, krb5(OID_KRB5_MS, [3, 0]), init, spnego, response] {
            assert_eq!(open(&token), Token::Kerberos(b"message"), "{token:02x?}");
        }
        assert_eq!(open(&[0x7e, 0x01]), Token::Kerberos(&[0x7e, 0x01]));
    }

    #[test]
    fn what_is_not_kerberos_is_left_alone() {
        let state_alone = der(0xa1, &[&der(0x30, &[&der(0xa0, &[&[10, 1, 0]])])]);
        let mic = krb5(OID_KRB5, [4, 4]);
        let other = krb5(&[0x2a, 0x03], [1, 0]);
        for token in [b"NTLMSSP\0\x01".to_vec(), state_alone, mic, other] {
            assert_eq!(open(&token), Token::Other, "{token:02x?}");
        }
    }

    #[test]
    fn damage_is_said_to_be_damage() {
        let nested = der(0x60, &[&der(0x06, &[OID_SPNEGO]), &[0xa0, 0x7f]]);
        for token in [&b""[..], b"\x60", b"\x60\x80\x06", b"hello", &nested] {
            assert!(matches!(open(token), Token::Damaged(_)), "{token:02x?}");
        }
    }
}
