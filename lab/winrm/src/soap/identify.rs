//! Identify: the client asks which endpoint this is (DSP0226 section 11, MS-WSMV 3.1.4.1.23).
//!
//! It is the only request without Action and MessageID. And it is the only one that the endpoint
//! answers before the client has authenticated. So `Test-WSMan` without `-Authentication` succeeds
//! while the SPN of the host is broken.

use super::{ns, parse};
use roxmltree::Document;
use std::fmt::Write as _;

/// The largest Identify request. The endpoint reads no more from a client that may send only
/// Identify.
pub const LARGEST: usize = 16 * 1024;

const PROFILES: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile";

/// Whether an envelope is an Identify request.
pub fn is_identify(text: &str) -> bool {
    parse(text).is_some_and(|document| is_asked_in(&document))
}

pub(super) fn is_asked_in(document: &Document<'_>) -> bool {
    let envelope = document.root_element();
    let body = envelope.children().find(|part| part.has_tag_name((ns::SOAP, "Body")));
    envelope.has_tag_name((ns::SOAP, "Envelope"))
        && body.is_some_and(|body| {
            let mut content = body.children().filter(roxmltree::Node::is_element);
            content.next().is_some_and(|node| node.has_tag_name((ns::IDENTITY, "Identify")))
                && content.next().is_none()
        })
}

/// The answer. Security profiles are only for callers who have authenticated. `transport` is `http`
/// or `https`, and `None` leaves them out.
pub fn response(transport: Option<&str>) -> String {
    let mut body = format!(
        "<wsmid:IdentifyResponse xmlns:wsmid=\"{}\">\
         <wsmid:ProtocolVersion>{}</wsmid:ProtocolVersion>\
         <wsmid:ProductVendor>spnlab</wsmid:ProductVendor>\
         <wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>",
        ns::IDENTITY,
        ns::WSMAN
    );
    if let Some(transport) = transport {
        let _ = write!(
            body,
            "<wsmid:SecurityProfiles><wsmid:SecurityProfileName>{PROFILES}/{transport}/\
             spnego-kerberos</wsmid:SecurityProfileName></wsmid:SecurityProfiles>"
        );
    }
    body.push_str("</wsmid:IdentifyResponse>");
    format!(
        r#"<s:Envelope xml:lang="en-US" xmlns:s="{}"><s:Header></s:Header><s:Body>{body}</s:Body></s:Envelope>"#,
        ns::SOAP
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(body: &str) -> String {
        format!(
            r#"<e:Envelope xmlns:e="{}" xmlns:i="{}"><e:Header/><e:Body>{body}</e:Body></e:Envelope>"#,
            ns::SOAP,
            ns::IDENTITY
        )
    }

    #[test]
    fn only_identify_is_identify() {
        assert!(is_identify(&envelope("<i:Identify/>")));
        for other in ["", "<Identify/>", "<i:Other/>", "<i:Identify/><i:Identify/>"] {
            assert!(!is_identify(&envelope(other)), "{other}");
        }
        assert!(!is_identify("<x/>"));
        assert!(!is_identify("no XML"));
    }

    #[test]
    fn strangers_see_no_security_profiles() {
        assert!(!response(None).contains("SecurityProfile"));
        assert!(response(Some("https")).contains("/secprofile/https/spnego-kerberos<"));
        assert!(parse(&response(Some("http"))).is_some());
    }
}
