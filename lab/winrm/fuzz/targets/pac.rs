//! The logon information of a PAC, and SIDs as text.
#![no_main]

use winrm::kerberos::Sid;
use winrm::kerberos::pac::logon_info;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(info) = logon_info(data) {
        for sid in info.groups {
            assert_eq!(sid.to_string().parse::<Sid>(), Ok(sid));
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = text.parse::<Sid>();
    }
});
