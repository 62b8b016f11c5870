//! From the errors of `wire` to those of the crate.

use std::time::Duration;

use super::wire::answer::LdapResult;
use super::wire::channel::Broken;
use crate::directory::{DirectoryError, LdapCode};

/// Ends work after its time limit, even if bytes still arrive.
pub(super) async fn within<T>(
    patience: Duration,
    doing: &str,
    work: impl Future<Output = Result<T, DirectoryError>>,
) -> Result<T, DirectoryError> {
    let late = |_| DirectoryError::TimedOut { doing: doing.to_owned(), after: patience };
    tokio::time::timeout(patience, work).await.map_err(late)?
}

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

/// Without the NUL, line break or full stop at the end of a server's words.
fn words(text: &str) -> String {
    let odd = |c: char| c.is_control() || c.is_whitespace();
    let text = text.trim_matches(odd).trim_end_matches('.');
    if text.is_empty() { "no explanation given".to_owned() } else { text.replace(odd, " ") }
}

/// The connection broke, or its bytes are no LDAP.
pub(super) fn broken(error: Broken, doing: &str) -> DirectoryError {
    DirectoryError::Lost { doing: doing.to_owned(), source: Box::new(error) }
}

/// The server disconnects on its own (RFC 4511 section 4.4.1). This is no refusal: it may have
/// executed the request.
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
