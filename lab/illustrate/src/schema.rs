//! The messages of Kerberos as a schema (RFC 4120 section 5): names, and a sentence for each.
//!
//! Uses: no other room.

/// A type.
#[derive(Debug)]
pub(crate) enum Type {
    /// `[APPLICATION n]` around another type.
    Application(&'static Type),
    /// A SEQUENCE whose items have context tags.
    Sequence(&'static [Item]),
    /// One of several items, by its context tag.
    Choice(&'static [Item]),
    /// A SEQUENCE OF.
    SequenceOf(&'static Item),
    /// An INTEGER, and what its numbers mean.
    Integer(fn(i64) -> Option<&'static str>),
    /// A BOOLEAN.
    Boolean,
    /// A text.
    Text,
    /// A time.
    Time,
    /// A BIT STRING of flags with these names, from bit 0.
    Flags(&'static [&'static str]),
    /// An OCTET STRING that says nothing more here.
    Octets,
    /// An OCTET STRING with a cipher.
    Cipher,
    /// An OCTET STRING whose contents follow from the number before it.
    Chosen(fn(i64) -> Option<&'static Type>),
}

/// A named part of a type.
#[derive(Debug)]
pub(crate) struct Item {
    /// Its context tag. In a SEQUENCE OF, it has none.
    pub(crate) tag: u32,
    pub(crate) name: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) of: &'static Type,
}

const fn item(tag: u32, name: &'static str, of: &'static Type, sentence: &'static str) -> Item {
    Item { tag, name, sentence, of }
}

fn nothing(_: i64) -> Option<&'static str> {
    None
}

fn kinds(number: i64) -> Option<&'static str> {
    Some(match number {
        10 => "AS-REQ",
        11 => "AS-REP",
        12 => "TGS-REQ",
        13 => "TGS-REP",
        14 => "AP-REQ",
        15 => "AP-REP",
        30 => "KRB-ERROR",
        _ => return None,
    })
}

fn etypes(number: i64) -> Option<&'static str> {
    Some(match number {
        17 => "aes128-cts-hmac-sha1-96",
        18 => "aes256-cts-hmac-sha1-96",
        23 => "rc4-hmac",
        _ => return None,
    })
}

fn name_types(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "NT-PRINCIPAL: a user or an account",
        2 => "NT-SRV-INST: a service and its instance",
        3 => "NT-SRV-HST: a service on a host",
        10 => "NT-ENTERPRISE",
        _ => return None,
    })
}

fn errors(number: i64) -> Option<&'static str> {
    Some(match number {
        7 => "KDC_ERR_S_PRINCIPAL_UNKNOWN",
        18 => "KDC_ERR_CLIENT_REVOKED",
        25 => "KDC_ERR_PREAUTH_REQUIRED",
        35 => "KRB_AP_ERR_NOT_US",
        37 => "KRB_AP_ERR_SKEW",
        41 => "KRB_AP_ERR_MODIFIED",
        _ => return None,
    })
}

fn padata_types(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "PA-TGS-REQ",
        2 => "PA-ENC-TIMESTAMP",
        11 => "PA-ETYPE-INFO",
        15 => "PA-PK-AS-REP-OLD",
        16 => "PA-PK-AS-REQ",
        19 => "PA-ETYPE-INFO2",
        128 => "PA-PAC-REQUEST",
        133 => "PA-FX-COOKIE",
        136 => "PA-FX-FAST",
        149 => "PA-REQ-ENC-PA-REP",
        150 => "PA-AS-FRESHNESS",
        165 => "PA-SUPPORTED-ETYPES",
        167 => "PA-PAC-OPTIONS",
        _ => return None,
    })
}

fn ad_types(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "AD-IF-RELEVANT",
        128 => "AD-WIN2K-PAC: the PAC, with the user's groups",
        129 => "AD-ETYPE-NEGOTIATION",
        _ => return None,
    })
}

fn padata_value(kind: i64) -> Option<&'static Type> {
    match kind {
        1 => Some(&AP_REQ),
        2 => Some(&ENCRYPTED),
        19 => Some(&ETYPE_INFO2),
        128 => Some(&PAC_REQUEST),
        136 => Some(&FAST),
        _ => None,
    }
}

fn ad_value(kind: i64) -> Option<&'static Type> {
    (kind == 1).then_some(&AUTHORIZATION_DATA)
}

fn method_data(_: i64) -> Option<&'static Type> {
    Some(&PADATA)
}

static INT: Type = Type::Integer(nothing);
static KIND: Type = Type::Integer(kinds);
static ETYPE: Type = Type::Integer(etypes);
static TEXT: Type = Type::Text;
static TIME: Type = Type::Time;
static OCTETS: Type = Type::Octets;
static CIPHER: Type = Type::Cipher;

static NAME: Type = Type::Sequence(&[
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
pub(crate) static ENCRYPTED: Type = Type::Sequence(&[
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
static KEY: Type = Type::Sequence(&[
    item(0, "keytype", &ETYPE, "The encryption type of the key."),
    item(1, "keyvalue", &OCTETS, "The key itself; whoever has it can read what it seals."),
]);
static CHECKSUM: Type = Type::Sequence(&[
    item(0, "cksumtype", &INT, "The kind of checksum; 32771 carries the flags of GSSAPI."),
    item(1, "checksum", &OCTETS, "The checksum, or the flags and channel bindings of GSSAPI."),
]);
static AUTHORIZATION_DATA: Type = Type::SequenceOf(&item(
    0,
    "element",
    &Type::Sequence(&[
        item(0, "ad-type", &Type::Integer(ad_types), "Says what the data are."),
        item(1, "ad-data", &Type::Chosen(ad_value), "Data about what the user may do."),
    ]),
    "One element of the authorization data.",
));
static PADATA: Type = Type::SequenceOf(&item(
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
static TICKET_FLAGS: Type = Type::Flags(&[
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
