use std::path::Path;

use super::*;
use crate::{InMemoryDirectory, ServiceClass};

const VERDICTS: [&str; 9] = [
    "healthy",
    "shadowed",
    "duplicate",
    "missing",
    "port-variant-missing",
    "holder-disabled",
    "cluster-name",
    "target-unknown",
    "ambiguous-target",
];

/// A directory that leads to this verdict.
async fn state(verdict: &str) -> Diagnosis {
    let computer = ["HOST/MEM1", "HOST/mem1.contoso.com"];
    let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &computer)
        .with_user("svc_web", &["HTTP/www.contoso.com"]);
    let (mut target, mut client) = ("mem1.contoso.com", ClientProfile::default());
    match verdict {
        "shadowed" => {
            dir.account_mut("svc_web").unwrap().spns.push("http/Mem1.contoso.com".to_owned());
        }
        "duplicate" => {
            dir.account_mut("svc_web").unwrap().spns.push("HTTP/mem1.contoso.com".to_owned());
            dir = dir.with_user("svc_app", &["HTTP/mem1.contoso.com"]);
        }
        "missing" => client = client.with_prefix(ServiceClass::WSMAN),
        "port-variant-missing" => client = client.with_port(5985),
        "holder-disabled" => dir.account_mut("MEM1$").unwrap().enabled = false,
        "target-unknown" => target = "www.contoso.com",
        "cluster-name" => {
            let computer = dir.account_mut("MEM1$").unwrap();
            computer.spns.push("MSClusterVirtualServer/mem1.contoso.com".to_owned());
        }
        "ambiguous-target" => {
            dir.account_mut("MEM1$").unwrap().name = "OLD1$".to_owned();
            dir.account_mut("OLD1$").unwrap().spns.clear();
            dir = dir.with_computer("MEM2", "mem1.contoso.com", &[]);
        }
        _ => {}
    }
    diagnose_in(&mut dir, &target.parse().unwrap(), &client).await.unwrap()
}

/// `golden/diagnosis/` has the whole text of each verdict.
#[tokio::test]
async fn the_whole_text_of_every_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnose/golden/diagnosis");
    for verdict in VERDICTS {
        let found = state(verdict).await;
        assert_eq!(found.verdict.name(), verdict);
        let path = folder.join(format!("{verdict}.txt"));
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found.to_string(), golden, "{}", path.display());
    }
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, VERDICTS.len(), "a text that belongs to no verdict");
}
