//! What a stranger can make the endpoint write into its log.

use crate::room::{Attack, Finding, Room, Stop, beside};
use crate::tickets::tlv;
use crate::wire::{self, ATTACKER, Login, NEIGHBOUR};
use std::io::Write as _;
use std::time::Duration;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("refusals", "refused tokens as fast as they go fill the log", refusals),
    Attack::new("long-names", "a service name of 200 kB fills the log", long_names),
];

fn refusals(room: &Room) -> Finding {
    room.endpoint(&[], |_, endpoint, trainer| {
        let refused = wire::post(&wire::authorization(b"NTLMSSP\0\x01\0\0\0"), b"");
        let time = Duration::from_secs(room.rounds(1, 10) as u64);
        let flood = |stop: &Stop| {
            let mut stream = wire::connect(ATTACKER, endpoint.port).unwrap();
            let mut count = 0;
            while !stop.is_set() {
                let sent = stream.write_all(&refused);
                if sent.and_then(|()| wire::answer(&mut stream)).is_ok() {
                    count += 1;
                } else {
                    stream = wire::connect(ATTACKER, endpoint.port).unwrap();
                }
            }
            count
        };
        let (count, login) = beside(2, flood, || {
            Stop::default().wait(time);
            Login::of(NEIGHBOUR, endpoint.port, trainer)
        });
        let lines = endpoint.stop();
        let accepted = lines.iter().filter(|line| line["result"] == "accepted").count();
        Finding::of(
            // Not one line each; the other's logins are all there.
            login.is_in_time() && lines.len() * 5 < count && accepted == 15,
            format!("{count} refusals: {} lines; a login beside {login}", lines.len()),
        )
    })
}

/// An AP-REQ in the shape of RFC 4120 whose ticket is for this service name.
fn ap_req(service: &str) -> Vec<u8> {
    let integer = |number| tlv(0x02, &[number]);
    let encrypted = |tag| {
        let fields = [tlv(0xa0, &integer(18)), tlv(0xa2, &tlv(0x04, &[7; 64]))].concat();
        tlv(tag, &tlv(0x30, &fields))
    };
    let name = tlv(0x30, &[tlv(0x1b, b"HTTP"), tlv(0x1b, service.as_bytes())].concat());
    let name = tlv(0x30, &[tlv(0xa0, &integer(2)), tlv(0xa1, &name)].concat());
    let realm = tlv(0xa1, &tlv(0x1b, b"CONTOSO.COM"));
    let ticket = [tlv(0xa0, &integer(5)), realm, tlv(0xa2, &name), encrypted(0xa3)].concat();
    let ticket = tlv(0xa3, &tlv(0x61, &tlv(0x30, &ticket)));
    let options = tlv(0xa2, &tlv(0x03, &[0, 0x20, 0, 0, 0]));
    let head = [tlv(0xa0, &integer(5)), tlv(0xa1, &integer(14)), options].concat();
    let message = tlv(0x6e, &tlv(0x30, &[head, ticket, encrypted(0xa4)].concat()));
    let oid = tlv(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02]);
    tlv(0x60, &[oid, vec![1, 0], message].concat())
}

fn long_names(room: &Room) -> Finding {
    /// Characters that a person can still read.
    const LINE: usize = 4 * 1024;
    room.endpoint(&[], |_, endpoint, _| {
        let ask = |kilobytes: usize| {
            let token = ap_req(&"n".repeat(kilobytes * 1024));
            let request = wire::post(&wire::authorization(&token), b"");
            wire::raw(ATTACKER, endpoint.port, &request).is_ok_and(|text| text.contains(" 401 "))
        };
        // Some of them are too long even for a head.
        let refused = [10, 40, 200].into_iter().filter(|kilobytes| ask(*kilobytes)).count();
        let lines = endpoint.stop();
        let longest = lines.iter().map(|line| line.to_string().len()).max().unwrap_or(0);
        Finding::of(
            longest <= LINE && refused > 0,
            format!("{refused} of 3 tokens read; the longest line has {longest} characters"),
        )
    })
}
