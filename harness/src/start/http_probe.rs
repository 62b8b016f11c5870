//! One unauthenticated HTTP request. It shows which authentication schemes a server offers, or what
//! time the server has.

use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::engine::Look;

/// The harness reads so many bytes of an answer.
const LIMIT: usize = 16 * 1024;
/// The longest time for one look.
const ONE_LOOK: Duration = Duration::from_secs(2);
/// The longest time for an answer of a ready server on a busy machine.
const ANSWER: Duration = Duration::from_secs(10);

/// Ready if the server at this port of 127.0.0.1 answers 401 and offers Negotiate (RFC 4559).
pub(crate) async fn offers_negotiate(port: u16, path: &str) -> Look {
    match tokio::time::timeout(ONE_LOOK, head(port, path)).await {
        Ok(Ok(head)) => judge(&head),
        Ok(Err(error)) => Look::NotYet(error.to_string()),
        Err(_) => Look::NotYet("no answer".to_owned()),
    }
}

/// The time in the answer of the server at this port of 127.0.0.1 (`Date`, RFC 9110 section 6.6.1),
/// in whole seconds. The error says why there is none.
pub(crate) async fn date(port: u16, path: &str) -> Result<SystemTime, String> {
    match tokio::time::timeout(ANSWER, head(port, path)).await {
        Ok(Ok(head)) => dated(&head),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

async fn head(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: mem1.contoso.com\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    let mut buffer = [0; 2048];
    while bytes.len() < LIMIT && !bytes.windows(4).any(|w| w == b"\r\n\r\n") {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..read]);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn judge(head: &str) -> Look {
    let status = status(head);
    let offered = fields(head, "www-authenticate")
        .any(|value| value.to_ascii_lowercase().starts_with("negotiate"));
    if status.contains(" 401") && offered { Look::Ready } else { Look::NotYet(status.to_owned()) }
}

fn dated(head: &str) -> Result<SystemTime, String> {
    let date = fields(head, "date").next();
    let date = date.ok_or_else(|| format!("an answer without a date: {}", status(head)))?;
    httpdate::parse_http_date(date).map_err(|_| format!("the date {date:?}"))
}

fn status(head: &str) -> &str {
    head.lines().next().unwrap_or("no answer")
}

/// The values of the fields of this name.
fn fields<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_401_with_negotiate_counts() {
        let ready = |head| matches!(judge(head), Look::Ready);
        assert!(ready("HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Negotiate\r\n\r\n"));
        assert!(!ready("HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\n\r\n"));
        assert!(!ready("HTTP/1.1 200 OK\r\nwww-authenticate: Negotiate\r\n\r\n"));
        assert!(!ready(""));
    }

    #[test]
    fn the_date_of_an_answer_is_its_server_s_time() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let answer =
            |field| format!("HTTP/1.1 401 Unauthorized\r\n{field}\r\nServer: Apache\r\n\r\n");
        for field in ["Date: Mon, 23 Nov 2026 07:55:02 GMT", "date:Mon, 23 Nov 2026 07:55:02 GMT"] {
            assert_eq!(dated(&answer(field)), Ok(at(1_795_420_502)));
        }
        let said = |head: &str| dated(head).unwrap_err();
        assert_eq!(
            said(&answer("Dated: x")),
            "an answer without a date: HTTP/1.1 401 Unauthorized"
        );
        assert_eq!(said(&answer("Date: yesterday")), "the date \"yesterday\"");
        assert_eq!(said(""), "an answer without a date: no answer");
    }
}
