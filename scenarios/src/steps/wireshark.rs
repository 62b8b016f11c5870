//! What a program that is not ours reads in a packet capture: Wireshark's `tshark`.

use std::process::Stdio;

use cucumber::then;
use spnlab_harness::wire::{self, Body, Encrypted, KdcRequest, Message, Ticket};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::world::{LabWorld, must};

/// The fields that are compared:
///
/// - the sender's port;
/// - the kind of message;
/// - the code of a KRB-ERROR;
/// - the server's name and realm;
/// - the key version of the ticket;
/// - encryption types: of encrypted parts, and in the list of a request.
const FIELDS: [&str; 9] = [
    "tcp.srcport",
    "udp.srcport",
    "kerberos.msg_type",
    "kerberos.error_code",
    "kerberos.SNameString",
    "kerberos.kvno",
    "kerberos.realm",
    "kerberos.etype",
    "kerberos.ENCTYPE",
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
    /// The key version of the first encrypted part.
    kvno: String,
    /// The realm of that server; an AP-REP has none.
    realm: String,
    /// The encryption types in a request's list, or those of the encrypted parts: the ticket's and
    /// the reply's, or the authenticator's. A KRB-ERROR has none of its own.
    etypes: Vec<String>,
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

/// tshark puts commas between several values of a field.
fn read(line: &str) -> Line {
    let fields: Vec<&str> = line.split('|').collect();
    let &[tcp, udp, kinds, code, names, kvnos, realms, etypes, listed] = fields.as_slice() else {
        panic!("tshark printed {line:?}");
    };
    // A TGS-REQ contains an AP-REQ.
    let [kind, kvno] = [kinds, kvnos].map(|list| list.split(',').next().unwrap_or_default());
    // A name has two parts. The requested name stands behind the name of a ticket in the request.
    let parts: Vec<&str> = names.rsplitn(3, ',').collect();
    let sname = match parts.as_slice() {
        [host, class, ..] => format!("{class}/{host}"),
        _ => names.to_owned(),
    };
    let inner = kinds.contains(',');
    // The types of preauthentication data, and of a ticket in a request, stand before the
    // message's own.
    let (from, own) = match kind {
        "10" | "12" => (listed, usize::MAX),
        "11" | "13" | "14" => (etypes, 2),
        "15" => (etypes, 1),
        _ => ("", 0),
    };
    let all: Vec<&str> = from.split(',').filter(|etype| !etype.is_empty()).collect();
    let etypes = &all[all.len().saturating_sub(own)..];
    Line {
        port: format!("{tcp}{udp}"),
        kind: kind.to_owned(),
        code: code.to_owned(),
        sname,
        // The key version of a ticket in a request is not the request's own.
        kvno: if inner { String::new() } else { kvno.to_owned() },
        realm: realms.rsplit(',').next().unwrap_or_default().to_owned(),
        etypes: etypes.iter().map(|&etype| etype.to_owned()).collect(),
    }
}

/// The number of a message's kind (RFC 4120 section 7.5.7).
pub(super) fn kind_of(message: &Message) -> String {
    line(message).kind
}

fn line(message: &Message) -> Line {
    let empty = |kind: u32| Line {
        port: message.from.address.port().to_string(),
        kind: kind.to_string(),
        code: String::new(),
        sname: String::new(),
        kvno: String::new(),
        realm: String::new(),
        etypes: Vec::new(),
    };
    let request = |kind, asked: &KdcRequest| Line {
        sname: asked.sname.clone().unwrap_or_default(),
        realm: asked.realm.clone(),
        etypes: asked.etypes.iter().map(i32::to_string).collect(),
        ..empty(kind)
    };
    let kvno = |encrypted: &Encrypted| encrypted.kvno.map(|kvno| kvno.to_string());
    let with_ticket = |kind, ticket: &Ticket, other: &Encrypted| Line {
        sname: ticket.sname.clone(),
        kvno: kvno(&ticket.encrypted).unwrap_or_default(),
        realm: ticket.realm.clone(),
        etypes: [ticket.encrypted.etype, other.etype].iter().map(i32::to_string).collect(),
        ..empty(kind)
    };
    match &message.body {
        Body::AsReq(asked) => request(10, asked),
        Body::AsRep(reply) => with_ticket(11, &reply.ticket, &reply.encrypted),
        Body::TgsReq(asked) => request(12, asked),
        Body::TgsRep(reply) => with_ticket(13, &reply.ticket, &reply.encrypted),
        Body::ApReq(asked) => with_ticket(14, &asked.ticket, &asked.authenticator),
        Body::ApRep { encrypted } => Line {
            kvno: kvno(encrypted).unwrap_or_default(),
            etypes: vec![encrypted.etype.to_string()],
            ..empty(15)
        },
        Body::KrbError(error) => Line {
            code: error.code.to_string(),
            sname: error.sname.clone(),
            realm: error.realm.clone(),
            ..empty(30)
        },
        Body::Unreadable { reason } => panic!("a message is unreadable: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &[u8] = include_bytes!("../../../harness/tests/wire/article.pcap");
    const HEALTHY: &[u8] = include_bytes!("../../../harness/tests/wire/healthy.pcap");
    /// tshark 4.0.17's output for these messages.
    const SAID_OF_ARTICLE: &str = "\
        45080||10||krbtgt,CONTOSO.COM||CONTOSO.COM||18,17\n\
        88||30|25|krbtgt,CONTOSO.COM||CONTOSO.COM|18|\n\
        45092||10||krbtgt,CONTOSO.COM||CONTOSO.COM|18|18,17\n\
        88||11||krbtgt,CONTOSO.COM|1,2|CONTOSO.COM|18,18,18|\n\
        45100||12,14||krbtgt,CONTOSO.COM,HTTP,mem1.contoso.com|1|CONTOSO.COM,CONTOSO.COM|18,18,18|18,17\n\
        88||13||HTTP,mem1.contoso.com|2|CONTOSO.COM|18,18,18|\n\
        56080||14||HTTP,mem1.contoso.com|2|CONTOSO.COM|18,18|\n\
        5985||30|41|HTTP,mem1.contoso.com||CONTOSO.COM||\n";
    const SAID_OF_AP_REP: &str = "5985||15|||||18|";

    fn ours(capture: &[u8]) -> Vec<Line> {
        wire::decode(capture).unwrap().messages.iter().map(line).collect()
    }

    fn theirs(said: &str) -> Vec<Line> {
        said.lines().map(read).collect()
    }

    #[test]
    fn tshark_s_fields_are_read_as_what_spnlab_decodes() {
        assert_eq!(ours(ARTICLE), theirs(SAID_OF_ARTICLE));
        assert_eq!(ours(HEALTHY).last(), Some(&read(SAID_OF_AP_REP)));
    }

    #[test]
    fn another_realm_or_encryption_type_is_a_difference() {
        let ours = ours(ARTICLE);
        for (from, to) in [
            // The realm of an AS-REQ, of both KRB-ERRORs, and of a TGS-REQ.
            ("|CONTOSO.COM||18,17", "|FABRIKAM.COM||18,17"),
            ("|CONTOSO.COM|18|\n", "|FABRIKAM.COM|18|\n"),
            ("|CONTOSO.COM||\n", "|FABRIKAM.COM||\n"),
            (",CONTOSO.COM|18,18,18|", ",FABRIKAM.COM|18,18,18|"),
            // The realm of the ticket in a reply and in an AP-REQ.
            ("|2|CONTOSO.COM|18,18,18|", "|2|FABRIKAM.COM|18,18,18|"),
            ("|2|CONTOSO.COM|18,18|", "|2|FABRIKAM.COM|18,18|"),
            // The list of a request, and its order.
            ("|18,17\n", "|18\n"),
            ("|18,17\n", "|17,18\n"),
            // The type of a reply's ticket, of the reply, of an AP-REQ's ticket, of the
            // authenticator.
            ("|2|CONTOSO.COM|18,18,18|", "|2|CONTOSO.COM|18,23,18|"),
            ("|2|CONTOSO.COM|18,18,18|", "|2|CONTOSO.COM|18,18,23|"),
            ("|2|CONTOSO.COM|18,18|", "|2|CONTOSO.COM|23,18|"),
            ("|2|CONTOSO.COM|18,18|", "|2|CONTOSO.COM|18,23|"),
        ] {
            let other = SAID_OF_ARTICLE.replace(from, to);
            assert_ne!(other, SAID_OF_ARTICLE, "{from} is not there");
            assert_ne!(ours, theirs(&other), "{from} {to}");
        }
        assert_ne!(read(SAID_OF_AP_REP), read(&SAID_OF_AP_REP.replace("18", "23")));
    }
}
