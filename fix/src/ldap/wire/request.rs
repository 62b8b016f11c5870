//! LDAP requests (RFC 4511 section 4).

use super::ber::{ENUMERATED, INTEGER, OCTETS, SEQUENCE, SET, nest, put, put_number};
use crate::ldap::filter::Filter;

/// Simple Paged Results (RFC 2696).
pub(in crate::ldap) const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
/// StartTLS (RFC 4511 section 4.14).
const START_TLS: &str = "1.3.6.1.4.1.1466.20037";

const BOOLEAN: u8 = 0x01;

/// How deep to search below the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ldap) enum Depth {
    Base = 0,
    OneLevel = 1,
    Subtree = 2,
}

/// One page of a search.
pub(in crate::ldap) struct Search<'a> {
    pub(in crate::ldap) base: &'a str,
    pub(in crate::ldap) depth: Depth,
    pub(in crate::ldap) filter: &'a Filter,
    pub(in crate::ldap) attributes: &'a [&'a str],
    /// Page size and the cookie of the page before.
    pub(in crate::ldap) page: Option<(u32, &'a [u8])>,
}

/// A change of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ldap) enum Change {
    Add = 0,
    Delete = 1,
}

/// Puts an operation into a message.
fn message(id: u32, fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    nest(&mut out, SEQUENCE, |out| {
        put_number(out, INTEGER, id);
        fill(out);
    });
    out
}

pub(in crate::ldap) fn start_tls(id: u32) -> Vec<u8> {
    message(id, |out| nest(out, 0x77, |out| put(out, 0x80, START_TLS.as_bytes())))
}

pub(in crate::ldap) fn unbind(id: u32) -> Vec<u8> {
    message(id, |out| put(out, 0x42, &[]))
}

pub(in crate::ldap) fn simple_bind(id: u32, user: &str, password: &str) -> Vec<u8> {
    bind(id, user, |out| put(out, 0x80, password.as_bytes()))
}

/// One step of a SASL bind. Absent credentials differ from empty ones.
#[cfg(feature = "kerberos")]
pub(in crate::ldap) fn sasl_bind(id: u32, mechanism: &str, credentials: &[u8]) -> Vec<u8> {
    bind(id, "", |out| {
        nest(out, 0xa3, |out| {
            put(out, OCTETS, mechanism.as_bytes());
            put(out, OCTETS, credentials);
        });
    })
}

fn bind(id: u32, name: &str, authentication: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    message(id, |out| {
        nest(out, 0x60, |out| {
            put_number(out, INTEGER, 3);
            put(out, OCTETS, name.as_bytes());
            authentication(out);
        });
    })
}

pub(in crate::ldap) fn modify(
    id: u32,
    dn: &str,
    change: Change,
    attribute: &str,
    value: &str,
) -> Vec<u8> {
    message(id, |out| {
        nest(out, 0x66, |out| {
            put(out, OCTETS, dn.as_bytes());
            nest(out, SEQUENCE, |out| {
                nest(out, SEQUENCE, |out| {
                    put_number(out, ENUMERATED, change as u32);
                    nest(out, SEQUENCE, |out| {
                        put(out, OCTETS, attribute.as_bytes());
                        nest(out, SET, |out| put(out, OCTETS, value.as_bytes()));
                    });
                });
            });
        });
    })
}

pub(in crate::ldap) fn search(id: u32, search: &Search<'_>) -> Vec<u8> {
    message(id, |out| {
        nest(out, 0x63, |out| {
            put(out, OCTETS, search.base.as_bytes());
            put_number(out, ENUMERATED, search.depth as u32);
            // Aliases are never followed. The server's own limits apply.
            put_number(out, ENUMERATED, 0);
            put_number(out, INTEGER, 0);
            put_number(out, INTEGER, 0);
            put(out, BOOLEAN, &[0]);
            search.filter.write(out);
            nest(out, SEQUENCE, |out| {
                for attribute in search.attributes {
                    put(out, OCTETS, attribute.as_bytes());
                }
            });
        });
        if let Some((size, cookie)) = search.page {
            let mut value = Vec::new();
            nest(&mut value, SEQUENCE, |out| {
                put_number(out, INTEGER, size);
                put(out, OCTETS, cookie);
            });
            nest(out, 0xa0, |out| {
                nest(out, SEQUENCE, |out| {
                    put(out, OCTETS, PAGED_RESULTS.as_bytes());
                    put(out, BOOLEAN, &[0xff]);
                    put(out, OCTETS, &value);
                });
            });
        }
    })
}
