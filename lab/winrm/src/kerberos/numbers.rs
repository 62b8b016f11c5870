//! Kerberos numbers and their names (RFC 4120 section 7.5.9, RFC 3961 and its registry).

use serde::Serialize;

/// The base of MIT's error table: minor status = base + protocol code.
pub const MIT_BASE: i32 = -1_765_328_384;

/// MIT's own codes, above the protocol's: no KDC of the realm is found or reachable.
const KDC_UNREACHABLE: [(i32, &str); 3] =
    [(154, "KRB5_REALM_UNKNOWN"), (156, "KRB5_KDC_UNREACH"), (220, "KRB5_REALM_CANT_RESOLVE")];

/// A Kerberos error code with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ErrorCode {
    /// The number in KRB-ERROR.
    pub code: i32,
    /// The constant of RFC 4120.
    pub name: &'static str,
}

impl ErrorCode {
    /// Names a protocol code.
    pub fn new(code: i32) -> Self {
        let name = NAMES.iter().find(|(number, _)| *number == code).map_or("KRB_ERR", |e| e.1);
        Self { code, name }
    }
}

/// The protocol code in a GSS minor status of the krb5 mechanism, if it is one.
pub fn protocol_code(minor: u32) -> Option<i32> {
    let code = minor.cast_signed().checked_sub(MIT_BASE)?;
    (1..128).contains(&code).then_some(code)
}

/// MIT's constant, if a minor status says that no KDC was found or reachable.
pub fn unreachable_name(minor: u32) -> Option<&'static str> {
    let offset = minor.cast_signed().checked_sub(MIT_BASE)?;
    KDC_UNREACHABLE.iter().find(|(code, _)| *code == offset).map(|(_, name)| *name)
}

/// Every protocol code with a name, in order.
pub fn codes() -> impl Iterator<Item = (i32, &'static str)> {
    NAMES.iter().copied()
}

const NAMES: &[(i32, &str)] = &[
    (1, "KDC_ERR_NAME_EXP"),
    (2, "KDC_ERR_SERVICE_EXP"),
    (3, "KDC_ERR_BAD_PVNO"),
    (4, "KDC_ERR_C_OLD_MAST_KVNO"),
    (5, "KDC_ERR_S_OLD_MAST_KVNO"),
    (6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"),
    (7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"),
    (8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE"),
    (9, "KDC_ERR_NULL_KEY"),
    (10, "KDC_ERR_CANNOT_POSTDATE"),
    (11, "KDC_ERR_NEVER_VALID"),
    (12, "KDC_ERR_POLICY"),
    (13, "KDC_ERR_BADOPTION"),
    (14, "KDC_ERR_ETYPE_NOSUPP"),
    (15, "KDC_ERR_SUMTYPE_NOSUPP"),
    (16, "KDC_ERR_PADATA_TYPE_NOSUPP"),
    (17, "KDC_ERR_TRTYPE_NOSUPP"),
    (18, "KDC_ERR_CLIENT_REVOKED"),
    (19, "KDC_ERR_SERVICE_REVOKED"),
    (20, "KDC_ERR_TGT_REVOKED"),
    (21, "KDC_ERR_CLIENT_NOTYET"),
    (22, "KDC_ERR_SERVICE_NOTYET"),
    (23, "KDC_ERR_KEY_EXPIRED"),
    (24, "KDC_ERR_PREAUTH_FAILED"),
    (25, "KDC_ERR_PREAUTH_REQUIRED"),
    (26, "KDC_ERR_SERVER_NOMATCH"),
    (27, "KDC_ERR_MUST_USE_USER2USER"),
    (28, "KDC_ERR_PATH_NOT_ACCEPTED"),
    (29, "KDC_ERR_SVC_UNAVAILABLE"),
    (31, "KRB_AP_ERR_BAD_INTEGRITY"),
    (32, "KRB_AP_ERR_TKT_EXPIRED"),
    (33, "KRB_AP_ERR_TKT_NYV"),
    (34, "KRB_AP_ERR_REPEAT"),
    (35, "KRB_AP_ERR_NOT_US"),
    (36, "KRB_AP_ERR_BADMATCH"),
    (37, "KRB_AP_ERR_SKEW"),
    (38, "KRB_AP_ERR_BADADDR"),
    (39, "KRB_AP_ERR_BADVERSION"),
    (40, "KRB_AP_ERR_MSG_TYPE"),
    (41, "KRB_AP_ERR_MODIFIED"),
    (42, "KRB_AP_ERR_BADORDER"),
    (44, "KRB_AP_ERR_BADKEYVER"),
    (45, "KRB_AP_ERR_NOKEY"),
    (46, "KRB_AP_ERR_MUT_FAIL"),
    (47, "KRB_AP_ERR_BADDIRECTION"),
    (48, "KRB_AP_ERR_METHOD"),
    (49, "KRB_AP_ERR_BADSEQ"),
    (50, "KRB_AP_ERR_INAPP_CKSUM"),
    (51, "KRB_AP_PATH_NOT_ACCEPTED"),
    (52, "KRB_ERR_RESPONSE_TOO_BIG"),
    (60, "KRB_ERR_GENERIC"),
    (61, "KRB_ERR_FIELD_TOOLONG"),
    (67, "KRB_AP_ERR_NO_TGT"),
    (68, "KDC_ERR_WRONG_REALM"),
    (69, "KRB_AP_ERR_USER_TO_USER_REQUIRED"),
];

/// MIT's name of an etype.
pub fn etype_name(etype: i32) -> &'static str {
    match etype {
        1 => "des-cbc-crc",
        3 => "des-cbc-md5",
        16 => "des3-cbc-sha1",
        17 => "aes128-cts-hmac-sha1-96",
        18 => "aes256-cts-hmac-sha1-96",
        19 => "aes128-cts-hmac-sha256-128",
        20 => "aes256-cts-hmac-sha384-192",
        23 => "arcfour-hmac",
        24 => "arcfour-hmac-exp",
        25 => "camellia128-cts-cmac",
        26 => "camellia256-cts-cmac",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_status_and_protocol_code() {
        // winrm clients print 7 as an unsigned number: 2529638919.
        assert_eq!(protocol_code(2_529_638_919), Some(7));
        assert_eq!(protocol_code((-1_765_328_343_i32).cast_unsigned()), Some(41));
        assert_eq!(protocol_code(0), None);
        assert_eq!(protocol_code(i32::MAX.cast_unsigned()), None);
        assert_eq!(
            unreachable_name((-1_765_328_228_i32).cast_unsigned()),
            Some("KRB5_KDC_UNREACH")
        );
        assert_eq!(
            unreachable_name((-1_765_328_164_i32).cast_unsigned()),
            Some("KRB5_REALM_CANT_RESOLVE")
        );
    }

    #[test]
    fn names_are_unique_and_ordered() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(ErrorCode::new(41).name, "KRB_AP_ERR_MODIFIED");
        assert_eq!(ErrorCode::new(99).name, "KRB_ERR");
    }
}
