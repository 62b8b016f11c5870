//! Reads a ticket from a credential cache of MIT Kerberos, to compare it with the wire.

use super::kerberos;
use super::message::Ticket;

/// The format's number, in the first two bytes of the file: version 4.
const VERSION: [u8; 2] = [5, 4];
/// Length of the times, the user-to-user flag and the ticket's flags, in bytes.
const TIMES_AND_FLAGS: usize = 4 * 4 + 1 + 4;

/// The last ticket for this SPN; `None` if there is none, or if the file is empty.
///
/// # Errors
/// The bytes are no such cache, or its entry for the SPN is no ticket.
pub(crate) fn ticket(cache: &[u8], spn: &str) -> Result<Option<Ticket>, String> {
    if cache.is_empty() {
        return Ok(None);
    }
    let all = tickets(cache, spn).ok_or("the credential cache cannot be read")?;
    all.last().map(|bytes| kerberos::ticket_of(bytes)).transpose()
}

/// The bytes of the tickets for this SPN (MIT Kerberos, Credential cache file format).
fn tickets<'a>(cache: &'a [u8], spn: &str) -> Option<Vec<&'a [u8]>> {
    let mut rest = Reader(cache);
    if rest.take(2)? != VERSION {
        return None;
    }
    let header = u16::from_be_bytes(*rest.take(2)?.first_chunk()?);
    rest.take(header.into())?;
    let _owner = rest.principal()?;
    let mut found = Vec::new();
    while !rest.0.is_empty() {
        let (_client, server) = (rest.principal()?, rest.principal()?);
        rest.typed()?;
        rest.take(TIMES_AND_FLAGS)?;
        for _addresses_then_authdata in 0..2 {
            for _ in 0..rest.number()? {
                rest.typed()?;
            }
        }
        let (ticket, _second) = (rest.data()?, rest.data()?);
        if server == spn {
            found.push(ticket);
        }
    }
    Some(found)
}

/// The bytes that are not read yet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn number(&mut self) -> Option<usize> {
        Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?) as usize)
    }

    fn data(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    /// Data with its type in the two bytes before it.
    fn typed(&mut self) -> Option<&'a [u8]> {
        self.take(2)?;
        self.data()
    }

    /// A principal's name without the realm.
    fn principal(&mut self) -> Option<String> {
        let _kind = self.number()?;
        let components = self.number()?;
        let _realm = self.data()?;
        let mut name = Vec::new();
        for _ in 0..components {
            name.push(String::from_utf8_lossy(self.data()?));
        }
        Some(name.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }

    fn principal(components: &[&str]) -> Vec<u8> {
        let count = u32::try_from(components.len()).unwrap().to_be_bytes();
        let mut bytes = [&[0, 0, 0, 1], &count[..], &data(b"CONTOSO.COM")].concat();
        bytes.extend(components.iter().flat_map(|component| data(component.as_bytes())));
        bytes
    }

    fn credential(server: &[&str], ticket: &[u8]) -> Vec<u8> {
        let (client, server) = (principal(&["trainer"]), principal(server));
        let (key, address) = ([&[0, 18], &data(&[7; 32])[..]].concat(), [0, 2, 0, 0, 0, 1, 9]);
        let (one, none) = (1u32.to_be_bytes(), [0; 4]);
        let fixed = [0; TIMES_AND_FLAGS];
        let lists = [&one[..], &address, &none].concat();
        [client, server, key, fixed.to_vec(), lists, data(ticket), data(b"")].concat()
    }

    fn cache(credentials: &[Vec<u8>]) -> Vec<u8> {
        let head = [&VERSION[..], &[0, 3, 1, 2, 3]].concat();
        [head, principal(&["trainer"]), credentials.concat()].concat()
    }

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    }

    /// A ticket for HTTP/mem1 with this key version.
    fn der(kvno: u8) -> Vec<u8> {
        let text = |text: &str| tlv(0x1b, text.as_bytes());
        let number = |number| tlv(0x02, &[number]);
        let names = tlv(0x30, &[text("HTTP"), text("mem1")].concat());
        let sname = tlv(0x30, &[tlv(0xa0, &number(2)), tlv(0xa1, &names)].concat());
        let cipher = tlv(0xa2, &tlv(0x04, &[5; 40]));
        let part = [tlv(0xa0, &number(18)), tlv(0xa1, &number(kvno)), cipher].concat();
        let realm = tlv(0xa1, &text("CONTOSO.COM"));
        let part = tlv(0xa3, &tlv(0x30, &part));
        let all = [tlv(0xa0, &number(5)), realm, tlv(0xa2, &sname), part].concat();
        tlv(0x61, &tlv(0x30, &all))
    }

    #[test]
    fn the_last_ticket_for_the_spn_is_found() {
        let of = |kvno| credential(&["HTTP", "mem1"], &der(kvno));
        let other = credential(&["X-CACHECONF:", "fast_avail"], b"yes");
        let found = ticket(&cache(&[of(2), other, of(3)]), "HTTP/mem1").unwrap().unwrap();
        assert_eq!((found.realm.as_str(), found.sname.as_str()), ("CONTOSO.COM", "HTTP/mem1"));
        assert_eq!((found.encrypted.etype, found.encrypted.kvno), (18, Some(3)));
        assert_eq!(found.encrypted.cipher_end, [5; 32]);
        assert_eq!(ticket(&cache(&[of(2)]), "HTTP/other"), Ok(None));
        assert_eq!(ticket(b"", "HTTP/mem1"), Ok(None));
    }

    #[test]
    fn what_is_no_cache_or_no_ticket_says_so() {
        let whole = cache(&[credential(&["HTTP", "mem1"], &der(2))]);
        for bytes in [&whole[1..], &whole[..whole.len() - 1], &whole[..3]] {
            assert!(ticket(bytes, "HTTP/mem1").unwrap_err().contains("cannot be read"));
        }
        let damaged = cache(&[credential(&["HTTP", "mem1"], &der(2)[1..])]);
        assert!(ticket(&damaged, "HTTP/mem1").unwrap_err().contains("no ticket"));
    }
}
