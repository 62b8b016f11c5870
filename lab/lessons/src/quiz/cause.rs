//! Whether the cause is gone, or properly worked around.

use spnlab_harness::{Lab, accounts};

use super::facts::Facts;
use crate::condition::{Condition, HOSTS, Kept, Kind};
use crate::error::Result;

/// What has become of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    Gone(String),
    WorkedAround(String),
    There(String),
}

/// What has become of it.
pub(super) async fn of(
    condition: Condition,
    lab: &Lab,
    facts: &Facts,
    told: Option<&str>,
) -> Result<Cause> {
    Ok(match condition.kind() {
        Kind::HttpNames => http_names(facts),
        Kind::HostNames => gone_if(
            facts.mem1_holds("HOST", ""),
            "MEM1$ has its HOST names",
            "MEM1$ does not hold both of its HOST names, which all its services need",
        ),
        Kind::PortNames => gone_if(
            facts.mem1_holds("HTTP", ":5985"),
            "MEM1$ has both names with the port",
            "MEM1$ does not hold HTTP/mem1.contoso.com:5985 and HTTP/mem1:5985",
        ),
        Kind::Prefix => prefix(facts),
        Kind::Ticket => ticket(facts),
        Kind::TypedName => typed_name(facts, told),
        Kind::MachinePassword => gone_if(
            !condition.is_there(lab).await?,
            "MEM1 and the directory have one password",
            "MEM1 and the directory have different passwords of MEM1$",
        ),
        Kind::Clock => gone_if(
            !condition.is_there(lab).await?,
            "the clocks agree",
            "a clock is off by more than Kerberos takes",
        ),
        Kind::Service => gone_if(
            !condition.is_there(lab).await?,
            "WinRM runs on MEM1",
            "WinRM does not run on MEM1",
        ),
        Kind::Dc => gone_if(
            !condition.is_there(lab).await?,
            "the domain controller answers",
            "the domain controller does not answer",
        ),
    })
}

fn gone_if(gone: bool, yes: &str, no: &str) -> Cause {
    if gone { Cause::Gone(yes.to_owned()) } else { Cause::There(no.to_owned()) }
}

fn http_names(facts: &Facts) -> Cause {
    let misplaced: Vec<String> = HOSTS
        .iter()
        .flat_map(|host| {
            let spn = format!("HTTP/{host}");
            let holders = facts.spns.holders(&spn).into_iter();
            let wrong = holders.filter(|holder| holder != accounts::MEM1.name);
            wrong.map(move |holder| format!("{spn} is on {holder}")).collect::<Vec<_>>()
        })
        .collect();
    let misplaced = misplaced.join(", ");
    match facts.way {
        _ if misplaced.is_empty() => {
            Cause::Gone("no other account holds an HTTP name of MEM1".to_owned())
        }
        Some(way) if way.asks_for_another_name() => {
            Cause::WorkedAround(format!("{misplaced}, but WinRM has names of its own"))
        }
        _ => Cause::There(misplaced),
    }
}

fn prefix(facts: &Facts) -> Cause {
    let gone = |text: &str| Cause::Gone(text.to_owned());
    match &facts.prefix {
        Ok(None) => gone("the client asks for HTTP, as it does by default"),
        Ok(Some(text)) if text.eq_ignore_ascii_case("HOST") => gone("the client asks for HOST"),
        Ok(Some(text)) if text.eq_ignore_ascii_case("WSMAN") && facts.mem1_holds("WSMAN", "") => {
            gone("the client asks for WSMAN, and MEM1$ holds both names")
        }
        Ok(Some(text)) => Cause::There(format!(
            "the client asks for {text}, and MEM1$ does not hold both names of that class by an \
             option of the article"
        )),
        Err(()) => Cause::There("the registry value spn_prefix is no text".to_owned()),
    }
}

fn ticket(facts: &Facts) -> Cause {
    match (facts.kept, facts.way) {
        (Kept::Bad, Some(way)) if way.asks_for_another_name() => {
            Cause::WorkedAround("the client asks for another name than the old ticket's".to_owned())
        }
        (Kept::Bad, _) => Cause::There("the user's session keeps a ticket that fails".to_owned()),
        _ => Cause::Gone("the user's session presents no ticket that fails".to_owned()),
    }
}

fn typed_name(facts: &Facts, told: Option<&str>) -> Cause {
    let own = |host: &str| HOSTS.iter().any(|one| host.eq_ignore_ascii_case(one));
    if facts.spns.holders("HTTP/www.contoso.com") != [accounts::SVC_WEB.name] {
        let text = "HTTP/www.contoso.com belongs to svc_web, under which the web site runs";
        return Cause::There(text.to_owned());
    }
    match told {
        Some(told) if own(told) => Cause::Gone(format!("the user types {told}, MEM1's own name")),
        _ => Cause::There("the user types a name that is not MEM1's own".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quiz::facts::Way;
    use spnlab_harness::SpnInventory;

    fn facts(spns: &[(&str, &[&str])], prefix: Option<&str>, way: Option<Way>) -> Facts {
        let list = |spns: &[&str]| spns.iter().map(|&s| s.to_owned()).collect();
        Facts {
            spns: SpnInventory(spns.iter().map(|(n, s)| ((*n).to_owned(), list(s))).collect()),
            prefix: Ok(prefix.map(str::to_owned)),
            kept: Kept::None,
            way,
            failures: Vec::new(),
        }
    }

    #[test]
    fn a_misplaced_name_is_gone_or_worked_around_or_there() {
        let broken: &[(&str, &[&str])] = &[("svc_web", &["http/MEM1"])];
        assert!(matches!(http_names(&facts(&[], None, None)), Cause::Gone(_)));
        let own: &[(&str, &[&str])] = &[("MEM1$", &["HTTP/mem1"])];
        assert!(matches!(http_names(&facts(own, None, None)), Cause::Gone(_)));
        for way in [None, Some(Way::Plain)] {
            assert!(matches!(http_names(&facts(broken, None, way)), Cause::There(_)));
        }
        for way in [Way::Prefix, Way::WithPort] {
            assert!(matches!(http_names(&facts(broken, None, Some(way))), Cause::WorkedAround(_)));
        }
    }

    #[test]
    fn only_the_article_s_values_are_right_and_wsman_only_with_its_names() {
        let there = |spns: &[(&str, &[&str])], value| {
            matches!(prefix(&facts(spns, value, None)), Cause::There(_))
        };
        assert!(!there(&[], None) && !there(&[], Some("host")));
        assert!(there(&[], Some("WSMAN")) && there(&[], Some("WINRM")) && there(&[], Some("")));
        assert!(there(&[("MEM1$", &["WSMAN/mem1"])], Some("WSMAN")));
        let both: &[&str] = &["WSMAN/mem1", "WSMAN/mem1.contoso.com"];
        assert!(!there(&[("MEM1$", both)], Some("WSMAN")));
        assert!(there(&[("CLIENT$", both)], Some("WSMAN")));
        assert!(there(&[("CLIENT$", both), ("MEM1$", both)], Some("WSMAN")));
    }

    #[test]
    fn the_web_site_s_name_is_left_where_it_is() {
        let right: &[(&str, &[&str])] = &[("svc_web", &["HTTP/www.contoso.com"])];
        let there =
            |spns, told| matches!(typed_name(&facts(spns, None, None), told), Cause::There(_));
        assert!(!there(right, Some("MEM1")));
        assert!(there(right, None) && there(right, Some("www.contoso.com")));
        assert!(there(&[("MEM1$", &["HTTP/www.contoso.com"])], Some("mem1")));
    }
}
