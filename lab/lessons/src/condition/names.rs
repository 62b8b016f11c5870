//! The names of MEM1, and the SPNs that a condition puts on accounts.

use spnlab_harness::{Account, accounts};

use super::Condition;

/// MEM1's full name.
pub(crate) const FULL: &str = "mem1.contoso.com";
/// MEM1's short name.
pub(crate) const SHORT: &str = "mem1";
/// Both.
pub(crate) const HOSTS: [&str; 2] = [FULL, SHORT];

/// Whether two SPNs are one name, as AD compares them.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

const HTTP_FULL: &str = "HTTP/mem1.contoso.com";
const HTTP_SHORT: &str = "HTTP/mem1";

impl Condition {
    /// The SPNs that it registers, each with its holders.
    pub(crate) fn registrations(self) -> Vec<(&'static str, Vec<Account>)> {
        let on = |spn, account| (spn, vec![account]);
        match self {
            Self::Article | Self::HolderPassword => {
                vec![on(HTTP_FULL, accounts::SVC_WEB), on(HTTP_SHORT, accounts::SVC_WEB)]
            }
            Self::FullName => vec![on(HTTP_FULL, accounts::SVC_WEB)],
            Self::ShortName => vec![on(HTTP_SHORT, accounts::SVC_WEB)],
            Self::LetterCase => vec![on("http/MEM1.Contoso.Com", accounts::SVC_WEB)],
            Self::OtherComputer => vec![on(HTTP_FULL, accounts::CLIENT)],
            Self::DisabledHolder => vec![on(HTTP_FULL, accounts::SVC_APP)],
            Self::Duplicate => vec![(HTTP_FULL, vec![accounts::SVC_WEB, accounts::MEM1])],
            Self::HostNames => vec![
                on("HOST/mem1.contoso.com", accounts::SVC_APP),
                on("HOST/mem1", accounts::SVC_APP),
            ],
            Self::MissingPort => vec![on("HTTP/mem1:5985", accounts::MEM1)],
            _ => Vec::new(),
        }
    }

    /// The registry value spn_prefix that it sets.
    pub(crate) fn prefix(self) -> Option<&'static str> {
        match self {
            Self::MissingWsman => Some("WSMAN"),
            Self::WrongRegistry => Some("WINRM"),
            _ => None,
        }
    }

    /// What keeps two conditions from being there together.
    pub(crate) fn clash(self, other: Self) -> Option<String> {
        if let (Some(one), Some(two)) = (self.prefix(), other.prefix())
            && one != two
        {
            return Some(format!("{self} and {other} set the registry value spn_prefix"));
        }
        let (mine, theirs) = (self.registrations(), other.registrations());
        for (spn, on) in &mine {
            let differs = |(s, holders): &&(&str, Vec<Account>)| same(s, spn) && holders != on;
            if theirs.iter().any(|one| differs(&one)) {
                return Some(format!("{self} and {other} put {spn} on different accounts"));
            }
        }
        let no_ticket = |one: Self| matches!(one, Self::Duplicate | Self::HostNames);
        let needs = |one: Self| matches!(one, Self::StaleTicket);
        if (no_ticket(self) && needs(other)) || (needs(self) && no_ticket(other)) {
            return Some(format!("{self} and {other} are about one ticket"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_clash_over_one_name_or_one_value_and_over_nothing_else() {
        use Condition::{
            Article, DisabledHolder, Duplicate, FullName, LetterCase, MachinePassword, MissingPort,
            MissingWsman, OtherComputer, ShortName, StaleTicket, WrongRegistry,
        };
        for (one, other) in [
            (Article, OtherComputer),
            (LetterCase, Duplicate),
            (DisabledHolder, FullName),
            (MissingWsman, WrongRegistry),
            (StaleTicket, Duplicate),
        ] {
            assert!(one.clash(other).is_some() && other.clash(one).is_some(), "{one} {other}");
        }
        for (one, other) in [
            (Article, StaleTicket),
            (Article, FullName),
            (Article, LetterCase),
            (Article, MissingPort),
            (OtherComputer, WrongRegistry),
            (ShortName, OtherComputer),
            (MachinePassword, Article),
        ] {
            assert!(one.clash(other).is_none() && other.clash(one).is_none(), "{one} {other}");
        }
        for one in Condition::ALL {
            assert_eq!(one.clash(one), None, "{one}");
        }
    }
}
