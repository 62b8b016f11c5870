//! A SOAP message of any charset, read as the endpoint and as the client read it.
#![no_main]

use winrm::soap::{Charset, Message, client, decode_text, identify};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some(text) = decode_text(data, "application/soap+xml") {
        let asks = matches!(Message::read(&text), Ok(Message::Identify));
        assert_eq!(identify::is_identify(&text), asks);
        let _ = client::read(&text, "uuid:1");
        let again = Charset::Utf16.encode(&text);
        assert_eq!(decode_text(&again, ""), Some(text));
    }
});
