//! The value of an `Authorization` header, and the token in it.
#![no_main]

use winrm::kerberos::token::initial;
use winrm::server::security::Scheme;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data)
        && let Some((_, token)) = Scheme::read(text)
    {
        let _ = initial(&token);
    }
});
