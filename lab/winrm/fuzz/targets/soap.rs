//! A SOAP message of any charset, read as the endpoint and as the client read it.
#![no_main]

use winrm::soap::{Charset, Request, decode_text, identify, message};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some(text) = decode_text(data, "application/soap+xml") {
        let _ = Request::read(&text);
        let _ = identify::is_identify(&text);
        let _ = message::read(&text, "uuid:1");
        let again = Charset::Utf16.encode(&text);
        assert_eq!(decode_text(&again, ""), Some(text));
    }
});
