//! The sealed body's layout: what was read and written again is read as the same.
#![no_main]

use winrm::sealing::multipart::{Label, read, write};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Label::of_content_type(text);
    }
    if let Ok(part) = read(data) {
        let again = write(part.label, &part.original_type, part.length, part.signature, part.data);
        if part.original_type.len() < 300 {
            assert_eq!(read(&again), Ok(part));
        }
    }
});
