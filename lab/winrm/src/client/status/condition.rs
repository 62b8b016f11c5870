//! The ways to fail, and which Kerberos code means which.

use super::row::Certainty;

/// A way to fail that Windows distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The endpoint could not decrypt the ticket.
    WrongPrincipal,
    /// The KDC knows no account for the SPN.
    TargetUnknown,
    /// The KDC refused user name or password.
    LogonDenied,
    /// There are no credentials.
    NoCredentials,
    /// No KDC answers.
    NoAuthority,
    /// The clocks differ too much.
    TimeSkew,
    /// The KDC supports none of the client's etypes.
    EtypeUnsupported,
    /// Authenticated, but not authorised. Or rejected without a reason.
    AccessDenied,
    /// The endpoint does not offer the requested authentication scheme.
    SchemeNotOffered,
    /// Nothing listens there.
    CannotConnect,
    /// The name does not resolve.
    ComputerNotFound,
    /// The target is an address, and Kerberos needs a name.
    AddressGiven,
    /// No answer in time.
    TimedOut,
    /// HTTP status 404.
    UrlNotAvailable,
    /// HTTP status 503.
    ServiceUnavailable,
    /// No trusted CA signed the endpoint's certificate.
    CertificateUnknownAuthority,
    /// The endpoint's certificate is for another name.
    CertificateWrongName,
    /// The endpoint's certificate has expired.
    CertificateExpired,
}

/// Who sent a KRB-ERROR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    /// The KDC, at stage AS or TGS.
    Kdc,
    /// The endpoint, at stage AP.
    Endpoint,
}

/// A Kerberos code, and its condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// Who sent it.
    pub reporter: Reporter,
    /// The code of the KRB-ERROR (RFC 4120 section 7.5.9).
    pub code: i32,
    /// The condition.
    pub condition: Condition,
    /// How certain it is that Windows reports this condition for this code.
    pub certainty: Certainty,
}

const fn kdc(code: i32, condition: Condition, certainty: Certainty) -> Pairing {
    Pairing { reporter: Reporter::Kdc, code, condition, certainty }
}

const fn endpoint(code: i32, condition: Condition, certainty: Certainty) -> Pairing {
    Pairing { reporter: Reporter::Endpoint, code, condition, certainty }
}

/// Every Kerberos code whose Windows status is known or can be inferred, by reporter and code.
pub const PAIRINGS: &[Pairing] = &[
    kdc(6, Condition::LogonDenied, Certainty::Inferred),
    kdc(7, Condition::TargetUnknown, Certainty::Transcript),
    kdc(14, Condition::EtypeUnsupported, Certainty::Inferred),
    kdc(18, Condition::LogonDenied, Certainty::Inferred),
    kdc(23, Condition::LogonDenied, Certainty::Inferred),
    kdc(24, Condition::LogonDenied, Certainty::Inferred),
    // Without pre-authentication, the client finds that the password is wrong.
    kdc(31, Condition::LogonDenied, Certainty::Inferred),
    kdc(32, Condition::NoCredentials, Certainty::Inferred),
    kdc(37, Condition::TimeSkew, Certainty::Inferred),
    // If the endpoint's clock is behind, a new ticket is from the future.
    endpoint(33, Condition::TimeSkew, Certainty::Inferred),
    endpoint(37, Condition::TimeSkew, Certainty::Inferred),
    endpoint(41, Condition::WrongPrincipal, Certainty::Documented),
];

fn paired(reporter: Reporter, code: i32) -> Option<Condition> {
    let found = PAIRINGS.iter().find(|pair| pair.reporter == reporter && pair.code == code);
    found.map(|pair| pair.condition)
}

impl Condition {
    /// All of them, in the order of the document.
    pub const ALL: [Self; 18] = [
        Self::WrongPrincipal,
        Self::TargetUnknown,
        Self::LogonDenied,
        Self::NoCredentials,
        Self::NoAuthority,
        Self::TimeSkew,
        Self::EtypeUnsupported,
        Self::AccessDenied,
        Self::SchemeNotOffered,
        Self::AddressGiven,
        Self::ComputerNotFound,
        Self::CannotConnect,
        Self::TimedOut,
        Self::UrlNotAvailable,
        Self::ServiceUnavailable,
        Self::CertificateUnknownAuthority,
        Self::CertificateWrongName,
        Self::CertificateExpired,
    ];

    /// The condition behind a Kerberos code of the KDC (AS or TGS).
    pub fn of_kdc(code: i32) -> Option<Self> {
        paired(Reporter::Kdc, code)
    }

    /// The condition behind the code of a KRB-ERROR from the endpoint.
    pub fn of_endpoint(code: i32) -> Option<Self> {
        paired(Reporter::Endpoint, code)
    }

    /// The condition for an HTTP status outside of WS-Management.
    pub fn of_http(status: u16) -> Option<Self> {
        match status {
            404 => Some(Self::UrlNotAvailable),
            503 => Some(Self::ServiceUnavailable),
            _ => None,
        }
    }

    /// The cause of the condition, in the document's words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::WrongPrincipal => "the endpoint cannot decrypt the ticket",
            Self::TargetUnknown => "the KDC knows no account for the SPN",
            Self::LogonDenied => "the KDC refuses user name or password",
            Self::NoCredentials => "no credentials to use",
            Self::NoAuthority => "no KDC is found or answers",
            Self::TimeSkew => "the clocks differ too much",
            Self::EtypeUnsupported => "the KDC supports none of the client's etypes",
            Self::AccessDenied => "not authorised (WSManFault 5), or 401 without a token",
            Self::SchemeNotOffered => "401 that does not offer the scheme that was asked for",
            Self::AddressGiven => "the target is an IP address",
            Self::ComputerNotFound => "the name does not resolve",
            Self::CannotConnect => "nothing listens there, or the connection broke",
            Self::TimedOut => "no answer in time",
            Self::UrlNotAvailable => "HTTP status 404",
            Self::ServiceUnavailable => "HTTP status 503",
            Self::CertificateUnknownAuthority => "TLS: the CA is not trusted",
            Self::CertificateWrongName => "TLS: the certificate is for another name",
            Self::CertificateExpired => "TLS: the certificate has expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_codes_have_no_status() {
        // 35 is the code of MIT's own acceptor. Windows' reaction is unknown.
        assert_eq!(Condition::of_endpoint(35), None);
        assert_eq!(Condition::of_kdc(8), None);
        assert_eq!(Condition::of_kdc(60), None);
        assert_eq!(Condition::of_kdc(41), None);
        assert_eq!(Condition::of_http(500), None);
    }

    #[test]
    fn pairings_are_unique_and_ordered() {
        let keys: Vec<_> =
            PAIRINGS.iter().map(|p| (p.reporter == Reporter::Endpoint, p.code)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{keys:?}");
        assert_eq!(Condition::of_endpoint(41), Some(Condition::WrongPrincipal));
        assert_eq!(Condition::of_kdc(7), Some(Condition::TargetUnknown));
    }
}
