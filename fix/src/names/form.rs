//! Other forms of a name, which users type where a host, an SPN or an account is asked for.

use std::net::{IpAddr, Ipv6Addr};

/// A text in another form than the one that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}: {reason}")]
pub struct FormError {
    /// The text.
    pub text: String,
    wanted: &'static str,
    reason: String,
    hint: String,
}

impl FormError {
    pub(super) fn new(text: &str, wanted: &'static str, reason: &str, hint: String) -> Self {
        Self { text: text.to_owned(), wanted, reason: reason.to_owned(), hint }
    }

    /// The next step: the right form.
    pub fn hint(&self) -> String {
        self.hint.clone()
    }
}

/// What a URL says about a service.
pub(super) struct Url<'a> {
    scheme: &'a str,
    pub(super) host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// Reads `scheme://[user@]host[:port][/…]`.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let place = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = match bracketed(place) {
            Some((host, port)) => (host, port),
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        Some(Self { scheme, host, port: port.filter(|port| !port.is_empty()) })
    }

    /// The SPN of its service, for a sentence. Browsers and WinRM ask for `HTTP` in both schemes.
    pub(super) fn spn(&self) -> String {
        let class = match self.scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => "HTTP",
            _ => self.scheme,
        };
        match (self.host, self.port) {
            ("", _) => "HTTP/mem1.contoso.com".to_owned(),
            (host, None) => format!("{class}/{host}"),
            (host, Some(port)) => {
                format!("{class}/{host}, or with the port {class}/{host}:{port}")
            }
        }
    }
}

/// The text within `[…]`, and the port behind it.
fn bracketed(text: &str) -> Option<(&str, Option<&str>)> {
    let (inside, behind) = text.strip_prefix('[')?.split_once(']')?;
    Some((inside, behind.strip_prefix(':')))
}

/// The address in the place of a host: bare, in brackets, with a zone, with a port behind it, or
/// as Windows writes it in a path (`fd00--1.ipv6-literal.net`).
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_end_matches('.');
    if let Some(six) = ipv6(text) {
        return Some(IpAddr::V6(six));
    }
    let host = text.split_once(':').map_or(text, |(host, _)| host);
    host.parse().ok().map(IpAddr::V4)
}

/// As [`address`], for IPv6.
pub(super) fn ipv6(text: &str) -> Option<Ipv6Addr> {
    let inside = bracketed(text).map_or(text, |(inside, _)| inside);
    let literal = inside.to_ascii_lowercase();
    let inside = match literal.strip_suffix(".ipv6-literal.net") {
        Some(windows) => windows.replace('-', ":").replace('s', "%"),
        None => literal,
    };
    inside.split('%').next().unwrap_or_default().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_service() {
        let table = [
            ("http://web7", "HTTP/web7"),
            ("https://web7.contoso.com/wsman?x=1", "HTTP/web7.contoso.com"),
            ("http://web7:5985/", "HTTP/web7, or with the port HTTP/web7:5985"),
            ("HTTP://a:b@web7#x", "HTTP/web7"),
            ("ldap://dc1", "ldap/dc1"),
            ("http://[fd00::1]:80/", "HTTP/fd00::1, or with the port HTTP/fd00::1:80"),
            ("http://", "HTTP/mem1.contoso.com"),
        ];
        for (text, spn) in table {
            assert_eq!(Url::read(text).unwrap().spn(), spn, "{text}");
        }
        assert!(Url::read("HTTP/web7").is_none());
    }

    #[test]
    fn an_address_is_one_in_every_form() {
        for text in ["10.0.0.5", "10.0.0.5.", "10.0.0.5:5985"] {
            assert_eq!(address(text), "10.0.0.5".parse().ok(), "{text}");
        }
        for text in
            ["fd00::1", "[fd00::1]", "[fd00::1]:5985", "FD00::1%eth0", "fd00--1.ipv6-literal.net"]
        {
            assert_eq!(address(text), "fd00::1".parse().ok(), "{text}");
        }
        for text in ["web7", "web7:80", "10.0.0", "", "[", "[]", "a::b::c", "fd00"] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[\\PC://\\[\\]@%.]{0,20}") {
            let _ = (address(&text), Url::read(&text).map(|url| url.spn()));
        }
    }
}
