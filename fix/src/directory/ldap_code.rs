//! Result codes of LDAP.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A result code (RFC 4511 section 4.1.9), shown with name and number:
/// `insufficientAccessRights (50)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LdapCode(pub u32);

impl LdapCode {
    /// The domain controller does not hold this part of the directory.
    pub const REFERRAL: Self = Self(10);
    /// The value to delete is absent.
    pub const NO_SUCH_ATTRIBUTE: Self = Self(16);
    /// The change breaks a rule of the directory. For SPNs: the value is on another object, or is
    /// no SPN.
    pub const CONSTRAINT_VIOLATION: Self = Self(19);
    /// The value to add is present already.
    pub const ATTRIBUTE_OR_VALUE_EXISTS: Self = Self(20);
    /// No such object.
    pub const NO_SUCH_OBJECT: Self = Self(32);
    /// Wrong user or password.
    pub const INVALID_CREDENTIALS: Self = Self(49);
    /// The user lacks the right.
    pub const INSUFFICIENT_ACCESS_RIGHTS: Self = Self(50);

    /// The name in RFC 4511.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "success",
            1 => "operationsError",
            2 => "protocolError",
            3 => "timeLimitExceeded",
            4 => "sizeLimitExceeded",
            5 => "compareFalse",
            6 => "compareTrue",
            7 => "authMethodNotSupported",
            8 => "strongerAuthRequired",
            10 => "referral",
            11 => "adminLimitExceeded",
            12 => "unavailableCriticalExtension",
            13 => "confidentialityRequired",
            14 => "saslBindInProgress",
            16 => "noSuchAttribute",
            17 => "undefinedAttributeType",
            18 => "inappropriateMatching",
            19 => "constraintViolation",
            20 => "attributeOrValueExists",
            21 => "invalidAttributeSyntax",
            32 => "noSuchObject",
            33 => "aliasProblem",
            34 => "invalidDNSyntax",
            36 => "aliasDereferencingProblem",
            48 => "inappropriateAuthentication",
            49 => "invalidCredentials",
            50 => "insufficientAccessRights",
            51 => "busy",
            52 => "unavailable",
            53 => "unwillingToPerform",
            54 => "loopDetect",
            64 => "namingViolation",
            65 => "objectClassViolation",
            66 => "notAllowedOnNonLeaf",
            67 => "notAllowedOnRDN",
            68 => "entryAlreadyExists",
            69 => "objectClassModsProhibited",
            71 => "affectsMultipleDSAs",
            80 => "other",
            _ => "unknownResult",
        }
    }
}

impl fmt::Display for LdapCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}
