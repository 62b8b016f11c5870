//! Which error code goes out when the acceptor refuses a ticket.
//!
//! For a ticket that its keys do not decrypt, MIT's acceptor says 35 (no key fits), 31 (the key of
//! that name and kvno does not fit), 44 (only another kvno) or 45 (no key), depending on what the
//! keytab holds. A Windows endpoint says KRB_AP_ERR_MODIFIED (41) in all these cases. The
//! condition is MIT's finding; only the number on the wire is Windows'. Other refusals (clock
//! skew, expired ticket, replay) keep their own code.

use crate::krb5::ErrorCode;
use crate::token;

const NOT_DECRYPTED: [i32; 4] = [31, 35, 44, 45];
const MODIFIED: u8 = 41;

/// The acceptor's own code and the code that its token now carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codes {
    /// What the acceptor said.
    pub own: ErrorCode,
    /// What goes out.
    pub sent: ErrorCode,
}

/// Rewrites the code of an error token if the ticket did not decrypt. `None` if the token carries
/// no KRB-ERROR; it is then sent as it is.
pub fn imitate_windows(error_token: &mut [u8]) -> Option<Codes> {
    let error = token::krb_error(error_token).ok()?;
    let own = ErrorCode::new(error.code);
    let change = NOT_DECRYPTED.contains(&error.code);
    let changed = change && token::set_error_code(error_token, &error, MODIFIED);
    Some(Codes { own, sent: if changed { ErrorCode::new(i32::from(MODIFIED)) } else { own } })
}
