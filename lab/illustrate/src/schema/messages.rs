//! The messages and what is in the clear in them.
//!
//! Uses: numbers, types.

use der_parser::asn1_rs::{FromDer, Header};

use super::numbers::{ad_types, errors, etypes, kinds, name_types, nothing, padata_types};
use super::types::{Type, item};

fn padata_value(kind: i64, _: &[u8]) -> Option<&'static Type> {
    match kind {
        1 => Some(&AP_REQ),
        2 => Some(&ENCRYPTED),
        19 => Some(&ETYPE_INFO2),
        128 => Some(&PAC_REQUEST),
        136 => Some(&FAST),
        _ => None,
    }
}

fn ad_value(kind: i64, _: &[u8]) -> Option<&'static Type> {
    (kind == 1).then_some(&AUTHORIZATION_DATA)
}

/// The data of other errors are no list of such pieces.
fn method_data(_: i64, bytes: &[u8]) -> Option<&'static Type> {
    let (first, _) = Header::from_der(bytes).ok()?;
    (first.first() == Some(&0x30)).then_some(&PADATA)
}

pub(super) static INT: Type = Type::Integer(nothing);
static KIND: Type = Type::Integer(kinds);
static ETYPE: Type = Type::Integer(etypes);
pub(super) static TEXT: Type = Type::Text;
pub(super) static TIME: Type = Type::Time;
pub(super) static OCTETS: Type = Type::Octets;
static CIPHER: Type = Type::Cipher;

pub(super) static NAME: Type = Type::Sequence(&[
    item(0, "name-type", &Type::Integer(name_types), "Says what kind of name follows."),
    item(
        1,
        "name-string",
        &Type::SequenceOf(&item(
            0,
            "part",
            &TEXT,
            "One part of the name; a slash stands between parts.",
        )),
        "The parts of the name.",
    ),
]);
static ENCRYPTED: Type = Type::Sequence(&[
    item(0, "etype", &ETYPE, "The encryption type of the sealed part."),
    item(1, "kvno", &INT, "The version of the key that seals it."),
    item(2, "cipher", &CIPHER, "The sealed bytes: only the holder of the key reads them."),
]);
static TICKET: Type = Type::Application(&Type::Sequence(&[
    item(0, "tkt-vno", &INT, "The version of the ticket's form: always 5."),
    item(1, "realm", &TEXT, "The realm whose KDC issued the ticket."),
    item(2, "sname", &NAME, "The service that the ticket is for: the SPN."),
    item(3, "enc-part", &ENCRYPTED, "The part that only the service's key opens."),
]));
pub(super) static KEY: Type = Type::Sequence(&[
    item(0, "keytype", &ETYPE, "The encryption type of the key."),
    item(1, "keyvalue", &OCTETS, "The key itself; whoever has it can read what it seals."),
]);
pub(super) static CHECKSUM: Type = Type::Sequence(&[
    item(0, "cksumtype", &INT, "The kind of checksum; 32771 carries the flags of GSSAPI."),
    item(1, "checksum", &OCTETS, "The checksum, or the flags and channel bindings of GSSAPI."),
]);
pub(super) static AUTHORIZATION_DATA: Type = Type::SequenceOf(&item(
    0,
    "element",
    &Type::Sequence(&[
        item(0, "ad-type", &Type::Integer(ad_types), "Says what the data are."),
        item(1, "ad-data", &Type::Chosen(ad_value), "Data about what the user may do."),
    ]),
    "One element of the authorization data.",
));
pub(super) static PADATA: Type = Type::SequenceOf(&item(
    0,
    "PA-DATA",
    &Type::Sequence(&[
        item(1, "padata-type", &Type::Integer(padata_types), "Says what the data are."),
        item(2, "padata-value", &Type::Chosen(padata_value), "The data for preauthentication."),
    ]),
    "One piece of preauthentication data.",
));
static ETYPE_INFO2: Type = Type::SequenceOf(&item(
    0,
    "entry",
    &Type::Sequence(&[
        item(0, "etype", &ETYPE, "An encryption type that the user's key may have."),
        item(1, "salt", &TEXT, "Goes into the key together with the password."),
        item(2, "s2kparams", &OCTETS, "How many rounds turn the password into the key."),
    ]),
    "One way to make a key of the password.",
));
/// RFC 6113 section 5.4, of a TGS exchange: the request has a checksum, the reply has none.
static FAST: Type = Type::Choice(&[item(
    0,
    "armored-data",
    &Type::Sequence(&[
        item(
            0,
            "enc-fast-rep",
            &ENCRYPTED,
            "FAST: a reply in armor; the session's keys mixed seal it.",
        ),
        item(1, "req-checksum", &CHECKSUM, "Binds the armor to the request."),
        item(2, "enc-fast-req", &ENCRYPTED, "FAST: the request once more, in armor."),
    ]),
    "FAST: an armored copy of the request or the reply.",
)]);
static PAC_REQUEST: Type =
    Type::Sequence(&[item(0, "include-pac", &Type::Boolean, "Whether the client wants a PAC.")]);
static OPTIONS: Type = Type::Flags(&[
    "reserved",
    "forwardable",
    "forwarded",
    "proxiable",
    "proxy",
    "allow-postdate",
    "postdated",
    "unused7",
    "renewable",
    "unused9",
    "unused10",
    "opt-hardware-auth",
    "unused12",
    "unused13",
    "constrained-delegation",
    "canonicalize",
    "request-anonymous",
    "unused17",
    "unused18",
    "unused19",
    "unused20",
    "unused21",
    "unused22",
    "unused23",
    "unused24",
    "unused25",
    "disable-transited-check",
    "renewable-ok",
    "enc-tkt-in-skey",
    "unused29",
    "renew",
    "validate",
]);
pub(super) static TICKET_FLAGS: Type = Type::Flags(&[
    "reserved",
    "forwardable",
    "forwarded",
    "proxiable",
    "proxy",
    "may-postdate",
    "postdated",
    "invalid",
    "renewable",
    "initial",
    "pre-authent",
    "hw-authent",
    "transited-policy-checked",
    "ok-as-delegate",
    "unused14",
    "enc-pa-rep",
    "anonymous",
]);
static AP_OPTIONS: Type = Type::Flags(&["reserved", "use-session-key", "mutual-required"]);
static BODY: Type = Type::Sequence(&[
    item(0, "kdc-options", &OPTIONS, "What the client wishes of the ticket."),
    item(1, "cname", &NAME, "The client that asks."),
    item(2, "realm", &TEXT, "The realm of the service."),
    item(3, "sname", &NAME, "The service that the client wants a ticket for: the requested SPN."),
    item(4, "from", &TIME, "When the ticket is to begin."),
    item(5, "till", &TIME, "When the ticket is to end."),
    item(6, "rtime", &TIME, "Until when the ticket is to be renewable."),
    item(7, "nonce", &INT, "A number used once: the answer must bring it back."),
    item(
        8,
        "etype",
        &Type::SequenceOf(&item(0, "ENCTYPE", &ETYPE, "An encryption type that the client takes.")),
        "The encryption types that the client takes, the best first.",
    ),
    item(10, "enc-authorization-data", &ENCRYPTED, "Sealed data for the service."),
]);
static REQUEST: Type = Type::Application(&Type::Sequence(&[
    item(1, "pvno", &INT, "The version of Kerberos: always 5."),
    item(2, "msg-type", &KIND, "The kind of message."),
    item(3, "padata", &PADATA, "Data that prove who asks, before the KDC answers."),
    item(4, "req-body", &BODY, "The request itself."),
]));
static REPLY: Type = Type::Application(&Type::Sequence(&[
    item(0, "pvno", &INT, "The version of Kerberos: always 5."),
    item(1, "msg-type", &KIND, "The kind of message."),
    item(2, "padata", &PADATA, "Hints about the client's key."),
    item(3, "crealm", &TEXT, "The client's realm."),
    item(4, "cname", &NAME, "The client that the ticket is issued to."),
    item(5, "ticket", &TICKET, "The ticket: the client passes it on and cannot read it."),
    item(6, "enc-part", &ENCRYPTED, "The part of the reply that only the client opens."),
]));
static AP_REQ: Type = Type::Application(&Type::Sequence(&[
    item(0, "pvno", &INT, "The version of Kerberos: always 5."),
    item(1, "msg-type", &KIND, "The kind of message."),
    item(2, "ap-options", &AP_OPTIONS, "Whether the server must prove itself, too."),
    item(3, "ticket", &TICKET, "The ticket that the client shows."),
    item(4, "authenticator", &ENCRYPTED, "Proves that the client knows the session key."),
]));
static AP_REP: Type = Type::Application(&Type::Sequence(&[
    item(0, "pvno", &INT, "The version of Kerberos: always 5."),
    item(1, "msg-type", &KIND, "The kind of message."),
    item(2, "enc-part", &ENCRYPTED, "Proves that the server opened the ticket."),
]));
static KRB_ERROR: Type = Type::Application(&Type::Sequence(&[
    item(0, "pvno", &INT, "The version of Kerberos: always 5."),
    item(1, "msg-type", &KIND, "The kind of message."),
    item(2, "ctime", &TIME, "The client's clock."),
    item(3, "cusec", &INT, "Microseconds of the client's clock."),
    item(4, "stime", &TIME, "The clock of the server that refuses."),
    item(5, "susec", &INT, "Microseconds of the server's clock."),
    item(6, "error-code", &Type::Integer(errors), "The reason of the refusal."),
    item(7, "crealm", &TEXT, "The client's realm."),
    item(8, "cname", &NAME, "The client."),
    item(9, "realm", &TEXT, "The realm of the service."),
    item(10, "sname", &NAME, "The service."),
    item(11, "e-text", &TEXT, "Words of the server."),
    item(12, "e-data", &Type::Chosen(method_data), "What the client needs for another try."),
]));

/// The message whose first octet this is (RFC 4120 section 5.10).
pub(crate) fn message(first: u8) -> Option<(&'static str, &'static Type)> {
    Some(match first {
        0x6a => ("AS-REQ", &REQUEST),
        0x6b => ("AS-REP", &REPLY),
        0x6c => ("TGS-REQ", &REQUEST),
        0x6d => ("TGS-REP", &REPLY),
        0x6e => ("AP-REQ", &AP_REQ),
        0x6f => ("AP-REP", &AP_REP),
        0x7e => ("KRB-ERROR", &KRB_ERROR),
        _ => return None,
    })
}
