//! What numbers mean (RFC 4120 section 7.5).
//!
//! Uses: no other room.

pub(super) fn nothing(_: i64) -> Option<&'static str> {
    None
}

pub(super) fn kinds(number: i64) -> Option<&'static str> {
    Some(match number {
        10 => "AS-REQ",
        11 => "AS-REP",
        12 => "TGS-REQ",
        13 => "TGS-REP",
        14 => "AP-REQ",
        15 => "AP-REP",
        30 => "KRB-ERROR",
        _ => return None,
    })
}

pub(super) fn etypes(number: i64) -> Option<&'static str> {
    Some(match number {
        17 => "aes128-cts-hmac-sha1-96",
        18 => "aes256-cts-hmac-sha1-96",
        23 => "rc4-hmac",
        _ => return None,
    })
}

pub(super) fn name_types(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "NT-PRINCIPAL: a user or an account",
        2 => "NT-SRV-INST: a service and its instance",
        3 => "NT-SRV-HST: a service on a host",
        10 => "NT-ENTERPRISE",
        _ => return None,
    })
}

pub(super) fn errors(number: i64) -> Option<&'static str> {
    Some(match number {
        7 => "KDC_ERR_S_PRINCIPAL_UNKNOWN",
        18 => "KDC_ERR_CLIENT_REVOKED",
        25 => "KDC_ERR_PREAUTH_REQUIRED",
        35 => "KRB_AP_ERR_NOT_US",
        37 => "KRB_AP_ERR_SKEW",
        41 => "KRB_AP_ERR_MODIFIED",
        _ => return None,
    })
}

pub(super) fn padata_types(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "PA-TGS-REQ",
        2 => "PA-ENC-TIMESTAMP",
        11 => "PA-ETYPE-INFO",
        15 => "PA-PK-AS-REP-OLD",
        16 => "PA-PK-AS-REQ",
        19 => "PA-ETYPE-INFO2",
        128 => "PA-PAC-REQUEST",
        133 => "PA-FX-COOKIE",
        136 => "PA-FX-FAST",
        149 => "PA-REQ-ENC-PA-REP",
        150 => "PA-AS-FRESHNESS",
        165 => "PA-SUPPORTED-ETYPES",
        167 => "PA-PAC-OPTIONS",
        _ => return None,
    })
}

pub(super) fn ad_types(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "AD-IF-RELEVANT",
        128 => "AD-WIN2K-PAC: the PAC, with the user's groups",
        129 => "AD-ETYPE-NEGOTIATION",
        _ => return None,
    })
}
