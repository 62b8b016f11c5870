//! The options of KB 4549715 and one more, as a user types them.
//!
//! Uses: no other room.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use spnfix::{AccountName, Remedy, WINRM_PORT};

/// An option of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ArticleOption {
    /// Remove the registration.
    One,
    /// SPNs with the port, for clients that ask for them.
    Two,
    /// Clients that ask for WSMAN, as the article's text says.
    Three,
    /// Clients that ask for HOST, as the article's own `reg add` line says.
    ThreeHost,
    /// Not in the article: the computer gets its HOST names back.
    HostBack,
}

impl ArticleOption {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::One, Self::Two, Self::Three, Self::ThreeHost, Self::HostBack];

    /// The word to type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
            Self::ThreeHost => "3-host",
            Self::HostBack => "host-back",
        }
    }

    /// The remedy behind it.
    pub fn remedy(self) -> Remedy {
        match self {
            Self::One => Remedy::RemoveRegistration { account: None },
            Self::Two => Remedy::PortSpns { port: WINRM_PORT },
            Self::Three => Remedy::WsmanPrefix,
            Self::ThreeHost => Remedy::HostPrefix,
            Self::HostBack => Remedy::GiveHostBack,
        }
    }

    /// The remedy, limited to `account` if there is one, and with WinRM on `port` if it is not
    /// 5985. Only option 1 takes an account, so an account with another option gives `None`.
    pub fn remedy_for(self, account: Option<&AccountName>, port: Option<u16>) -> Option<Remedy> {
        match (self, account, port) {
            (Self::Two, None, Some(port)) => Some(Remedy::PortSpns { port }),
            (_, None, _) => Some(self.remedy()),
            (Self::One, Some(_), _) => {
                Some(Remedy::RemoveRegistration { account: account.cloned() })
            }
            _ => None,
        }
    }
}

impl fmt::Display for ArticleOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not an option of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchOption;

impl fmt::Display for NoSuchOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the options are the article's 1, 2, 3 and 3-host, and host-back")
    }
}

impl std::error::Error for NoSuchOption {}

impl FromStr for ArticleOption {
    type Err = NoSuchOption;

    fn from_str(text: &str) -> Result<Self, NoSuchOption> {
        Self::ALL.into_iter().find(|option| option.as_str() == text).ok_or(NoSuchOption)
    }
}

impl TryFrom<String> for ArticleOption {
    type Error = NoSuchOption;

    fn try_from(text: String) -> Result<Self, NoSuchOption> {
        text.parse()
    }
}

impl From<ArticleOption> for String {
    fn from(option: ArticleOption) -> Self {
        option.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_reads_as_it_is_written() {
        for option in ArticleOption::ALL {
            assert_eq!(option.to_string().parse(), Ok(option));
        }
        for bad in ["", "0", "4", "3-HOST", "x"] {
            assert_eq!(bad.parse::<ArticleOption>(), Err(NoSuchOption), "{bad}");
        }
    }
}
