//! One unauthenticated HTTP request, to see which authentication schemes a server offers.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ready::Look;

/// Longest answer that is read.
const LIMIT: usize = 16 * 1024;
/// How long one look may take.
const ONE_LOOK: Duration = Duration::from_secs(2);

/// Ready once the server at this port of 127.0.0.1 answers 401 and offers Negotiate (RFC 4559).
pub(crate) async fn offers_negotiate(port: u16, path: &str) -> Look {
    match tokio::time::timeout(ONE_LOOK, head(port, path)).await {
        Ok(Ok(head)) => judge(&head),
        Ok(Err(error)) => Look::NotYet(error.to_string()),
        Err(_) => Look::NotYet("no answer".to_owned()),
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
    let status = head.lines().next().unwrap_or("no answer");
    let offered = head.lines().filter_map(|line| line.split_once(':')).any(|(name, value)| {
        name.eq_ignore_ascii_case("www-authenticate")
            && value.trim().to_ascii_lowercase().starts_with("negotiate")
    });
    if status.contains(" 401") && offered { Look::Ready } else { Look::NotYet(status.to_owned()) }
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
}
