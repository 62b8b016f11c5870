//! Connections that break, and bytes that are no answer.

use spnfix::{Directory, DirectoryError};

use super::server::{ROOT, Say, connect, done, entry, message, result};

/// A write that is answered so. None of these may look like a refusal: it may have been made.
async fn write(answer: impl Fn(i64) -> Say + Send + Sync + 'static) -> DirectoryError {
    let mut dir = connect(move |question| answer(question.id)).await.unwrap();
    dir.add(&format!("CN=x,{ROOT}"), "HTTP/mem1").await.unwrap_err()
}

#[tokio::test]
async fn silence_and_half_answers_end_in_time() {
    for length in [0, 1, 5] {
        let error = write(move |id| Say::Bytes(result(id, 7, 0, "")[..length].to_vec())).await;
        assert_eq!(error.code(), "SPNFIX-TIMEOUT", "{error}");
    }
}

#[tokio::test]
async fn a_cut_connection_is_an_uncertain_write() {
    for length in [0, 1, 5] {
        let error =
            write(move |id| Say::BytesAndClose(result(id, 7, 0, "")[..length].to_vec())).await;
        assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_ldap_are_named() {
    let table: [(&[u8], &str); 5] = [
        (b"\x30\x84\x7f\xff\xff\xff", "at most"),
        (b"\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff", "at most"),
        (b"\x30\x80\x00\x00", "no LDAP"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no LDAP"),
        (b"\x30\x03\x02\x01", "within"),
    ];
    for (bytes, words) in table {
        let error = write(move |_| Say::BytesAndClose(bytes.to_vec())).await;
        assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(words), "{bytes:x?}: {source}");
    }
}

#[tokio::test]
async fn deep_nesting_costs_nothing() {
    let error = write(|_| {
        let inner = b"\x30\x84\x00\x01\x00\x00".repeat(20_000);
        let mut bytes = b"\x30\x84\x00\x01\xd4\xc0".to_vec();
        bytes.extend(inner);
        Say::BytesAndClose(bytes)
    })
    .await;
    assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
}

#[tokio::test]
async fn answers_to_other_questions_are_not_taken() {
    for wrong in [1000, 0] {
        let error = write(move |_| Say::Bytes(result(wrong, 7, 0, ""))).await;
        assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
    }
    // One that came too late is passed over: then there is none.
    let error = write(|id| Say::Bytes(result(id - 1, 7, 0, ""))).await;
    assert_eq!(error.code(), "SPNFIX-TIMEOUT", "{error}");
    // Another operation under the right number.
    for answer in
        [done as fn(i64) -> Vec<u8>, |id| entry(id, "", &[]), |id| message(id, 30, vec![])]
    {
        let error = write(move |id| Say::Bytes(answer(id))).await;
        assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_is_heard() {
    let error = write(|_| Say::BytesAndClose(result(0, 24, 52, "shutting down"))).await;
    assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the server hangs up: unavailable (52): shutting down");
}
