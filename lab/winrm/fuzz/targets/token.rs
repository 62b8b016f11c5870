//! SPNEGO and krb5 tokens: an initiator's first one, and an acceptor's KRB-ERROR.
#![no_main]

use winrm::kerberos::token::{initial, krb_error};
use winrm::server::security::write_windows_error_code;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = initial(data);
    let before = krb_error(data);
    let mut changed = data.to_vec();
    match write_windows_error_code(&mut changed) {
        Some(codes) => {
            assert_eq!(before.map(|error| error.code), Ok(codes.own.code));
            assert_eq!(krb_error(&changed).map(|error| error.code), Ok(codes.sent.code));
        }
        None => assert_eq!(changed, data),
    }
});
