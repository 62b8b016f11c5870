//! Results and messages that a client must neither lose nor take for others.

use spnfix::{Directory, DirectoryError};

use super::server::{ROOT, Say, connect, result};

/// A write that is answered so.
async fn write(answer: impl Fn(i64) -> Vec<u8> + Send + Sync + 'static) -> DirectoryError {
    let mut dir = connect(move |question| Say::Bytes(answer(question.id))).await.unwrap();
    dir.add(&format!("CN=x,{ROOT}"), "HTTP/mem1").await.unwrap_err()
}

#[tokio::test]
async fn a_code_that_no_table_has_keeps_number_and_text() {
    // Active Directory's "results too large" is in no RFC.
    let error = write(|id| result(id, 7, 70, "00002024: SvcErr")).await;
    assert_eq!(error.code(), "SPNFIX-LDAP-70", "{error}");
    assert!(error.to_string().contains("00002024: SvcErr"), "{error}");
}

#[tokio::test]
async fn a_refusal_whose_text_is_not_utf8_stays_a_refusal() {
    let error = write(|id| {
        let mut bytes = result(id, 7, 19, "x");
        *bytes.last_mut().unwrap() = 0xff;
        bytes
    })
    .await;
    assert_eq!(error.code(), "SPNFIX-LDAP-19", "{error}");
}

#[tokio::test]
async fn the_length_alone_of_a_message_of_100_mib_is_refused() {
    // Nothing follows. Whoever waits for the message runs into the time limit.
    let error = write(|_| b"\x30\x84\x06\x40\x00\x00".to_vec()).await;
    assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("at most"), "{source}");
}

#[tokio::test]
async fn a_number_that_only_ends_like_the_question_s_is_another_one() {
    let error = write(|id| result(id + (1 << 32), 7, 0, "")).await;
    assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
}
