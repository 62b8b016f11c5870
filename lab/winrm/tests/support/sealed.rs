//! A client that seals its messages and is made of the library's parts, for what winrm-client never
//! does.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::message::{self, command_id, desired_stream, envelope};
use super::{Endpoint, Realm, WAIT, with_input};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use winrm::gss::{Context, Credential, Mech, Name, Step};
use winrm::sealing::{self, Label, Sequence};
use winrm::soap::{self, ns};

/// A user's ticket for one of the endpoint's names. It is in a cache: nothing here asks a KDC or
/// reads a configuration.
pub(crate) struct Ticket {
    credential: Credential,
    target: Name,
}

impl Ticket {
    pub(crate) fn of(realm: &Realm, user: &str, password: &str) -> Self {
        Self::for_class(realm, user, password, "HTTP")
    }

    pub(crate) fn for_class(realm: &Realm, user: &str, password: &str, class: &str) -> Self {
        let cache = format!("FILE:{}", realm.path(&format!("{user}-{class}.ccache")).display());
        let kinit = with_input(realm.program("kinit").args(["-c", &cache, user]), password);
        assert!(kinit.status.success(), "{kinit:?}");
        let spn = format!("{class}/localhost");
        let kvno = with_input(realm.program("kvno").args(["-c", &cache, &spn]), "");
        assert!(kvno.status.success(), "{kvno:?}");
        Self::cached(&cache, &spn)
    }

    /// Out of a cache that holds it.
    pub(crate) fn cached(cache: &str, spn: &str) -> Self {
        let credential = Credential::from_cache(None, Some(cache)).unwrap();
        let target = Name::principal(&format!("{spn}@CONTOSO.COM")).unwrap();
        Self { credential, target }
    }

    /// A first token for the endpoint.
    pub(crate) fn token(&self) -> Vec<u8> {
        self.begin(&mut Context::default())
    }

    fn begin(&self, context: &mut Context) -> Vec<u8> {
        let step = context.initiate(&self.credential, &self.target, Mech::Spnego, None);
        let Step::Continue(token) = step else { panic!("no token: {step:?}") };
        token
    }
}

/// A connection with a context.
pub(crate) struct Client {
    stream: TcpStream,
    pub(crate) context: Context,
}

pub(crate) struct Answer {
    pub(crate) status: String,
    head: String,
    body: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(endpoint: &Endpoint, ticket: &Ticket) -> Self {
        Self::over(TcpStream::connect(("127.0.0.1", endpoint.port)).unwrap(), ticket)
    }

    pub(crate) fn over(stream: TcpStream, ticket: &Ticket) -> Self {
        stream.set_read_timeout(Some(WAIT)).unwrap();
        let mut client = Self { stream, context: Context::default() };
        client.authenticate(ticket);
        client
    }

    /// Presents a ticket; returns the endpoint's answer and the context it is for.
    pub(crate) fn present(&mut self, ticket: &Ticket) -> (Answer, Context) {
        let mut context = Context::default();
        let token = ticket.begin(&mut context);
        let header = format!("Authorization: Negotiate {}\r\n", BASE64_STANDARD.encode(token));
        (self.post(&header, b""), context)
    }

    /// Takes a new context on the same connection; returns the one before.
    pub(crate) fn authenticate(&mut self, ticket: &Ticket) -> Context {
        let (answer, mut context) = self.present(ticket);
        assert!(answer.status.starts_with("HTTP/1.1 200"), "{}", answer.status);
        let reply = answer.head.split_once("Www-Authenticate: Negotiate ").unwrap().1;
        let reply = BASE64_STANDARD.decode(reply.lines().next().unwrap()).unwrap();
        let (credential, target) = (&ticket.credential, &ticket.target);
        let step = context.initiate(credential, target, Mech::Spnego, Some(&reply));
        assert!(matches!(step, Step::Complete(_)), "{step:?}");
        std::mem::replace(&mut self.context, context)
    }

    pub(crate) fn post(&mut self, header: &str, body: &[u8]) -> Answer {
        let length = body.len();
        let head = format!(
            "POST /wsman HTTP/1.1\r\nHost: localhost\r\n{header}Content-Length: {length}\r\n\r\n"
        );
        self.stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.to_ascii_lowercase();
        let length = length.split_once("content-length: ").expect("a length").1;
        let mut body = vec![0; length.lines().next().unwrap().parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        Answer { status: head.lines().next().unwrap().to_owned(), head, body }
    }

    pub(crate) fn seal(&mut self, kind: &str, text: &[u8]) -> Vec<u8> {
        sealing::seal(&mut self.context, Label::Spnego, kind, text).unwrap()
    }

    pub(crate) fn send(&mut self, sealed: &[u8]) -> Answer {
        let header = format!("Content-Type: {}\r\n", Label::Spnego.content_type());
        self.post(&header, sealed)
    }

    /// What the answer says, and its media type.
    pub(crate) fn open(&mut self, answer: &Answer) -> (String, String) {
        let opened = sealing::open(&mut self.context, &answer.body, Sequence::Strict).unwrap();
        (soap::decode_text(&opened.text, &opened.kind).unwrap(), opened.kind)
    }

    /// Sends an envelope, sealed; returns the HTTP status and the answer's text.
    pub(crate) fn ask(&mut self, text: &str) -> (String, String) {
        let sealed = self.seal(soap::CONTENT_TYPE, text.as_bytes());
        let answer = self.send(&sealed);
        let (text, _) = self.open(&answer);
        (answer.status, text)
    }

    /// The answer to an operation on a shell; it must be no fault.
    pub(crate) fn shell(&mut self, action: &str, shell: &str, body: &str) -> String {
        let transfer = matches!(action, "Create" | "Delete" | "Get");
        let namespace = if transfer { ns::TRANSFER } else { ns::SHELL };
        let (status, text) = self.ask(&envelope(namespace, action, ns::CMD, shell, body));
        assert!(status.starts_with("HTTP/1.1 200"), "{status}: {text}");
        text
    }

    /// Starts a command; returns its id.
    pub(crate) fn start(&mut self, shell: &str, command: &str) -> String {
        command_id(&self.shell("Command", shell, &message::command_line(command)))
    }

    /// Takes a command's standard output to its end; returns the exit code, too.
    pub(crate) fn receive_all(&mut self, shell: &str, command: &str) -> (Vec<u8>, String) {
        let mut all = Vec::new();
        loop {
            let text = self.shell("Receive", shell, &desired_stream(command));
            let streams = text.split("<rsp:Stream Name=\"stdout\"").skip(1);
            for data in streams.map(|stream| message::between(stream, ">", "<")) {
                all.extend(BASE64_STANDARD.decode(data).unwrap());
            }
            if text.contains("<rsp:ExitCode>") {
                return (all, message::between(&text, "<rsp:ExitCode>", "<"));
            }
        }
    }
}
