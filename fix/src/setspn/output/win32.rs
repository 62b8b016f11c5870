//! Windows' numbers and words for a directory's refusals.

use crate::directory::{DirectoryError, LdapCode};

/// A Windows error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Win32 {
    pub(super) code: u32,
    pub(super) text: &'static str,
}

/// ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST
const NOT_UNIQUE: u32 = 0x21C7;

/// Numbers and texts of the system's messages (winerror.h) for errors of a write.
const MESSAGES: &[(u32, &str)] = &[
    (0x200A, "The specified directory service attribute or value does not exist."),
    (0x200B, "The attribute syntax specified to the directory service is invalid."),
    (0x200D, "The specified directory service attribute or value already exists."),
    (0x200E, "The directory service is busy."),
    (0x200F, "The directory service is unavailable."),
    (
        0x2014,
        "The requested operation did not satisfy one or more constraints associated with the \
              class of the object.",
    ),
    (0x2020, "An operations error occurred."),
    (0x2021, "A protocol error occurred."),
    (0x2022, "The time limit for this request was exceeded."),
    (0x2023, "The size limit for this request was exceeded."),
    (0x2024, "The administrative limit for this request was exceeded."),
    (0x2027, "The requested authentication method is not supported by the server."),
    (0x2028, "A more secure authentication method is required for this server."),
    (0x202B, "A referral was returned from the server."),
    (0x202C, "The server does not support the requested critical extension."),
    (0x202D, "This request requires a secure connection."),
    (0x202F, "A constraint violation occurred."),
    (0x2030, "There is no such object on the server."),
    (0x2032, "An invalid dn syntax has been specified."),
    (0x2035, "The server is unwilling to process the request."),
    (0x2098, "Insufficient access rights to perform the operation."),
    (
        NOT_UNIQUE,
        "The operation failed because SPN value provided for addition/modification is not unique \
         forest-wide.",
    ),
];

/// What Windows' setspn would report for a refusal; `None` for other errors.
///
/// Active Directory begins its message with the Windows number, eight hexadecimal digits. Samba
/// does so with fewer numbers, and calls a value that is not unique a conflict. Otherwise LDAP's
/// own number decides.
pub(super) fn of(error: &DirectoryError) -> Option<Win32> {
    let DirectoryError::Refused { code, text, .. } = error else { return None };
    let conflict = text.to_ascii_lowercase().contains("conflict");
    if *code == LdapCode::CONSTRAINT_VIOLATION && conflict {
        return message(NOT_UNIQUE);
    }
    said(text).and_then(message).or_else(|| message(from_ldap(*code)))
}

/// ERROR_DS_NO_ATTRIBUTE_OR_VALUE: what Windows reports where the value to delete is absent.
pub(super) fn absent() -> Win32 {
    let (code, text) = MESSAGES[0];
    Win32 { code, text }
}

fn said(text: &str) -> Option<u32> {
    let number = text.get(..8)?;
    u32::from_str_radix(number, 16).ok()
}

fn message(code: u32) -> Option<Win32> {
    MESSAGES.iter().find(|(known, _)| *known == code).map(|&(code, text)| Win32 { code, text })
}

fn from_ldap(code: LdapCode) -> u32 {
    match code.0 {
        2 => 0x2021,
        3 => 0x2022,
        4 => 0x2023,
        7 => 0x2027,
        8 => 0x2028,
        10 => 0x202B,
        11 => 0x2024,
        12 => 0x202C,
        13 => 0x202D,
        16 => 0x200A,
        19 => 0x202F,
        20 => 0x200D,
        21 => 0x200B,
        32 => 0x2030,
        34 => 0x2032,
        50 => 0x2098,
        51 => 0x200E,
        52 => 0x200F,
        53 => 0x2035,
        65 => 0x2014,
        _ => 0x2020,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u32, text: &str) -> DirectoryError {
        let (doing, text) = (String::new(), text.to_owned());
        DirectoryError::Refused { doing, code: LdapCode(code), text }
    }

    #[test]
    fn the_servers_own_number_comes_first() {
        let table = [
            (50, "no rights", 8344),
            (50, "00002098: SecErr: DSID-0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0", 8344),
            (19, "000021C7: AtrErr: DSID-0, #1: 0: 000021C7: problem 1005", 8647),
            (19, "0000202F: samldb: spn[a/b] would cause a conflict", 8647),
            (19, "spn[x] invalid with 1 components", 8239),
            (16, "", 8202),
            (20, "acéüöäß", 8205),
            (53, "deadbeef", 8245),
            (80, "", 8224),
        ];
        for (code, text, expected) in table {
            assert_eq!(of(&refused(code, text)).map(|found| found.code), Some(expected), "{text}");
        }
        assert_eq!(of(&DirectoryError::NoGlobalCatalog), None);
    }

    #[test]
    fn every_ldap_number_has_a_message() {
        for code in 0..100 {
            assert!(of(&refused(code, "")).is_some_and(|found| found.text.ends_with('.')));
        }
    }
}
