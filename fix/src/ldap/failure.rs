//! From the wire's errors to ours.

use super::wire::answer::LdapResult;
use super::wire::channel::Broken;
use crate::directory_error::DirectoryError;
use crate::ldap_code::LdapCode;

/// A result that is not success, as an error with the server's own words.
pub(super) fn check(result: &LdapResult, doing: &str) -> Result<(), DirectoryError> {
    if result.code == 0 { Ok(()) } else { Err(refused(result, doing)) }
}

pub(super) fn refused(result: &LdapResult, doing: &str) -> DirectoryError {
    DirectoryError::Refused {
        doing: doing.to_owned(),
        code: LdapCode(result.code),
        text: words(&result.text),
    }
}

/// Servers end their words with a NUL, a line break or a full stop.
fn words(text: &str) -> String {
    let odd = |c: char| c.is_control() || c.is_whitespace();
    let text = text.trim_matches(odd).trim_end_matches('.');
    if text.is_empty() { "no explanation given".to_owned() } else { text.replace(odd, " ") }
}

/// The connection broke, or what comes over it is no LDAP.
pub(super) fn broken(error: Broken, doing: &str) -> DirectoryError {
    DirectoryError::Lost { doing: doing.to_owned(), source: Box::new(error) }
}

/// The server hangs up on its own (RFC 4511 section 4.4.1). No refusal: what was asked may have
/// been done.
pub(super) fn notice(result: &LdapResult, doing: &str) -> DirectoryError {
    let words = format!("the server hangs up: {}: {}", LdapCode(result.code), words(&result.text));
    DirectoryError::Lost { doing: doing.to_owned(), source: words.into() }
}

pub(super) fn unexpected(doing: &str, reason: impl Into<String>) -> DirectoryError {
    DirectoryError::Unexpected { doing: doing.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_their_tail_only() {
        assert_eq!(
            words("80090308: LdapErr: DSID-0, data 52e, v1db1\0"),
            "80090308: LdapErr: DSID-0, data 52e, v1db1"
        );
        assert_eq!(words("no.\n"), "no");
        assert_eq!(words("a\nb"), "a b");
        assert_eq!(words(""), "no explanation given");
    }
}
