//! One request to the console as no browser would make it.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The status of the answer to a request with these headers.
pub(crate) async fn status(host: &str, head: &str, headers: &[(&str, &str)]) -> u16 {
    let mut stream = TcpStream::connect(host).await.unwrap();
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let request =
        format!("{head} HTTP/1.1\r\nconnection: close\r\n{}\r\n", headers.collect::<String>());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap()
}
