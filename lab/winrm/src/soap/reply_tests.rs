use super::*;
use crate::soap::client::{self, Reply, ReplyError};

const ID: &str = "uuid:A&B";

fn read(body: &str) -> Result<Reply, ReplyError> {
    client::read(&success("urn:x", ID, body), ID)
}

#[test]
fn a_created_shell() {
    let body = created(&ShellFacts {
        id: "GUID",
        address: "http://mem1:5985/wsman",
        name: Some("n"),
        run_time: Duration::ZERO,
        inactivity: Duration::ZERO,
        owner: "CONTOSO.COM\\trainer",
        client_ip: "::1",
        idle_timeout: Duration::from_secs(7200),
        input_streams: "stdin",
        output_streams: "stdout stderr",
    });
    assert_eq!(read(&body).unwrap().shell_id.as_deref(), Some("GUID"));
    // Some clients read the selector, others the element.
    assert!(body.contains(r#"<w:Selector Name="ShellId">GUID</w:Selector>"#));
    assert!(body.contains("<rsp:ShellId>GUID</rsp:ShellId>"));
}

#[test]
fn output_and_states() {
    let running = received("C", &[("stdout", b"a\0"), ("stderr", b"b")], None);
    let reply = read(&running).unwrap();
    let expected = [("stdout".to_owned(), b"a\0".to_vec()), ("stderr".to_owned(), b"b".to_vec())];
    assert_eq!((reply.output.as_slice(), reply.done), (&expected[..], None));
    let done = received("C", &[], Some(255));
    assert_eq!(read(&done).unwrap().done, Some(255));
    assert!(done.contains(r#"Name="stdout" CommandId="C" End="true"></rsp:Stream>"#));
    assert!(!done.contains("Fault"));
}

#[test]
fn faults() {
    let text = fault(&Fault::timed_out(), ID, "mem1");
    let Err(ReplyError::Fault { code, text: reason }) = client::read(&text, ID) else { panic!() };
    assert_eq!(code, 2_150_858_793);
    assert!(reason.contains("OperationTimeout"));
    assert!(text.contains(r#"Code="2150858793" Machine="mem1""#));
    let addressing = fault(&Fault::unknown_action(), ID, "mem1");
    assert!(addressing.contains("addressing/fault</a:Action>"));
}

#[test]
fn an_answer_to_another_request_is_refused() {
    let text = success("urn:x", ID, SENT);
    assert!(text.contains("<a:RelatesTo>uuid:A&amp;B</a:RelatesTo>"));
    assert!(matches!(client::read(&text, "uuid:C"), Err(ReplyError::Unexpected(_))));
    for end in 0..text.len() {
        assert!(client::read(&text[..end], ID).is_err(), "prefix of {end} bytes");
    }
}
