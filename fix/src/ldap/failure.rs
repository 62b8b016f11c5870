//! From ldap3's errors to ours.

use ldap3::{LdapError, LdapResult};

use crate::directory_error::DirectoryError;
use crate::ldap_code::LdapCode;

/// A result that is not success, as an error with the server's own words.
pub(super) fn check(result: &LdapResult, doing: &str) -> Result<(), DirectoryError> {
    if result.rc == 0 { Ok(()) } else { Err(refused(result, doing)) }
}

pub(super) fn refused(result: &LdapResult, doing: &str) -> DirectoryError {
    DirectoryError::Refused {
        doing: doing.to_owned(),
        code: LdapCode(result.rc),
        text: words(&result.text),
    }
}

/// Servers end their words with a NUL, a line break or a full stop.
fn words(text: &str) -> String {
    let odd = |c: char| c.is_control() || c.is_whitespace();
    let text = text.trim_matches(odd).trim_end_matches('.');
    if text.is_empty() { "no explanation given".to_owned() } else { text.replace(odd, " ") }
}

/// Anything but a result: the connection broke, or the answer cannot be read.
pub(super) fn broken(error: LdapError, doing: &str) -> DirectoryError {
    match error {
        LdapError::LdapResult { result } => refused(&result, doing),
        LdapError::FilterParsing | LdapError::DecodingUTF8 | LdapError::AdapterInit(_) => {
            DirectoryError::Unexpected { doing: doing.to_owned(), reason: error.to_string() }
        }
        error => DirectoryError::Lost { doing: doing.to_owned(), source: Box::new(error) },
    }
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
