//! Reads a credential cache of MIT Kerberos: a ticket to compare with the wire, or all of them as a
//! list.

use serde::Serialize;

use super::kerberos;
use super::message::Ticket;

/// The format's number, in the first two bytes of the file: version 4.
const VERSION: [u8; 2] = [5, 4];
/// The realm of the entries in which MIT Kerberos keeps settings of its own.
const SETTINGS: &str = "X-CACHECONF:";

/// A ticket that a client keeps, as the cache describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptTicket {
    /// Whose ticket it is, such as `trainer@CONTOSO.COM`.
    pub client: String,
    /// For which service, such as `HTTP/mem1.contoso.com@CONTOSO.COM`.
    pub server: String,
    /// Encryption type of the ticket itself.
    pub etype: i32,
    /// Encryption type of the session key.
    pub session_key_etype: u16,
    /// The ticket's flags (RFC 4120 section 5.3).
    pub flags: u32,
    /// When it begins to be valid, in seconds since 1970.
    pub begins: u32,
    /// When it ends.
    pub ends: u32,
    /// Until when it can be renewed; 0 if it cannot.
    pub renewable_until: u32,
}

/// The tickets of a cache, in the order in which the client got them.
///
/// # Errors
/// The bytes are no such cache, or one of its entries is no ticket.
pub(crate) fn kept(cache: &[u8]) -> Result<Vec<KeptTicket>, String> {
    let all = entries(cache).ok_or("the credential cache cannot be read")?;
    let tickets = all.into_iter().filter(|entry| !entry.server.1.starts_with(SETTINGS));
    let tickets = tickets.map(|entry| {
        let [begins, ends, renewable_until] = entry.times;
        Ok(KeptTicket {
            client: with_realm(&entry.client),
            server: with_realm(&entry.server),
            etype: kerberos::ticket_of(entry.ticket)?.encrypted.etype,
            session_key_etype: entry.session_key_etype,
            flags: entry.flags,
            begins,
            ends,
            renewable_until,
        })
    });
    tickets.collect()
}

fn with_realm((name, realm): &(String, String)) -> String {
    format!("{name}@{realm}")
}

/// The last ticket for this SPN; `None` if there is none, or if the file is empty.
///
/// # Errors
/// The bytes are no such cache, or its entry for the SPN is no ticket.
pub(crate) fn ticket(cache: &[u8], spn: &str) -> Result<Option<Ticket>, String> {
    if cache.is_empty() {
        return Ok(None);
    }
    let all = entries(cache).ok_or("the credential cache cannot be read")?;
    let last = all.iter().rfind(|entry| entry.server.0 == spn);
    last.map(|entry| kerberos::ticket_of(entry.ticket)).transpose()
}

/// One entry of a cache. Names have their realms beside them.
struct Entry<'a> {
    client: (String, String),
    server: (String, String),
    session_key_etype: u16,
    /// Begin, end, and end of renewal.
    times: [u32; 3],
    flags: u32,
    ticket: &'a [u8],
}

/// The entries of a cache (MIT Kerberos, Credential cache file format).
fn entries(cache: &[u8]) -> Option<Vec<Entry<'_>>> {
    let mut rest = Reader(cache);
    if rest.take(2)? != VERSION {
        return None;
    }
    let header = u16::from_be_bytes(*rest.take(2)?.first_chunk()?);
    rest.take(header.into())?;
    let _owner = rest.principal()?;
    let mut found = Vec::new();
    while !rest.0.is_empty() {
        let (client, server) = (rest.principal()?, rest.principal()?);
        let (session_key_etype, _key) = rest.typed()?;
        let (authenticated, begins) = (rest.long()?, rest.long()?);
        // A ticket without a begin is valid from the authentication on.
        let begins = if begins == 0 { authenticated } else { begins };
        let times = [begins, rest.long()?, rest.long()?];
        let _user_to_user = rest.take(1)?;
        let flags = rest.long()?;
        for _addresses_then_authdata in 0..2 {
            for _ in 0..rest.number()? {
                rest.typed()?;
            }
        }
        let (ticket, _second) = (rest.data()?, rest.data()?);
        found.push(Entry { client, server, session_key_etype, times, flags, ticket });
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

    fn long(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?))
    }

    fn number(&mut self) -> Option<usize> {
        Some(self.long()? as usize)
    }

    fn data(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    /// Data with its type in the two bytes before it.
    fn typed(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16::from_be_bytes(*self.take(2)?.first_chunk()?);
        Some((kind, self.data()?))
    }

    /// A principal's name, and its realm.
    fn principal(&mut self) -> Option<(String, String)> {
        let _kind = self.number()?;
        let components = self.number()?;
        let realm = String::from_utf8_lossy(self.data()?).into_owned();
        let mut name = Vec::new();
        for _ in 0..components {
            name.push(String::from_utf8_lossy(self.data()?));
        }
        Some((name.join("/"), realm))
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
        let times = [1_u32, 2, 3, 4].map(u32::to_be_bytes).concat();
        let fixed = [&times[..], &[0], &0x40a1_0000_u32.to_be_bytes()].concat();
        let lists = [&one[..], &address, &none].concat();
        [client, server, key, fixed, lists, data(ticket), data(b"")].concat()
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
    fn every_ticket_is_listed_with_its_times_and_flags() {
        let other = credential(&["krb5_ccache_conf_data", "fast_avail"], b"yes");
        let realm = data(b"CONTOSO.COM");
        let settings = data(SETTINGS.as_bytes());
        // The second realm of an entry is that of the server.
        let at = other.windows(realm.len()).rposition(|bytes| bytes == realm).unwrap();
        let other = [&other[..at], &settings, &other[at + realm.len()..]].concat();
        let all = kept(&cache(&[credential(&["HTTP", "mem1"], &der(2)), other])).unwrap();
        let expected = KeptTicket {
            client: "trainer@CONTOSO.COM".to_owned(),
            server: "HTTP/mem1@CONTOSO.COM".to_owned(),
            etype: 18,
            session_key_etype: 18,
            flags: 0x40a1_0000,
            begins: 2,
            ends: 3,
            renewable_until: 4,
        };
        assert_eq!(all, [expected]);
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
