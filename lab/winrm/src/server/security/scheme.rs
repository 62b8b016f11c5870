//! The HTTP authentication schemes, and the `Authorization` header that carries a token.

use crate::sealing::Label;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The two HTTP schemes that carry Kerberos tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// SPNEGO or a bare krb5 token (RFC 4559).
    Negotiate,
    /// A bare krb5 token.
    Kerberos,
}

impl Scheme {
    /// The name in the header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Negotiate => "Negotiate",
            Self::Kerberos => "Kerberos",
        }
    }

    /// The label of this scheme's messages.
    pub fn label(self) -> Label {
        match self {
            Self::Negotiate => Label::Spnego,
            Self::Kerberos => Label::Kerberos,
        }
    }

    /// Reads a header value; `None` for other schemes and damaged tokens.
    pub fn read(value: &str) -> Option<(Self, Vec<u8>)> {
        let (name, token) = value.trim().split_once(' ')?;
        let scheme = [Self::Negotiate, Self::Kerberos]
            .into_iter()
            .find(|scheme| scheme.name().eq_ignore_ascii_case(name))?;
        Some((scheme, BASE64_STANDARD.decode(token.trim()).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_kerberos_schemes_with_whole_tokens() {
        assert_eq!(Scheme::read("Negotiate YII="), Some((Scheme::Negotiate, vec![0x60, 0x82])));
        assert_eq!(Scheme::read(" kerberos  YII= "), Some((Scheme::Kerberos, vec![0x60, 0x82])));
        for other in ["", "Negotiate", "Basic YII=", "Negotiate YII", "Negotiate YII= YII="] {
            assert_eq!(Scheme::read(other), None, "{other}");
        }
    }
}
