//! Envelopes that cost more time than their size.

use crate::lab::VISITOR;
use crate::room::{Attack, Finding, Room, Stop, beside};
use crate::support::message::envelope;
use crate::support::sealed::Ticket;
use crate::wire::{self, ATTACKER, Login, NEIGHBOUR};
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use winrm::soap::ns;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("namespaces", "a visitor nests namespaces; somebody else logs in", namespaces),
    Attack::new("identify", "64 strangers send nested Identify; somebody logs in", identify),
];

const KIND: &str = "Content-Type: application/soap+xml;charset=UTF-8\r\n";

/// Nested elements that each declare a namespace.
fn nested(size: usize) -> String {
    let (mut open, mut close, mut count) = (String::new(), String::new(), 0);
    while open.len() + close.len() < size {
        let _ = write!(open, "<a xmlns:p{count}=\"u{count}\">");
        close.push_str("</a>");
        count += 1;
    }
    open + &close
}

/// One element that declares as many, and has as many attributes.
fn wide(size: usize) -> String {
    let mut text = String::from("<a");
    for count in 0.. {
        if text.len() >= size {
            break;
        }
        let _ = write!(text, " xmlns:p{count}=\"u{count}\" p{count}:b=\"\"");
    }
    text + "/>"
}

/// A request to open a shell, with a token of this user.
fn create(ticket: &Ticket, body: &str) -> Vec<u8> {
    let text = envelope(ns::TRANSFER, "Create", ns::CMD, "", body);
    wire::post(&(wire::authorization(&ticket.token()) + KIND), text.as_bytes())
}

fn namespaces(room: &Room) -> Finding {
    /// Linear: the largest takes ten times as long as the smallest, and no measurable time.
    const MOST: Duration = Duration::from_millis(250);
    room.endpoint(&["--allow-unencrypted"], |realm, endpoint, trainer| {
        let visitor = Ticket::of(realm, VISITOR.0, VISITOR.1);
        let (mut held, mut told) = (true, String::new());
        for (name, ticket) in [("visitor", &visitor), ("trainer", trainer)] {
            let size = |kilobytes: usize| (format!("{kilobytes} kB"), nested(kilobytes * 1024));
            let wide = ("wide".to_owned(), wide(150 * 1024));
            for (what, body) in [size(16), size(64), size(150), wide] {
                let took = (0..3).map(|_| {
                    let request = create(ticket, &body);
                    let start = Instant::now();
                    let _ = wire::raw(ATTACKER, endpoint.port, &request);
                    start.elapsed()
                });
                let Some(fastest) = took.take_while(|took| *took < wire::LIMIT).min() else {
                    return Finding::Broken(format!("{told}{name} {what}: no answer"));
                };
                held &= fastest <= MOST;
                let _ = write!(told, "{name} {what} {:.3} s, ", fastest.as_secs_f64());
            }
        }
        let both = [&visitor, trainer].into_iter().cycle();
        let requests =
            Mutex::new(both.take(600).map(|one| create(one, &nested(64 * 1024))).collect());
        let flood = |stop: &Stop| {
            let next =
                || requests.lock().ok().and_then(|mut all: MutexGuard<'_, Vec<_>>| all.pop());
            let mut count = 0;
            while let Some(request) = next().filter(|_| !stop.is_set()) {
                let _ = wire::raw(ATTACKER, endpoint.port, &request);
                count += 1;
            }
            count
        };
        let (count, login) = beside(4, flood, || Login::of(NEIGHBOUR, endpoint.port, trainer));
        Finding::of(
            held && login.is_in_time(),
            format!("{told}a login beside {count} of 64 kB: {login}"),
        )
    })
}

fn identify(room: &Room) -> Finding {
    room.endpoint(&[], |_, endpoint, trainer| {
        let soap = ns::SOAP;
        let inner = nested(15 * 1024);
        let text = format!(
            r#"<s:Envelope xmlns:s="{soap}"><s:Header>{inner}</s:Header><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>"#
        );
        let header = format!("{KIND}WSMANIDENTIFY: unauthenticated\r\n");
        let request = wire::post(&header, text.as_bytes());
        let flood = |stop: &Stop| {
            let mut count = 0;
            while !stop.is_set() {
                count += usize::from(wire::raw(ATTACKER, endpoint.port, &request).is_ok());
            }
            count
        };
        let login = || {
            // Until the flood is at its height.
            Stop::default().wait(Duration::from_millis(500));
            Login::of(NEIGHBOUR, endpoint.port, trainer)
        };
        let (count, login) = beside(64, flood, login);
        Finding::of(login.is_in_time(), format!("a login beside {count} requests of 16 kB: {login}"))
    })
}
