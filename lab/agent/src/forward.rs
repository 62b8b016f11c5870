//! One connection to a port of this container, carried over the agent's standard streams.

use std::io;
use std::net::Ipv4Addr;

use tokio::net::TcpStream;

/// Connects to the port, and copies both ways until the server has ended the connection.
pub(crate) async fn forward(port: u16) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let (mut from_server, mut to_server) = server.into_split();
    let (mut input, mut output) = (tokio::io::stdin(), tokio::io::stdout());
    let ask = async {
        tokio::io::copy(&mut input, &mut to_server).await?;
        drop(to_server);
        // The server may still answer.
        std::future::pending().await
    };
    let answer = async { tokio::io::copy(&mut from_server, &mut output).await.map(drop) };
    tokio::select! {
        failed = ask => failed,
        ended = answer => ended,
    }
}
