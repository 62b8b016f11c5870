use super::*;

/// A raw token whose Kerberos message is damaged: it is the tag alone.
const TOKEN: &str = "Negotiate fgE=";

fn bodies(stream: &str, side: Side) -> Vec<String> {
    messages(stream.as_bytes(), side)
        .map(|found| match found.body {
            Body::Unreadable { reason } => reason,
            other => format!("{other:?}"),
        })
        .collect()
}

fn tokens_in(stream: &str, side: Side) -> usize {
    bodies(stream, side).iter().filter(|reason| reason.contains("message is cut short")).count()
}

#[test]
fn messages_follow_each_other_on_one_connection() {
    let stream = format!(
        "POST /wsman HTTP/1.1\r\nHost: mem1\r\nContent-Length: 5\r\n\r\nhello\
         POST /wsman HTTP/1.1\r\nauthorization: {TOKEN}\r\nContent-Length: 0\r\n\r\n\
         POST /wsman HTTP/1.1\r\nAuthorization: Kerberos fgE=\r\n\r\n"
    );
    assert_eq!(tokens_in(&stream, Side::Requests), 2, "{:?}", bodies(&stream, Side::Requests));
}

#[test]
fn a_head_inside_content_is_content() {
    let inner = format!("POST / HTTP/1.1\r\nAuthorization: {TOKEN}\r\n\r\n");
    let stream = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{inner}", inner.len());
    assert!(bodies(&stream, Side::Requests).is_empty());
}

#[test]
fn answers_have_their_own_field_and_lengths() {
    let stream = format!(
        "HTTP/1.1 100 Continue\r\n\r\n\
         HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"WSMAN\", {TOKEN}\r\n\
         Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\
         HTTP/1.1 204 No Content\r\nWWW-Authenticate: {TOKEN}\r\n\r\n\
         HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: {TOKEN}\r\n\r\n\
         to the end"
    );
    assert_eq!(tokens_in(&stream, Side::Answers), 3, "{:?}", bodies(&stream, Side::Answers));
}

#[test]
fn the_status_is_that_of_the_last_answer_that_is_whole() {
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let wait = "HTTP/1.1 100 Continue\r\n\r\n";
    let chunked = "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    let to_the_end = "HTTP/1.1 401 Unauthorized\r\n\r\nno";
    for (stream, status) in [
        (ok.to_owned(), Some(200)),
        ([ok, chunked].concat(), Some(500)),
        ([chunked, to_the_end].concat(), Some(401)),
        ([ok, wait].concat(), Some(200)),
        // These answers are incomplete, so the last one is what the client had before.
        ([ok, &chunked[..chunked.len() - 4]].concat(), Some(200)),
        ([chunked, &ok[..ok.len() - 1]].concat(), Some(500)),
        ([ok, "HTTP/1.1 401 Unauth"].concat(), Some(200)),
        (wait.to_owned(), None),
        (String::new(), None),
        ("nonsense\r\n\r\n".to_owned(), None),
    ] {
        let last = last_status(stream.as_bytes());
        assert_eq!(last.map(|(_, status)| status), status, "{stream}");
    }
    assert_eq!(last_status([ok, wait].concat().as_bytes()), Some((ok.len(), 200)));
}

#[test]
fn damage_is_said_and_ends_the_stream() {
    for (stream, words) in [
        ("POST / HTTP/1.1\r\nHost: x\r\n", "cut short"),
        ("\u{0}\u{1}\r\n\r\n", "no head"),
        ("POST / HTTP/1.1\r\nAuthorization: Negotiate %%\r\n\r\n", "not base64"),
        ("POST / HTTP/1.1\r\nAuthorization: Negotiate aGVsbG8=\r\n\r\n", "GSS token is damaged"),
    ] {
        let said = bodies(stream, Side::Requests);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(words), "{said:?}");
    }
}

#[test]
fn lengths_that_lie_stop_the_reading() {
    for field in
        ["Content-Length: 18446744073709551615", "Content-Length: x", "Transfer-Encoding: chunked"]
    {
        let stream = format!("POST / HTTP/1.1\r\n{field}\r\n\r\nffffffffffffffff\r\nPOST");
        assert!(bodies(&stream, Side::Requests).is_empty(), "{field}");
    }
}
