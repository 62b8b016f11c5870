use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::{ClientProfile, InMemoryDirectory, diagnose_in};

async fn found(web: &[&str], port: bool, target: &str) -> Diagnosis {
    let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", web);
    let client = ClientProfile::default();
    let client = if port { client.with_port(5985) } else { client };
    diagnose_in(&mut dir, &target.parse().unwrap(), &client).await.unwrap()
}

/// The states of the directory, by name.
async fn state(name: &str) -> Diagnosis {
    let full = "mem1.contoso.com";
    match name {
        "healthy" => found(&[], false, full).await,
        "shadowed" => found(&["HTTP/mem1.contoso.com"], false, full).await,
        "port-variant-missing" => found(&[], true, full).await,
        _ => found(&["HTTP/www.contoso.com"], false, "www.contoso.com").await,
    }
}

fn seen() -> Vec<(&'static str, Observed)> {
    vec![
        ("accepted", Observed::Accepted),
        ("41", Observed::from_endpoint(41)),
        ("7", Observed::from_ticket_request(7)),
        ("14", Observed::from_ticket_request(14)),
        ("37", Observed::from_ticket_request(37)),
        ("6", Observed::from_logon(6)),
        ("18", Observed::from_logon(18)),
        ("23", Observed::from_logon(23)),
        ("24", Observed::from_logon(24)),
        ("logon-7", Observed::from_logon(7)),
        ("no-kdc", Observed::NoKdc),
        ("no-name", Observed::NameNotFound),
        ("unreachable", Observed::Unreachable),
        ("denied", Observed::AccessDenied),
        ("other", Observed::from_endpoint(60)),
    ]
}

const STATES: [&str; 4] = ["healthy", "shadowed", "port-variant-missing", "target-unknown"];

/// `golden/` has the whole texts.
#[tokio::test]
async fn whole_texts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnose/golden");
    for name in STATES {
        let found = state(name).await;
        assert_eq!(found.verdict.name(), name);
        let mut text = String::new();
        for (label, observed) in seen() {
            let failure = diagnose_failure(&found, &observed);
            writeln!(text, "=== {label}: {}\n{failure}", failure.finding.name()).unwrap();
        }
        let path = folder.join(format!("{name}.txt"));
        assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{}", path.display());
    }
}

#[tokio::test]
async fn findings() {
    let table = [
        ("healthy", Observed::from_endpoint(41), "not-an-spn-problem", Some(Cause::CachedTicket)),
        ("healthy", Observed::from_endpoint(44), "not-an-spn-problem", Some(Cause::CachedTicket)),
        ("healthy", Observed::from_ticket_request(7), "contradiction", Some(Cause::NegativeCache)),
        ("healthy", Observed::Accepted, "nothing-wrong", None),
        ("healthy", Observed::AccessDenied, "not-an-spn-problem", Some(Cause::Authorisation)),
        ("shadowed", Observed::from_endpoint(41), "explained", None),
        ("shadowed", Observed::from_ticket_request(8), "contradiction", Some(Cause::NegativeCache)),
        ("shadowed", Observed::Accepted, "contradiction", Some(Cause::CachedTicket)),
        ("shadowed", Observed::from_logon(24), "not-an-spn-problem", Some(Cause::WrongPassword)),
        ("port-variant-missing", Observed::from_ticket_request(7), "explained", None),
        (
            "port-variant-missing",
            Observed::from_endpoint(41),
            "contradiction",
            Some(Cause::CachedTicket),
        ),
        ("target-unknown", Observed::from_endpoint(41), "explained", None),
        ("target-unknown", Observed::Accepted, "contradiction", Some(Cause::Ntlm)),
        ("target-unknown", Observed::AccessDenied, "contradiction", Some(Cause::Ntlm)),
    ];
    for (name, observed, expected, first) in table {
        let failure = diagnose_failure(&state(name).await, &observed);
        assert_eq!(failure.finding.name(), expected, "{name} {observed}");
        let cause = failure.finding.causes().first().map(|suspect| suspect.cause);
        assert_eq!(cause, first, "{name} {observed}");
    }
}

#[tokio::test]
async fn each_code_of_the_domain_controller_has_its_causes() {
    use Cause::{
        CachedTicket, ClockSkew, EtypePolicy, NoDomainController, PasswordExpired, UserRevoked,
        UserUnknown, WrongPassword,
    };
    let table: [(u32, &[Cause]); 10] = [
        (6, &[UserUnknown]),
        (7, &[NoDomainController, UserUnknown]),
        (14, &[EtypePolicy]),
        (18, &[UserRevoked]),
        (23, &[PasswordExpired]),
        (24, &[WrongPassword, ClockSkew]),
        (32, &[CachedTicket, ClockSkew]),
        (33, &[ClockSkew]),
        (37, &[ClockSkew]),
        (60, &[CachedTicket, ClockSkew, EtypePolicy]),
    ];
    let found = state("healthy").await;
    for (code, expected) in table {
        let failure = diagnose_failure(&found, &Observed::from_logon(code));
        assert_eq!(failure.finding.name(), "not-an-spn-problem", "{code}");
        let causes: Vec<Cause> =
            failure.finding.causes().iter().map(|suspect| suspect.cause).collect();
        assert_eq!(causes, expected, "{code}");
    }
}

#[tokio::test]
async fn every_failure_has_a_next_step_and_reads_back() {
    for name in STATES {
        let found = state(name).await;
        for (_, observed) in seen() {
            let failure = diagnose_failure(&found, &observed);
            let steps = match &failure.finding {
                Finding::Explained { next_steps, .. } => next_steps.len(),
                Finding::NothingWrong => 1,
                finding => finding.causes().len(),
            };
            assert!(steps > 0, "{name} {observed}");
            for suspect in failure.finding.causes() {
                assert!(!suspect.windows.is_empty() && !suspect.linux.is_empty(), "{suspect:?}");
            }
            let json = serde_json::to_value(&failure).unwrap();
            assert_eq!(json["finding"], failure.finding.name());
            assert_eq!(serde_json::from_value::<FailureDiagnosis>(json).unwrap(), failure);
        }
    }
}
