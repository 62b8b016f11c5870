//! Reads a client's request.
//!
//! It is lenient where real clients differ: header order, prefixes, the case of selector names, and
//! an OptionSet outside of the header.

use super::enumeration::{Enumerate, Pull};
use super::{Fault, ns, parse, parse_duration};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use roxmltree::{Document, Node};
use std::time::Duration;

/// MaxTimeoutms, and the time-out if the client names none.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_ENVELOPE: usize = 153_600;
/// The smallest MaxEnvelopeSize that DSP0226 section 13.1 allows.
const MIN_ENVELOPE: usize = 8192;

/// A request, read but not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The action URI.
    pub action: String,
    /// The message id, byte for byte.
    pub message_id: String,
    /// The resource URI.
    pub resource_uri: String,
    /// How long the client waits, at most the service's maximum.
    pub operation_timeout: Duration,
    /// The longest answer in bytes.
    pub max_envelope: usize,
    /// The ShellId selector.
    pub shell_id: Option<String>,
    /// The options, in order.
    pub options: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// No content.
    Empty,
    /// `rsp:Shell`.
    Shell(ShellSpec),
    /// `rsp:CommandLine`.
    Command {
        /// An id that the client chose.
        id: Option<String>,
        /// The command text.
        command: String,
        /// Arguments, unparsed.
        arguments: Vec<String>,
    },
    /// `rsp:Receive`, with its command.
    Receive(Option<String>),
    /// `rsp:Send`.
    Send(Vec<Input>),
    /// `rsp:Signal`.
    Signal {
        /// Its command.
        command_id: Option<String>,
        /// The signal's URI.
        code: String,
    },
    /// `n:Enumerate`.
    Enumerate(Enumerate),
    /// `n:Pull`.
    Pull(Pull),
    /// Something else.
    Other(String),
}

/// The client's wishes for a new shell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShellSpec {
    /// An id that the client chose.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// The directory in which commands start.
    pub working_directory: Option<String>,
    /// The idle time-out.
    pub idle_timeout: Option<Duration>,
    /// The end of the shell, used or not.
    pub lifetime: Option<Duration>,
    /// Names of input streams.
    pub input_streams: Option<String>,
    /// Names of output streams.
    pub output_streams: Option<String>,
}

/// Bytes for a command's input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The command.
    pub command_id: Option<String>,
    /// The decoded bytes.
    pub data: Vec<u8>,
    /// Whether the stream ends here.
    pub end: bool,
}

impl Request {
    /// Reads an envelope.
    pub fn read(text: &str) -> Result<Self, Fault> {
        Self::of(&parse(text).ok_or_else(Fault::bad_schema)?)
    }

    pub(super) fn of(document: &Document<'_>) -> Result<Self, Fault> {
        let envelope = document.root_element();
        if !envelope.has_tag_name((ns::SOAP, "Envelope")) {
            return Err(Fault::bad_schema());
        }
        let body = child(envelope, ns::SOAP, "Body").ok_or_else(Fault::bad_schema)?;
        let header = |namespace, name| {
            outside(envelope, body).find(|node| node.has_tag_name((namespace, name))).map(text_of)
        };
        let required = |namespace, name| {
            header(namespace, name)
                .filter(|text| !text.is_empty())
                .ok_or_else(Fault::invalid_header)
        };
        let timeout = match header(ns::WSMAN, "OperationTimeout") {
            Some(text) => parse_duration(&text).ok_or_else(Fault::invalid_header)?,
            None => MAX_TIMEOUT,
        };
        let max_envelope = header(ns::WSMAN, "MaxEnvelopeSize").and_then(|text| text.parse().ok());
        Ok(Self {
            action: required(ns::ADDRESSING, "Action")?,
            message_id: required(ns::ADDRESSING, "MessageID")?,
            resource_uri: header(ns::WSMAN, "ResourceURI").unwrap_or_default(),
            operation_timeout: timeout.min(MAX_TIMEOUT),
            max_envelope: max_envelope.unwrap_or(DEFAULT_ENVELOPE).max(MIN_ENVELOPE),
            shell_id: named(envelope, body, "Selector")
                .find(|(name, _)| name.eq_ignore_ascii_case("ShellId"))
                .map(|(_, value)| value),
            options: named(envelope, body, "Option").collect(),
            body: read_body(body)?,
        })
    }

    /// The value of an option.
    pub fn option(&self, name: &str) -> Option<&str> {
        let (_, value) = self.options.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The value of an option that is TRUE or FALSE.
    pub fn flag(&self, name: &str) -> Option<bool> {
        let value = self.option(name)?;
        Some(value.eq_ignore_ascii_case("true") || value == "1")
    }
}

/// Every element of the envelope outside of the body.
fn outside<'a>(envelope: Node<'a, 'a>, body: Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    envelope.children().filter(move |part| *part != body).flat_map(|part| part.descendants())
}

fn named<'a>(
    envelope: Node<'a, 'a>,
    body: Node<'a, 'a>,
    kind: &'static str,
) -> impl Iterator<Item = (String, String)> + 'a {
    outside(envelope, body)
        .filter(move |node| node.has_tag_name((ns::WSMAN, kind)))
        .map(|node| (node.attribute("Name").unwrap_or_default().to_owned(), text_of(node)))
}

fn child<'a>(node: Node<'a, 'a>, namespace: &str, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name((namespace, name)))
}

fn shell_child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    child(node, ns::SHELL, name)
}

/// All text of an element, even if CDATA or comments split it.
fn raw_text(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

fn text_of(node: Node<'_, '_>) -> String {
    raw_text(node).trim().to_owned()
}

fn id_attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name).map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned)
}

fn read_body(body: Node<'_, '_>) -> Result<Body, Fault> {
    let Some(node) = body.children().find(Node::is_element) else {
        return Ok(Body::Empty);
    };
    if node.has_tag_name((ns::ENUMERATION, "Enumerate")) {
        return Ok(Body::Enumerate(Enumerate::read(node)?));
    }
    if node.has_tag_name((ns::ENUMERATION, "Pull")) {
        return Ok(Body::Pull(Pull::read(node)?));
    }
    if node.tag_name().namespace() != Some(ns::SHELL) {
        return Ok(Body::Other(node.tag_name().name().to_owned()));
    }
    Ok(match node.tag_name().name() {
        "Shell" => Body::Shell(shell_spec(node)?),
        "CommandLine" => Body::Command {
            id: id_attribute(node, "CommandId"),
            command: raw_text(shell_child(node, "Command").ok_or_else(Fault::bad_schema)?),
            arguments: node
                .children()
                .filter(|child| child.has_tag_name((ns::SHELL, "Arguments")))
                .map(raw_text)
                .collect(),
        },
        "Receive" => Body::Receive(
            shell_child(node, "DesiredStream").and_then(|stream| id_attribute(stream, "CommandId")),
        ),
        "Send" => Body::Send(
            node.children()
                .filter(|child| child.has_tag_name((ns::SHELL, "Stream")))
                .map(input)
                .collect::<Result<_, _>>()?,
        ),
        "Signal" => Body::Signal {
            command_id: id_attribute(node, "CommandId"),
            code: shell_child(node, "Code").map(text_of).unwrap_or_default(),
        },
        other => Body::Other(other.to_owned()),
    })
}

fn shell_spec(node: Node<'_, '_>) -> Result<ShellSpec, Fault> {
    let text = |name| shell_child(node, name).map(text_of).filter(|text| !text.is_empty());
    let duration = |text: Option<String>| match text {
        Some(value) => parse_duration(&value).map(Some).ok_or_else(Fault::bad_schema),
        None => Ok(None),
    };
    let idle_timeout = duration(text("IdleTimeOut").or_else(|| text("IdleTimeout")))?;
    let environment = shell_child(node, "Environment").map_or_else(Vec::new, |list| {
        list.children()
            .filter(|child| child.has_tag_name((ns::SHELL, "Variable")))
            .map(|v| (v.attribute("Name").unwrap_or_default().to_owned(), raw_text(v)))
            .collect()
    });
    Ok(ShellSpec {
        id: id_attribute(node, "ShellId"),
        name: id_attribute(node, "Name"),
        lifetime: duration(text("Lifetime").or_else(|| text("LifeTime")))?,
        environment,
        working_directory: text("WorkingDirectory"),
        idle_timeout,
        input_streams: text("InputStreams"),
        output_streams: text("OutputStreams"),
    })
}

fn input(node: Node<'_, '_>) -> Result<Input, Fault> {
    let mut encoded = raw_text(node);
    encoded.retain(|c| !c.is_ascii_whitespace());
    Ok(Input {
        command_id: id_attribute(node, "CommandId"),
        data: BASE64_STANDARD.decode(encoded).map_err(|_| Fault::invalid_parameter())?,
        end: node.attribute("End").is_some_and(|end| end.eq_ignore_ascii_case("true")),
    })
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
