//! Replaces MIT's 35 with Windows' 41: the error code that the endpoint sends when the acceptor
//! refuses a ticket.
//!
//! For a ticket that its keys do not decrypt, MIT's acceptor says one of four codes. The keytab
//! decides which:
//!
//! - 35: no key fits
//! - 31: the key of that name and kvno does not fit
//! - 44: the keytab has only another kvno
//! - 45: no key is there
//!
//! A Windows endpoint says KRB_AP_ERR_MODIFIED (41) in all these cases. MIT finds the condition.
//! Only the number on the wire is Windows'. Other refusals (clock skew, expired ticket, replay)
//! keep their own code.

use crate::kerberos::ErrorCode;
use crate::kerberos::token;

const NOT_DECRYPTED: [i32; 4] = [31, 35, 44, 45];
const MODIFIED: u8 = 41;

/// The acceptor's own code and the code that its token now carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codes {
    /// The acceptor's code.
    pub own: ErrorCode,
    /// The code on the wire.
    pub sent: ErrorCode,
}

/// Rewrites the code of an error token if the ticket did not decrypt. `None` if the token carries
/// no KRB-ERROR. Such a token stays as it is.
pub fn write_windows_error_code(error_token: &mut [u8]) -> Option<Codes> {
    let error = token::krb_error(error_token).ok()?;
    let own = ErrorCode::new(error.code);
    let change = NOT_DECRYPTED.contains(&error.code);
    let changed = change && token::set_error_code(error_token, &error, MODIFIED);
    Some(Codes { own, sent: if changed { ErrorCode::new(i32::from(MODIFIED)) } else { own } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    fn with_code(code: u8) -> Vec<u8> {
        let text = include_str!("../../../tests/tokens/spnego-krb-error.b64");
        let mut token = BASE64_STANDARD.decode(text.trim()).unwrap();
        let error = token::krb_error(&token).unwrap();
        assert!(token::set_error_code(&mut token, &error, code));
        token
    }

    #[test]
    fn only_tickets_that_do_not_decrypt_become_41() {
        for (own, sent) in [(31, 41), (35, 41), (44, 41), (45, 41), (41, 41)] {
            let mut token = with_code(own);
            let codes = write_windows_error_code(&mut token).unwrap();
            assert_eq!((codes.own.code, codes.sent.code), (i32::from(own), sent));
            assert_eq!(token, with_code(41));
        }
        // Expired, not yet valid, replay, skew, generic (channel bindings): they stay as they are.
        for own in [32, 33, 34, 37, 60] {
            let mut token = with_code(own);
            let codes = write_windows_error_code(&mut token).unwrap();
            assert_eq!((codes.own, codes.sent.code), (codes.sent, i32::from(own)));
            assert_eq!(token, with_code(own));
        }
        assert_eq!(write_windows_error_code(&mut [0x60, 0x01]), None);
    }
}
