//! LDAP responses (RFC 4511 section 4).

use uuid::Uuid;

use super::ber::{ENUMERATED, INTEGER, Malformed, OCTETS, Reader, SEQUENCE, SET};
use super::request::PAGED_RESULTS;

pub(in crate::ldap) const BIND: u8 = 0x61;
pub(in crate::ldap) const ENTRY: u8 = 0x64;
pub(in crate::ldap) const DONE: u8 = 0x65;
pub(in crate::ldap) const MODIFIED: u8 = 0x67;
pub(in crate::ldap) const REFERENCE: u8 = 0x73;
pub(in crate::ldap) const EXTENDED: u8 = 0x78;
pub(in crate::ldap) const INTERMEDIATE: u8 = 0x79;

/// Most attributes of one entry: far more than any question asks for.
const MOST_ATTRIBUTES: usize = 64;

/// A message from the server.
#[derive(Clone, Copy, Debug)]
pub(in crate::ldap) struct Message<'a> {
    pub(in crate::ldap) id: u32,
    pub(in crate::ldap) kind: u8,
    body: Reader<'a>,
    controls: Option<Reader<'a>>,
}

/// A result (RFC 4511 section 4.1.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ldap) struct LdapResult {
    pub(in crate::ldap) code: u32,
    pub(in crate::ldap) text: String,
    /// Of a bind (RFC 4511 section 4.2.2).
    pub(in crate::ldap) sasl: Vec<u8>,
}

/// The one attribute that is no text: 16 bytes, in the order of MS-DTYP 2.3.4.2.
pub(in crate::ldap) const GUID: &str = "objectGUID";

/// An entry. U+FFFD replaces bytes of a value that are no UTF-8. A GUID is in its usual text form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ldap) struct Entry {
    pub(in crate::ldap) dn: String,
    pub(in crate::ldap) attributes: Vec<(String, Vec<String>)>,
}

impl<'a> Message<'a> {
    pub(in crate::ldap) fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut inside = Reader::new(bytes).enter(SEQUENCE)?;
        let id = inside.number(INTEGER)?;
        let (kind, body) = inside.next()?;
        let controls = if inside.is_empty() { None } else { Some(inside.enter(0xa0)?) };
        Ok(Self { id, kind, body: Reader::new(body), controls })
    }

    pub(in crate::ldap) fn result(mut self) -> Result<LdapResult, Malformed> {
        let code = self.body.number(ENUMERATED)?;
        self.body.take(OCTETS)?;
        let text = String::from_utf8_lossy(self.body.take(OCTETS)?).into_owned();
        let mut sasl = Vec::new();
        while !self.body.is_empty() {
            if let (0x87, credentials) = self.body.next()? {
                sasl = credentials.to_vec();
            }
        }
        Ok(LdapResult { code, text, sasl })
    }

    pub(in crate::ldap) fn entry(mut self) -> Result<Entry, Malformed> {
        let dn = self.body.text(OCTETS)?.to_owned();
        let mut list = self.body.enter(SEQUENCE)?;
        let mut attributes: Vec<(String, Vec<String>)> = Vec::new();
        while !list.is_empty() {
            if attributes.len() == MOST_ATTRIBUTES {
                return Err(Malformed("an entry has more attributes than were asked for"));
            }
            let mut attribute = list.enter(SEQUENCE)?;
            let name = attribute.text(OCTETS)?.to_owned();
            // RFC 4511 section 4.1.7
            if attributes.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                return Err(Malformed("an entry has an attribute twice"));
            }
            let (mut set, mut values) = (attribute.enter(SET)?, Vec::new());
            while !set.is_empty() {
                values.push(text(&name, set.take(OCTETS)?));
            }
            attributes.push((name, values));
        }
        Ok(Entry { dn, attributes })
    }

    /// The cookie of the next page. It is empty after the last page, and if the server does not
    /// page.
    pub(in crate::ldap) fn cookie(self) -> Result<Vec<u8>, Malformed> {
        let Some(mut controls) = self.controls else { return Ok(Vec::new()) };
        while !controls.is_empty() {
            let mut control = controls.enter(SEQUENCE)?;
            if control.take(OCTETS)? != PAGED_RESULTS.as_bytes() {
                continue;
            }
            while !control.is_empty() {
                if let (OCTETS, value) = control.next()? {
                    let mut value = Reader::new(value).enter(SEQUENCE)?;
                    value.take(INTEGER)?;
                    return Ok(value.take(OCTETS)?.to_vec());
                }
            }
        }
        Ok(Vec::new())
    }
}

fn text(attribute: &str, value: &[u8]) -> String {
    match <[u8; 16]>::try_from(value) {
        Ok(guid) if attribute.eq_ignore_ascii_case(GUID) => Uuid::from_bytes_le(guid).to_string(),
        _ => String::from_utf8_lossy(value).into_owned(),
    }
}
