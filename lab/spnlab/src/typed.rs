//! Checks names that the user typed.
//!
//! Uses: cli, failure.

use spnfix::{AccountName, Target};
use spnlab_harness::{Account, REALM, accounts};

use crate::cli::Verb;
use crate::failure::Failure;

/// Checks the names of a verb before anything is connected.
pub(crate) fn check(verb: &Verb) -> Result<(), Failure> {
    let target = |host: &str| match Target::typed(host) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::from(spnfix::Error::from(error))),
    };
    match verb {
        Verb::Diagnose(options) => target(&options.host),
        Verb::Fix(options) => target(&options.host),
        Verb::Connect(options) => {
            account(&options.user)?;
            check_host(&options.host)
        }
        Verb::Browse(options) => check_host(&options.host),
        Verb::Quiz(options) => options.host.as_deref().map_or(Ok(()), check_host),
        Verb::Setspn(options) => account(&options.user).map(drop),
        _ => Ok(()),
    }
}

/// Checks that this is a host name or an address, without a port: the SPN holds it as typed.
pub(crate) fn check_host(host: &str) -> Result<(), Failure> {
    let good = !host.is_empty()
        && !host.starts_with('-')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let why = host.parse::<Target>().err();
    let itself = why.as_ref().is_some_and(spnfix::TargetError::is_the_machine_itself);
    if good && !itself {
        return Ok(());
    }
    Err(Failure::BadHost { host: host.to_owned(), why: why.map(Box::new) })
}

/// The account of a lab with this name, in the forms of `setspn`.
pub(crate) fn account(name: &str) -> Result<Account, Failure> {
    let typed: AccountName = name.parse().map_err(spnfix::Error::from)?;
    let netbios = REALM.split('.').next().unwrap_or_default();
    let here = |domain: &str| [netbios, REALM].iter().any(|own| own.eq_ignore_ascii_case(domain));
    let found = match typed.dn() {
        Some(dn) => accounts::ALL.iter().find(|known| known.dn.eq_ignore_ascii_case(dn)).copied(),
        None if typed.domain().is_none_or(here) => accounts::by_name(typed.name()),
        None => None,
    };
    let lost = || {
        let behind = typed.name().split_at_checked(netbios.len());
        let (domain, name) = behind.filter(|_| typed.domain().is_none())?;
        here(domain).then(|| accounts::by_name(name))??;
        Some(format!("{domain}\\{name}"))
    };
    found.ok_or_else(|| match lost() {
        Some(meant) => Failure::LostBackslash { name: name.to_owned(), meant },
        None => Failure::UnknownName {
            kind: "account",
            name: name.to_owned(),
            known: accounts::ALL.iter().map(|a| a.name).collect::<Vec<_>>().join(", "),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_are_taken() {
        for good in ["mem1", "mem1.contoso.com", "10.0.0.1", "a_b"] {
            assert!(check_host(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "mem1:5985", "a b", "a@b", "http://mem1"] {
            assert!(check_host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_means_no_host_is_named_with_the_right_one() {
        for (host, message, hint) in [
            ("localhost", "is the machine itself", "own name"),
            (".", "is the machine itself", "own name"),
            ("127.0.0.1", "is an IP address", "own name"),
            ("::1", "is an IP address", "own name"),
            ("fd00::1", "fd00::1 is an IP address", "TryIPSPN"),
            ("http://mem1:5985/wsman", "it is a URL", "mem1"),
            ("HTTP/mem1", "cannot be in the host", "mem1"),
            ("mem\u{200b}1", "U+200B", "mem1"),
        ] {
            let failure = check_host(host).unwrap_err();
            assert!(failure.to_string().contains(message), "{failure}");
            assert!(failure.hint().contains(hint), "{}", failure.hint());
            assert_eq!(failure.exit_status(), 2);
        }
    }

    #[test]
    fn an_account_is_found_in_every_form() {
        for name in [
            "trainer",
            "TRAINER",
            "CONTOSO\\trainer",
            "contoso.com\\trainer",
            "trainer@contoso.com",
            "trainer@CONTOSO.COM",
            "CN=trainer,CN=Users,DC=contoso,DC=com",
        ] {
            assert_eq!(account(name).unwrap(), accounts::TRAINER, "{name}");
        }
        assert_eq!(account("CONTOSO\\MEM1$").unwrap().name, "MEM1$");
        let hint = |name: &str| account(name).unwrap_err().hint();
        assert!(hint("CONTOSOtrainer").contains("quote it: 'CONTOSO\\trainer'"));
        assert!(hint("contosotrainer").contains("quote it: 'contoso\\trainer'"));
        for name in
            ["nobody", "CONTOSO", "CONTOSOnobody", "FABRIKAM\\trainer", "trainer@fabrikam.com"]
        {
            assert!(hint(name).starts_with("known: "), "{name}");
        }
        assert!(account("“trainer”").unwrap_err().to_string().contains("U+201C"));
    }
}
