//! Connections that hold a place and say nothing, or say it slowly.

use crate::room::{Attack, Finding, NO_KDC, Room, Stop, beside, trainer};
use crate::support::certificate::Certificate;
use crate::support::sealed::Ticket;
use crate::wire::{self, ATTACKER, Login, NEIGHBOUR};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("silent", "300 silent connections; somebody else logs in", |room| {
        hold(room, "", "")
    }),
    Attack::new("trickled-heads", "300 heads, byte by byte; somebody else logs in", |room| {
        hold(room, &format!("{HEAD}X: "), "x")
    }),
    Attack::new("trickled-bodies", "300 bodies, byte by byte; somebody else logs in", |room| {
        hold(room, &format!("{HEAD}Content-Length: 9999\r\n\r\n<"), " ")
    }),
    Attack::new("handshakes", "300 TLS handshakes that stop; somebody else logs in", handshakes),
];

const HEAD: &str = "POST /wsman HTTP/1.1\r\nHost: localhost\r\n";
const MANY: usize = 300;

fn hold(room: &Room, first: &str, more: &str) -> Finding {
    room.endpoint(&[], |_, endpoint, trainer| {
        held([endpoint.port; 2], trainer, first.as_bytes(), more.as_bytes())
    })
}

fn handshakes(room: &Room) -> Finding {
    let Some(realm) = room.realm() else { return Finding::Skipped(NO_KDC.to_owned()) };
    let certificate = Certificate::new(realm, "attack", "localhost");
    let (endpoint, tls) = certificate.endpoint(realm, "relaxed");
    // A record that promises 512 bytes of a ClientHello.
    held([tls, endpoint.port], &trainer(realm), b"\x16\x03\x01\x02\x00\x01", b"\x00")
}

/// Holds connections that say `first`, and then `more` again and again, while somebody logs in.
/// What the endpoint closes is opened anew.
fn held([target, login]: [u16; 2], ticket: &Ticket, first: &[u8], more: &[u8]) -> Finding {
    let open = || {
        let mut stream = wire::connect(ATTACKER, target).ok()?;
        stream.set_nonblocking(true).ok()?;
        stream.write_all(first).ok().map(|()| stream)
    };
    let streams = Mutex::new((0..MANY).map(|_| open()).collect::<Vec<_>>());
    let hold = |stop: &Stop| {
        let mut opened = MANY;
        while !stop.wait(Duration::from_millis(200)) {
            for held in streams.lock().unwrap().iter_mut() {
                if !held.as_mut().is_some_and(|stream| is_open(stream, more)) {
                    *held = open();
                    opened += 1;
                }
            }
        }
        opened
    };
    let (opened, [other, same]) =
        beside(1, hold, || [NEIGHBOUR, ATTACKER].map(|from| Login::of(from, login, ticket)));
    Finding::of(
        other.is_in_time(),
        format!("{opened} connections: a login of another peer {other}, of the same {same}"),
    )
}

fn is_open(stream: &mut TcpStream, more: &[u8]) -> bool {
    let is_alive = |error: std::io::Error| error.kind() == ErrorKind::WouldBlock;
    stream.read(&mut [0; 1024]).map_or_else(is_alive, |count| count > 0)
        && stream.write(more).map_or_else(is_alive, |_| true)
}
