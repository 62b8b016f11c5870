//! The clear parts of the tokens that WinRM clients and endpoints exchange.
//!
//! GSS framing: RFC 2743 section 3.1. Kerberos in GSS: RFC 4121 section 4.1. SPNEGO: RFC 4178
//! section 4.2. AP-REQ, Ticket, KRB-ERROR: RFC 4120 sections 5.5.1, 5.3, 5.9.1. It decrypts
//! nothing.

use super::der::{Der, DerError};
use thiserror::Error;

const OID_KRB5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
/// The krb5 OID as old Windows versions misspelled it (MS-SPNG). The token inside is the same.
const OID_KRB5_MS: &[u8] = &[0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02];
const OID_SPNEGO: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];

/// Why a Kerberos endpoint cannot use a token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// NTLM, which this program does not speak.
    #[error("the token is NTLM, and only Kerberos is spoken here")]
    Ntlm,
    /// SPNEGO without Kerberos among the mechanisms, or an unknown mechanism.
    #[error("the token offers no Kerberos mechanism")]
    NoKerberos,
    /// A Kerberos message of another kind.
    #[error("the token holds another Kerberos message (token id {0:02x} {1:02x})")]
    OtherMessage(u8, u8),
    /// The token is damaged.
    #[error(transparent)]
    Der(#[from] DerError),
}

/// The framing of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// A bare Kerberos token (RFC 4121).
    Krb5,
    /// A Kerberos token inside SPNEGO (RFC 4178).
    Spnego,
}

impl Mechanism {
    /// Its name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Krb5 => "krb5",
            Self::Spnego => "spnego",
        }
    }
}

/// The clear part of an initiator's first token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialToken {
    /// How the Kerberos token is framed.
    pub mechanism: Mechanism,
    /// The clear part of the ticket; `None` if SPNEGO carries no optimistic Kerberos token.
    pub ticket: Option<TicketFacts>,
}

/// The clear part of a ticket (RFC 4120 section 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFacts {
    /// The service principal name that the client asked for, without the realm.
    pub sname: String,
    /// The realm that issued the ticket.
    pub realm: String,
    /// The etype of the encrypted part.
    pub etype: i32,
    /// The version of the key that encrypted it.
    pub kvno: Option<u32>,
}

/// The content of a KRB-ERROR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KrbError {
    /// The error code (RFC 4120 section 7.5.9).
    pub code: i32,
    /// The realm of the server that answers.
    pub realm: String,
    /// The principal of the server that answers.
    pub sname: String,
    code_at: Option<usize>,
}

/// Reads an initiator's first token.
pub fn initial(token: &[u8]) -> Result<InitialToken, TokenError> {
    if token.starts_with(b"NTLMSSP\0") {
        return Err(TokenError::Ntlm);
    }
    let mut framed = Der::new(token).only(0x60)?;
    let oid = framed.expect(0x06)?;
    match oid.rest() {
        OID_KRB5 | OID_KRB5_MS => {
            let ticket = Some(ap_req(&mut framed)?);
            Ok(InitialToken { mechanism: Mechanism::Krb5, ticket })
        }
        OID_SPNEGO => spnego_init(&mut framed),
        _ => Err(TokenError::NoKerberos),
    }
}

fn spnego_init(framed: &mut Der<'_>) -> Result<InitialToken, TokenError> {
    let mut fields = framed.only(0xa0)?.only(0x30)?;
    let mut mechanisms = fields.expect(0xa0)?.only(0x30)?;
    let mut first = None;
    let mut kerberos = false;
    while !mechanisms.is_empty() {
        let is_krb5 = matches!(mechanisms.expect(0x06)?.rest(), OID_KRB5 | OID_KRB5_MS);
        first.get_or_insert(is_krb5);
        kerberos |= is_krb5;
    }
    if !kerberos {
        return Err(TokenError::NoKerberos);
    }
    fields.optional(0xa1)?;
    let mut ticket = None;
    if let Some(mut field) = fields.optional(0xa2)? {
        let mut inner = field.only(0x04)?;
        // The optimistic token belongs to the first mechanism of the list (RFC 4178 4.2.1).
        if first == Some(true) {
            let mut framed = inner.only(0x60)?;
            framed.expect(0x06)?;
            ticket = Some(ap_req(&mut framed)?);
        }
    }
    fields.optional(0xa3)?;
    // If this reader finds no ticket here, the library must not find one either.
    fields.finish()?;
    Ok(InitialToken { mechanism: Mechanism::Spnego, ticket })
}

fn ap_req(framed: &mut Der<'_>) -> Result<TicketFacts, TokenError> {
    token_id(framed, 0x01)?;
    let mut fields = framed.only(0x6e)?.only(0x30)?;
    for tag in [0xa0, 0xa1, 0xa2] {
        fields.expect(tag)?;
    }
    let mut ticket = fields.expect(0xa3)?.only(0x61)?.only(0x30)?;
    fields.only(0xa4)?;
    ticket.expect(0xa0)?;
    let realm = ticket.expect(0xa1)?.general_string()?;
    let sname = principal_name(&mut ticket.expect(0xa2)?)?;
    let mut enc_part = ticket.only(0xa3)?.only(0x30)?;
    let etype = enc_part.expect(0xa0)?.integer()?;
    // AD writes kvno as an unsigned number into a signed field (MS-KILE 3.1.5.8), hence the cast.
    let kvno = match enc_part.optional(0xa1)? {
        Some(mut field) => Some(field.integer()?.cast_unsigned()),
        None => None,
    };
    enc_part.only(0xa2)?;
    Ok(TicketFacts { sname, realm, etype, kvno })
}

fn token_id(framed: &mut Der<'_>, wanted: u8) -> Result<(), TokenError> {
    match framed.take(2)? {
        [kind, 0x00] if *kind == wanted => Ok(()),
        [a, b] => Err(TokenError::OtherMessage(*a, *b)),
        _ => Err(DerError::Truncated { at: framed.position() }.into()),
    }
}

fn principal_name(field: &mut Der<'_>) -> Result<String, DerError> {
    let mut name = field.only(0x30)?;
    name.expect(0xa0)?;
    let mut parts = name.only(0xa1)?.only(0x30)?;
    let mut text = String::new();
    while !parts.is_empty() {
        if !text.is_empty() {
            text.push('/');
        }
        text.push_str(&parts.general_string()?);
    }
    Ok(text)
}

/// Reads the KRB-ERROR in an acceptor's error token, bare or inside SPNEGO's NegTokenResp.
pub fn krb_error(token: &[u8]) -> Result<KrbError, TokenError> {
    let mut outer = Der::new(token);
    if outer.peek() != Some(0xa1) {
        return framed_krb_error(&mut outer);
    }
    let mut fields = outer.expect(0xa1)?.expect(0x30)?;
    outer.finish()?;
    fields.optional(0xa0)?;
    fields.optional(0xa1)?;
    let mut response = fields.expect(0xa2)?.expect(0x04)?;
    framed_krb_error(&mut response)
}

fn framed_krb_error(outer: &mut Der<'_>) -> Result<KrbError, TokenError> {
    let mut framed = outer.expect(0x60)?;
    outer.finish()?;
    framed.expect(0x06)?;
    token_id(&mut framed, 0x03)?;
    let mut fields = framed.expect(0x7e)?.expect(0x30)?;
    framed.finish()?;
    fields.expect(0xa0)?;
    fields.expect(0xa1)?;
    for tag in 0xa2..=0xa5 {
        fields.optional(tag)?;
    }
    let mut field = fields.expect(0xa6)?;
    // Tag and length take two octets when the number itself takes one.
    let code_at = (field.rest().len() == 3).then_some(field.position() + 2);
    let code = field.integer()?;
    fields.optional(0xa7)?;
    fields.optional(0xa8)?;
    let realm = fields.expect(0xa9)?.general_string()?;
    let sname = principal_name(&mut fields.expect(0xaa)?)?;
    Ok(KrbError { code, realm, sname, code_at })
}

/// Writes another error code into an acceptor's error token. A KRB-ERROR has no integrity
/// protection (RFC 4120 section 5.9.1), so the token stays valid.
///
/// Returns `false`, and changes nothing, if the code does not take exactly one octet.
pub fn set_error_code(token: &mut [u8], error: &KrbError, code: u8) -> bool {
    let slot = error.code_at.and_then(|at| token.get_mut(at));
    match slot {
        Some(octet) if code < 0x80 => {
            *octet = code;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
