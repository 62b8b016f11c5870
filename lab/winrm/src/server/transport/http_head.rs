//! Checks the head of every request (RFC 9112 section 3.2) before anything else.

use hyper::Version;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;

/// The authority of a request; `None` for a head that gets a 400.
///
/// A client may send the whole URI, as to a proxy. Then the URI must be this connection's, with the
/// authority of `Host`. A header that could contradict itself may come only once.
pub(crate) fn authority(head: &Parts, transport: &str) -> Option<Authority> {
    let once = |name| head.headers.get_all(name).iter().count() <= 1;
    if ![HOST, AUTHORIZATION, CONTENT_TYPE].iter().all(once) {
        return None;
    }
    let host = match head.headers.get(HOST) {
        Some(value) => Some(Authority::try_from(value.as_bytes()).ok().filter(is_host)?),
        None if head.version >= Version::HTTP_11 => return None,
        None => None,
    };
    match head.uri.authority() {
        None => host.or_else(|| Some(Authority::from_static("localhost"))),
        Some(named) => {
            let ours = head.uri.scheme_str() == Some(transport)
                && is_host(named)
                && host.as_ref().is_none_or(|host| host == named);
            ours.then(|| named.clone())
        }
    }
}

/// An authority without user information.
fn is_host(authority: &Authority) -> bool {
    !authority.as_str().contains('@') && !authority.host().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    fn judged(version: Version, uri: &str, headers: &[(&str, &str)]) -> Option<String> {
        let request = Request::post(uri).version(version);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).unwrap().into_parts();
        authority(&head, "http").map(|authority| authority.to_string())
    }

    #[test]
    fn one_host() {
        let judged = |headers: &[_]| judged(Version::HTTP_11, "/wsman", headers);
        for host in ["x", "mem1.contoso.com:5985", "[::1]:5985", "127.0.0.1"] {
            assert_eq!(judged(&[("Host", host)]).as_deref(), Some(host));
        }
        assert_eq!(judged(&[]), None);
        assert_eq!(judged(&[("Host", "x"), ("Host", "x")]), None);
        for host in ["", " ", "a b", "a/b", "a@b", "a,b c", "é"] {
            assert_eq!(judged(&[("Host", host)]), None, "{host}");
        }
        for twice in ["Authorization", "Content-Type"] {
            let one = [("Host", "x"), (twice, "a")];
            assert_eq!(judged(&one).as_deref(), Some("x"));
            assert_eq!(judged(&[&one[..], &one[1..]].concat()), None, "{twice}");
        }
    }

    #[test]
    fn older_clients_may_name_none() {
        assert_eq!(judged(Version::HTTP_10, "/wsman", &[]).as_deref(), Some("localhost"));
        assert_eq!(judged(Version::HTTP_10, "/wsman", &[("Host", "a b")]), None);
    }

    #[test]
    fn a_whole_uri_is_the_host_s() {
        let judged = |uri: &str, host| judged(Version::HTTP_11, uri, &[("Host", host)]);
        assert_eq!(judged("http://Mem1:5985/wsman", "mem1:5985").as_deref(), Some("Mem1:5985"));
        for uri in
            ["http://other/wsman", "https://mem1/wsman", "http://u@mem1/wsman", "ftp://mem1/wsman"]
        {
            assert_eq!(judged(uri, "mem1"), None, "{uri}");
        }
    }
}
