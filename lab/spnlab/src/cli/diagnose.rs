//! `spnlab diagnose`.

use clap::Args;
use spnfix::Observed;

use super::external::{ClientOptions, ExternalDirectory};
use super::lab_name::LabName;

/// `spnlab diagnose`.
#[derive(Debug, Args)]
pub(crate) struct Diagnose {
    /// The host that cannot be reached
    #[arg(default_value = "mem1.contoso.com")]
    pub(crate) host: String,
    /// What the client saw: as:24, tgs:7 or ap:41 (the Kerberos code of the AS, TGS or AP
    /// exchange), no-kdc, name-not-found, unreachable, access-denied or accepted
    #[arg(long, value_name = "WHAT", value_parser = observed)]
    pub(crate) saw: Option<Observed>,
    #[command(flatten)]
    pub(crate) lab: LabName,
    #[command(flatten)]
    pub(crate) external: ExternalDirectory,
    #[command(flatten)]
    pub(crate) client: ClientOptions,
}

/// Reads what a client saw. `logon`, `ticket` and `endpoint` are earlier words for the exchanges.
fn observed(text: &str) -> Result<Observed, String> {
    let code =
        |text: &str| text.parse::<u32>().map_err(|_| format!("{text:?} is no Kerberos code"));
    match text.split_once(':') {
        Some(("as" | "logon", number)) => Ok(Observed::from_logon(code(number)?)),
        Some(("tgs" | "ticket", number)) => Ok(Observed::from_ticket_request(code(number)?)),
        Some(("ap" | "endpoint", number)) => Ok(Observed::from_endpoint(code(number)?)),
        None if text == "no-kdc" => Ok(Observed::NoKdc),
        None if text == "name-not-found" => Ok(Observed::NameNotFound),
        None if text == "unreachable" => Ok(Observed::Unreachable),
        None if text == "access-denied" => Ok(Observed::AccessDenied),
        None if text == "accepted" => Ok(Observed::Accepted),
        _ => Err("it is as:CODE, tgs:CODE, ap:CODE, no-kdc, name-not-found, unreachable, \
                  access-denied or accepted"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_has_its_name_in_our_json_and_an_earlier_one() {
        for (word, earlier, expected) in [
            ("as:24", "logon:24", Observed::from_logon(24)),
            ("tgs:7", "ticket:7", Observed::from_ticket_request(7)),
            ("ap:41", "endpoint:41", Observed::from_endpoint(41)),
        ] {
            assert_eq!(observed(word), Ok(expected.clone()), "{word}");
            assert_eq!(observed(earlier), Ok(expected), "{earlier}");
        }
        assert_eq!(observed("no-kdc"), Ok(Observed::NoKdc));
        for bad in ["", "ap", "ap:", "ap:x", "ap:-1", "tls:41", "no-kdc:1", "AP:41"] {
            assert!(observed(bad).is_err(), "{bad}");
        }
    }
}
