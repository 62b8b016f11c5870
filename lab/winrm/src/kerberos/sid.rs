//! Security identifiers (MS-DTYP 2.4.2).

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// MS-DTYP 2.4.2.2: at most 15 sub-authorities.
pub(crate) const MAX_SUB_AUTHORITIES: usize = 15;

/// A security identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sid {
    authority: u64,
    sub_authorities: Vec<u32>,
}

/// The text is not a SID.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0} is not a security identifier such as S-1-5-21-1-2-3-512")]
pub struct SidError(String);

impl Sid {
    /// Makes a SID. `None` if a SID cannot have so many sub-authorities. `authority` is a number of
    /// 48 bits.
    pub fn new(authority: u64, sub_authorities: Vec<u32>) -> Option<Self> {
        let fits = sub_authorities.len() <= MAX_SUB_AUTHORITIES && authority >> 48 == 0;
        fits.then_some(Self { authority, sub_authorities })
    }

    /// The SID of an account of this domain, by its relative identifier.
    pub fn account(&self, rid: u32) -> Option<Self> {
        let mut sub_authorities = self.sub_authorities.clone();
        sub_authorities.push(rid);
        Self::new(self.authority, sub_authorities)
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From 2^32 on, the authority is written in hexadecimal (MS-DTYP 2.4.2.1).
        if self.authority >> 32 == 0 {
            write!(f, "S-1-{}", self.authority)?;
        } else {
            write!(f, "S-1-0x{:012x}", self.authority)?;
        }
        self.sub_authorities.iter().try_for_each(|number| write!(f, "-{number}"))
    }
}

impl FromStr for Sid {
    type Err = SidError;

    fn from_str(text: &str) -> Result<Self, SidError> {
        let error = || SidError(text.to_owned());
        let rest = text.get(..4).filter(|start| start.eq_ignore_ascii_case("S-1-"));
        let mut parts = rest.and_then(|_| text.get(4..)).ok_or_else(error)?.split('-');
        let authority = parts.next().unwrap_or_default();
        let authority = match authority.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => authority.parse(),
        };
        let sub_authorities = parts.map(str::parse).collect::<Result<Vec<u32>, _>>();
        match (authority, sub_authorities) {
            (Ok(authority), Ok(numbers)) => Self::new(authority, numbers).ok_or_else(error),
            _ => Err(error()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for text in ["S-1-5-21-1-2-4294967295-512", "S-1-5-32-544", "S-1-5", "S-1-0x010000000000-1"]
        {
            assert_eq!(text.parse::<Sid>().unwrap().to_string(), text);
        }
        let long = format!("S-1-5{}", "-1".repeat(16));
        for bad in ["", "S-1-", "S-2-5-1", "S-1-5-x", "S-1-5-4294967296", "S-1-5-", "é-1-5", &long]
        {
            assert!(bad.parse::<Sid>().is_err(), "{bad}");
        }
        let domain: Sid = "S-1-5-21-1-2-3".parse().unwrap();
        assert_eq!(domain.account(512).unwrap().to_string(), "S-1-5-21-1-2-3-512");
    }
}
