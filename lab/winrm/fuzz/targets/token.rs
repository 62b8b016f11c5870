//! SPNEGO and krb5 tokens: an initiator's first one, and an acceptor's KRB-ERROR.
#![no_main]

use winrm::server::refusal::imitate_windows;
use winrm::token::{initial, krb_error};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = initial(data);
    let before = krb_error(data);
    let mut changed = data.to_vec();
    match imitate_windows(&mut changed) {
        Some(codes) => {
            assert_eq!(before.map(|error| error.code), Ok(codes.own.code));
            assert_eq!(krb_error(&changed).map(|error| error.code), Ok(codes.sent.code));
        }
        None => assert_eq!(changed, data),
    }
});
