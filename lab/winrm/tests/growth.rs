//! The time to read what a stranger sends grows with its size, not with its square.
//!
//! The clock is this thread's own processor time, and only ratios within one run are judged: four
//! times the size may cost three times four times as much. What grows with the square costs sixteen
//! times as much.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use nix::time::{ClockId, clock_gettime};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::hint::black_box;
use std::time::Duration;
use winrm::kerberos::{pac, token};
use winrm::sealing::multipart::{self, Label};
use winrm::server::security::Scheme;
use winrm::soap::{Charset, Message, client, decode_text, identify, ns, parse_duration};

const SIZES: [usize; 4] = [4 << 10, 16 << 10, 64 << 10, 256 << 10];
const FACTOR: u32 = 3 * 4;
/// Below this, costs that do not grow outweigh those that do.
const FLOOR: Duration = Duration::from_micros(200);

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}

/// The least of several runs: a cold cache and another program's noise only add.
fn cost(work: &dyn Fn()) -> Duration {
    let run = || {
        let before = processor_time();
        work();
        processor_time().saturating_sub(before)
    };
    let first = run();
    let more = if first > Duration::from_millis(50) { 0 } else { 5 };
    (0..more).map(|_| run()).fold(first, Duration::min).max(FLOOR)
}

/// Reads inputs of growing size.
fn grows_linearly(make: impl Fn(usize) -> Vec<u8>, read: impl Fn(&[u8])) -> Result<(), String> {
    let mut before = None;
    for size in SIZES {
        let input = make(size);
        let now = cost(&|| read(&input));
        if let Some(before) = before
            && now > before * FACTOR
        {
            return Err(format!("{} bytes: {now:?}, a quarter of it: {before:?}", input.len()));
        }
        before = Some(now);
    }
    Ok(())
}

/// Reads a message as the endpoint and as the client read it.
fn read_message(bytes: &[u8]) {
    let text = decode_text(bytes, "application/soap+xml").unwrap();
    let _ = black_box(Message::read(&text));
    black_box(identify::is_identify(&text));
    let _ = black_box(client::read(&text, "uuid:1"));
}

/// What is repeated: its beginning and its end. `@` becomes the number of the repetition.
const PIECES: &[(&str, &str)] = &[
    ("<a>", "</a>"),
    ("<a@>", "</a@>"),
    ("<a/>", ""),
    ("<p@:a xmlns:p@='u@'>", "</p@:a>"),
    ("<p:a xmlns:p='u@'>", "</p:a>"),
    ("<a xmlns='u@'>", "</a>"),
    ("<a xmlns:p@='u' xmlns:q@='u'>", "</a>"),
    ("<p:a xmlns:p='u'/>", ""),
    ("<a b='1' c='2' d='3' e='4'>", "</a>"),
    ("<w:OptionSet>", "</w:OptionSet>"),
    ("<w:Option Name='o@'>v", "</w:Option>"),
    ("<w:SelectorSet><w:Selector Name='s@'>", "</w:Selector></w:SelectorSet>"),
    ("<n:Enumerate><w:Filter Dialect='d'>", "</w:Filter></n:Enumerate>"),
    ("<rsp:Stream Name='stdin' CommandId='C'>QUFB", "</rsp:Stream>"),
    ("<rsp:Arguments>x", "</rsp:Arguments>"),
    ("<rsp:Variable Name='v@'>x", "</rsp:Variable>"),
    ("text ", ""),
    ("é", ""),
    ("&amp;&#65;&#x42;", ""),
    ("&none;", ""),
    ("\r\n\t", ""),
    ("]]&gt;", ""),
    ("<![CDATA[x<y]]>", ""),
    ("<![CDATA[", "]]>"),
    ("<!-- x -->", ""),
    ("<!--", "-->"),
    ("<?p x?>", ""),
    ("<", ">"),
    ("'\"", "\"'"),
];

/// The same within one tag.
const ATTRIBUTES: &[&str] = &[
    " a@='v'",
    " a='v'",
    " w:a@='&lt;'",
    " p@:a@='v'",
    " xmlns:p@='u@'",
    " xmlns:p@='u'",
    " xmlns='u@'",
];

/// Where it stands.
const PLACES: &[&str] = &[
    "<s:Header>*</s:Header><s:Body/>",
    "<s:Header/><s:Body>*</s:Body>",
    "<s:Header/><w:OptionSet>*</w:OptionSet><s:Body/>",
    "<s:Header/><s:Body><rsp:Send>*</rsp:Send></s:Body>",
    "<s:Header/><s:Body><rsp:CommandLine><rsp:Command>*</rsp:Command></rsp:CommandLine></s:Body>",
    "<s:Header/><s:Body><rsp:Shell><rsp:Environment>*</rsp:Environment></rsp:Shell></s:Body>",
    "<s:Header/><s:Body><i:Identify>*</i:Identify></s:Body>",
    "<s:Header/><s:Body><n:Enumerate><w:Filter>*</w:Filter></n:Enumerate></s:Body>",
];

fn repeated(pieces: &[&str], size: usize) -> String {
    let pieces = pieces.concat();
    let mut text = String::with_capacity(size + pieces.len());
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&pieces.replace('@', &number.to_string()));
    }
    text
}

fn envelope(place: &str, attributes: &str, content: &str) -> String {
    let (soap, address, wsman, rsp) = (ns::SOAP, ns::ADDRESSING, ns::WSMAN, ns::SHELL);
    let place = place.replace('*', content);
    format!(
        "<s:Envelope xmlns:s='{soap}' xmlns:a='{address}' xmlns:w='{wsman}' xmlns:rsp='{rsp}' \
         xmlns:n='{}' xmlns:i='{}'{attributes}>{place}</s:Envelope>",
        ns::ENUMERATION,
        ns::IDENTITY
    )
}

/// A document that repeats pieces beside each other, or inside each other.
fn document(place: &str, pieces: &[(&str, &str)], nested: bool, size: usize) -> String {
    let (open, close): (String, String) = (
        pieces.iter().map(|(open, _)| *open).collect(),
        pieces.iter().rev().map(|(_, close)| *close).collect(),
    );
    let (mut content, mut ends, mut length) = (String::new(), Vec::new(), 0);
    for number in 0.. {
        if length >= size {
            break;
        }
        let number = number.to_string();
        let (open, close) = (open.replace('@', &number), close.replace('@', &number));
        length += open.len() + close.len();
        content.push_str(&open);
        if nested {
            ends.push(close);
        } else {
            content.push_str(&close);
        }
    }
    content.extend(ends.into_iter().rev());
    envelope(place, "", &content)
}

fn checked(make: impl Fn(usize) -> String, charset: Charset) -> Result<(), TestCaseError> {
    grows_linearly(|size| charset.encode(&make(size)), read_message).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents(
        place in select(PLACES),
        pieces in subsequence(PIECES, 1..=3).prop_shuffle(),
        nested: bool,
        charset in select(&[Charset::Utf8, Charset::Utf16][..]),
    ) {
        checked(|size| document(place, &pieces, nested, size), charset)?;
    }

    #[test]
    fn tags(
        place in select(PLACES),
        attributes in subsequence(ATTRIBUTES, 1..=2),
        inside: bool,
    ) {
        let make = |size| {
            let attributes = repeated(&attributes, size);
            if inside {
                envelope(place, "", &format!("<x{attributes}/>"))
            } else {
                envelope(place, &attributes, "<p0:x/><p1:x/><p2:x/>")
            }
        };
        checked(make, Charset::Utf8)?;
    }
}

/// Every piece alone, in each order: the property's luck must not decide about these.
#[test]
fn each_piece() {
    for (piece, nested) in PIECES.iter().flat_map(|piece| [(piece, false), (piece, true)]) {
        for place in &PLACES[..2] {
            let made = |size| document(place, &[*piece], nested, size).into_bytes();
            let grown = grows_linearly(made, read_message);
            assert_eq!(grown, Ok(()), "{piece:?} in {place}, nested: {nested}");
        }
    }
    for attribute in ATTRIBUTES {
        let made = |size| envelope(PLACES[0], &repeated(&[attribute], size), "").into_bytes();
        assert_eq!(grows_linearly(made, read_message), Ok(()), "{attribute}");
    }
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x83], &length[1..], content].concat()
}

type Make<'a> = &'a dyn Fn(usize) -> Vec<u8>;

/// A SPNEGO token with this list of mechanisms.
fn mechanisms(list: &[u8]) -> Vec<u8> {
    let spnego = [0x06, 6, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];
    let list = der(0xa0, &der(0x30, list));
    der(0x60, &[&spnego[..], &der(0xa0, &der(0x30, &list))].concat())
}

#[test]
fn heads_tokens_and_bodies() {
    let repeat = |unit: &[u8], size: usize| unit.repeat(size / unit.len());
    let spnego = |size| mechanisms(&repeat(&[0x06, 1, 0x2a], size));
    let nested = |size| repeat(b"\x60\x83\x01\x00\x00", size);
    let inputs: [(&str, Make<'_>); 9] = [
        ("mechanisms", &spnego),
        ("nested", &nested),
        ("boundaries", &|size| repeat(b"--Encrypted Boundary\r\n", size)),
        ("lines", &|size| repeat(b"a:b\r\n", size)),
        ("blanks", &|size| repeat(b" ", size)),
        ("labels", &|size| [b"multipart/encrypted".to_vec(), repeat(b";protocol=", size)].concat()),
        ("base64", &|size| [b"Negotiate ".to_vec(), repeat(b"YIIA", size)].concat()),
        ("digits", &|size| [b"PT".to_vec(), repeat(b"1", size), b"S".to_vec()].concat()),
        ("zeros", &|size| repeat(b"\0", size)),
    ];
    for (name, make) in inputs {
        let grown = grows_linearly(make, |bytes| {
            let _ = black_box(token::initial(bytes));
            let _ = black_box(token::krb_error(bytes));
            let _ = black_box(multipart::read(bytes));
            let _ = black_box(pac::logon_info(bytes));
            let text = String::from_utf8_lossy(bytes);
            let _ = black_box(Label::of_content_type(&text));
            let _ = black_box(parse_duration(&text));
            black_box(Scheme::read(&text));
        });
        assert_eq!(grown, Ok(()), "{name}");
    }
}

/// The documents are what they are meant to be: a parser without bounds reads them to their end.
#[test]
fn the_documents_are_whole() {
    let whole =
        PIECES.iter().filter(|(open, _)| !matches!(*open, "&none;" | "<" | "<![CDATA[" | "<!--"));
    for (piece, nested) in whole.flat_map(|piece| [(piece, false), (piece, true)]) {
        for place in PLACES {
            let text = document(place, &[*piece], nested, 300);
            let read = roxmltree::Document::parse(&text);
            assert!(read.is_ok(), "{read:?}: {text}");
        }
    }
}
