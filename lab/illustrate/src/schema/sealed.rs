//! What is inside the sealed parts.
//!
//! Uses: messages, types.

use super::messages::{
    AUTHORIZATION_DATA, CHECKSUM, INT, KEY, NAME, OCTETS, PADATA, TEXT, TICKET_FLAGS, TIME,
};
use super::types::{Type, item};

static TRANSITED: Type = Type::Sequence(&[
    item(0, "tr-type", &INT, "The form of the list of realms."),
    item(1, "contents", &OCTETS, "The realms between the client's and the service's."),
]);
static ENC_TICKET: Type = Type::Application(&Type::Sequence(&[
    item(0, "flags", &TICKET_FLAGS, "What the ticket may be used for."),
    item(1, "key", &KEY, "The session key, for the service."),
    item(2, "crealm", &TEXT, "The client's realm."),
    item(3, "cname", &NAME, "The client: so the service learns who comes."),
    item(4, "transited", &TRANSITED, "The realms that the request passed."),
    item(5, "authtime", &TIME, "When the user logged on."),
    item(6, "starttime", &TIME, "When the ticket begins."),
    item(7, "endtime", &TIME, "When the ticket ends."),
    item(8, "renew-till", &TIME, "Until when the ticket can be renewed."),
    item(10, "authorization-data", &AUTHORIZATION_DATA, "What the user may do: here is the PAC."),
]));
static AUTHENTICATOR: Type = Type::Application(&Type::Sequence(&[
    item(0, "authenticator-vno", &INT, "The version of the authenticator: always 5."),
    item(1, "crealm", &TEXT, "The client's realm."),
    item(2, "cname", &NAME, "The client: the same as in the ticket."),
    item(3, "cksum", &CHECKSUM, "Binds the authenticator to the request."),
    item(4, "cusec", &INT, "Microseconds of the client's clock."),
    item(5, "ctime", &TIME, "The client's clock: a copy is too old soon."),
    item(6, "subkey", &KEY, "A fresh key from the client."),
    item(7, "seq-number", &INT, "The first number of the sealed messages."),
    item(8, "authorization-data", &AUTHORIZATION_DATA, "Limits that the client adds."),
]));
static ENC_REPLY: Type = Type::Application(&Type::Sequence(&[
    item(0, "key", &KEY, "The session key, for the client."),
    item(
        1,
        "last-req",
        &Type::SequenceOf(&item(
            0,
            "entry",
            &Type::Sequence(&[
                item(0, "lr-type", &INT, "What the time is of."),
                item(1, "lr-value", &TIME, "The time."),
            ]),
            "One earlier request.",
        )),
        "When the client asked before.",
    ),
    item(2, "nonce", &INT, "The client's number comes back: the reply belongs to the request."),
    item(3, "key-expiration", &TIME, "When the user's password ends."),
    item(4, "flags", &TICKET_FLAGS, "What the ticket may be used for."),
    item(5, "authtime", &TIME, "When the user logged on."),
    item(6, "starttime", &TIME, "When the ticket begins."),
    item(7, "endtime", &TIME, "When the ticket ends."),
    item(8, "renew-till", &TIME, "Until when the ticket can be renewed."),
    item(9, "srealm", &TEXT, "The realm of the service."),
    item(10, "sname", &NAME, "The service of the ticket."),
    item(12, "encrypted-pa-data", &PADATA, "Facts that the KDC seals for the client."),
]));
static ENC_AP_REP: Type = Type::Application(&Type::Sequence(&[
    item(0, "ctime", &TIME, "The client's clock comes back: the server read the authenticator."),
    item(1, "cusec", &INT, "Microseconds of the client's clock."),
    item(2, "subkey", &KEY, "A fresh key from the server."),
    item(3, "seq-number", &INT, "The first number of the server's sealed messages."),
]));
static ENC_TIMESTAMP: Type = Type::Sequence(&[
    item(0, "patimestamp", &TIME, "The client's clock: proves that the client knows its key now."),
    item(1, "pausec", &INT, "Microseconds of the client's clock."),
]);

/// A sealed part: its name, the contents, and the key usage numbers that it may have (RFC 4120
/// section 7.5.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealedAs {
    pub(crate) name: &'static str,
    pub(crate) of: &'static Type,
    pub(crate) usages: &'static [i32],
}

/// What the cipher at this path contains.
pub(crate) fn sealed_at(path: &str) -> Option<SealedAs> {
    let sealed = |name, of, usages| Some(SealedAs { name, of, usages });
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [.., "ticket", "enc-part", "cipher"] => sealed("EncTicketPart", &ENC_TICKET, &[2]),
        ["TGS-REQ", .., "authenticator", "cipher"] => sealed("Authenticator", &AUTHENTICATOR, &[7]),
        [.., "authenticator", "cipher"] => sealed("Authenticator", &AUTHENTICATOR, &[11]),
        ["AS-REP", "enc-part", "cipher"] => sealed("EncASRepPart", &ENC_REPLY, &[3]),
        ["TGS-REP", "enc-part", "cipher"] => sealed("EncTGSRepPart", &ENC_REPLY, &[8, 9]),
        ["AP-REP", "enc-part", "cipher"] => sealed("EncAPRepPart", &ENC_AP_REP, &[12]),
        ["AS-REQ", .., "padata-value", "cipher"] => sealed("PA-ENC-TS-ENC", &ENC_TIMESTAMP, &[1]),
        _ => None,
    }
}
