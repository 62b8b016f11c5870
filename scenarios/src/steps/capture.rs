//! The packet capture, opened by a program that is not ours: Wireshark's `tshark`.

use std::process::Stdio;

use cucumber::then;
use spnlab_harness::wire::{self, Body, Encrypted, Message};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::must;
use crate::world::LabWorld;

/// What is compared: the sender's port, the kind of message, the code of a KRB-ERROR, the server's name,
/// and the key version of the ticket.
const FIELDS: [&str; 6] = [
    "tcp.srcport",
    "udp.srcport",
    "kerberos.msg_type",
    "kerberos.error_code",
    "kerberos.SNameString",
    "kerberos.kvno",
];

/// One message.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    port: String,
    /// Its number (RFC 4120 section 7.5.7).
    kind: String,
    code: String,
    /// The last name of a server in it; an AP-REP has none.
    sname: String,
    /// The key version of the first part that is encrypted.
    kvno: String,
}

#[then("Wireshark reads the same Kerberos messages in the capture of the connection")]
async fn same_in_connection(world: &mut LabWorld) {
    same(&world.attempt().wire.capture).await;
}

#[then("Wireshark reads the same Kerberos messages in the capture of the visit")]
async fn same_in_visit(world: &mut LabWorld) {
    let visit = world.visits.last().unwrap_or_else(|| panic!("nobody has visited the web site"));
    same(&visit.wire.capture).await;
}

async fn same(capture: &[u8]) {
    let ours: Vec<Line> = must(wire::decode(capture)).messages.iter().map(line).collect();
    assert!(!ours.is_empty(), "the capture has no Kerberos message, so this proves nothing");
    assert_eq!(ours, tshark(capture).await, "left: spnlab, right: tshark");
}

async fn tshark(capture: &[u8]) -> Vec<Line> {
    let fields = FIELDS.iter().flat_map(|field| ["-e", field]);
    let mut tshark = Command::new("tshark")
        .args(["-n", "-r", "-", "-Y", "kerberos", "-T", "fields", "-E", "separator=|"])
        .args(fields)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("tshark: {error}; ci/setup --tests installs it"));
    let mut input = tshark.stdin.take().unwrap_or_else(|| panic!("tshark has no standard input"));
    must(input.write_all(capture).await);
    drop(input);
    let said = must(tshark.wait_with_output().await);
    assert!(said.status.success(), "tshark: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).lines().map(read).collect()
}

/// Fields that a frame has several times have commas between them.
fn read(line: &str) -> Line {
    let fields: Vec<&str> = line.split('|').collect();
    let &[tcp, udp, kinds, code, names, kvnos] = fields.as_slice() else {
        panic!("tshark printed {line:?}");
    };
    // A TGS-REQ has an AP-REQ in it.
    let [kind, kvno] = [kinds, kvnos].map(|list| list.split(',').next().unwrap_or_default());
    // A name has two parts, and the one that is asked for comes behind that of a ticket in it.
    let parts: Vec<&str> = names.rsplitn(3, ',').collect();
    let sname = match parts.as_slice() {
        [host, class, ..] => format!("{class}/{host}"),
        _ => names.to_owned(),
    };
    let inner = kinds.contains(',');
    Line {
        port: format!("{tcp}{udp}"),
        kind: kind.to_owned(),
        code: code.to_owned(),
        sname,
        // That of the ticket inside a request is not its own.
        kvno: if inner { String::new() } else { kvno.to_owned() },
    }
}

fn line(message: &Message) -> Line {
    let kvno = |encrypted: &Encrypted| encrypted.kvno.map(|kvno| kvno.to_string());
    let (kind, code, sname, kvno) = match &message.body {
        Body::AsReq(asked) => (10, None, asked.sname.clone(), None),
        Body::AsRep(reply) => {
            (11, None, Some(reply.ticket.sname.clone()), kvno(&reply.ticket.encrypted))
        }
        Body::TgsReq(asked) => (12, None, asked.sname.clone(), None),
        Body::TgsRep(reply) => {
            (13, None, Some(reply.ticket.sname.clone()), kvno(&reply.ticket.encrypted))
        }
        Body::ApReq(asked) => {
            (14, None, Some(asked.ticket.sname.clone()), kvno(&asked.ticket.encrypted))
        }
        Body::ApRep { encrypted } => (15, None, None, kvno(encrypted)),
        Body::KrbError(error) => {
            (30, Some(error.code.to_string()), Some(error.sname.clone()), None)
        }
        Body::Unreadable { reason } => panic!("a message is unreadable: {reason}"),
    };
    Line {
        port: message.from.address.port().to_string(),
        kind: kind.to_string(),
        code: code.unwrap_or_default(),
        sname: sname.unwrap_or_default(),
        kvno: kvno.unwrap_or_default(),
    }
}
