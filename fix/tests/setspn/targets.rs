//! `-T`: several domains, several forests.

use spnfix::InMemoryDirectory;
use spnfix::setspn::Outcome;

use crate::stage::{Forest, contoso, typed};

fn forest() -> Forest {
    Forest(vec![
        contoso().with_user("a", &["X/y"]),
        InMemoryDirectory::new("DC=fabrikam,DC=com", "FABRIKAM")
            .with_user("b", &["x/Y", "HTTP/mem1"]),
    ])
}

#[tokio::test]
async fn a_query_runs_once_for_each_target() {
    let printed = typed(&mut forest(), "-T * -T fabrikam -Q http/mem1").await.unwrap();
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         \n\
         No such SPN found.\n\
         Checking domain DC=fabrikam,DC=com\n\
         CN=b,CN=Users,DC=fabrikam,DC=com\n\
         \tx/Y\n\
         \tHTTP/mem1\n\
         \n\
         Existing SPN found!\n"
    );
    assert_eq!(printed.outcome, Outcome::Done);
    assert_eq!(typed(&mut forest(), "-Q http/mem1").await.unwrap().outcome, Outcome::NotFound);
}

#[tokio::test]
async fn duplicates_are_looked_for_across_all_targets() {
    for line in ["-T * -T fabrikam -X", "-T fabrikam.com -T \"\" -X", "-F -T * -T FABRIKAM -X"] {
        let printed = typed(&mut forest(), line).await.unwrap();
        assert!(
            printed.out.ends_with(
                "X/y is registered on these accounts:\n\
                 \tCN=a,CN=Users,DC=contoso,DC=com\n\
                 \tCN=b,CN=Users,DC=fabrikam,DC=com\n\
                 found 1 group of duplicate SPNs.\n"
            ),
            "{line}: {}",
            printed.out
        );
    }
    assert_eq!(typed(&mut forest(), "-X").await.unwrap().outcome, Outcome::Done);
    assert_eq!(typed(&mut forest(), "-T fabrikam -X").await.unwrap().outcome, Outcome::Done);
}

#[tokio::test]
async fn shadowed_spns_are_looked_for_across_all_targets() {
    let printed = typed(&mut forest(), "-T * -T fabrikam -X -P --shadowed").await.unwrap();
    assert!(printed.out.contains(
        "HTTP/mem1 is registered on these accounts:\n\
         \tCN=b,CN=Users,DC=fabrikam,DC=com\n\
         and takes the place of HOST/MEM1 on these:\n\
         \tCN=MEM1,CN=Computers,DC=contoso,DC=com\n\
         found 1 shadowed SPN.\n"
    ));
}

#[tokio::test]
async fn a_domain_under_two_names_counts_once() {
    let printed = typed(&mut forest(), "-T * -T contoso -T contoso.com -X").await.unwrap();
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         Processing entry 0\n\
         found 0 group of duplicate SPNs.\n"
    );
}

#[tokio::test]
async fn an_addition_looks_in_every_target_and_writes_to_the_accounts_domain() {
    let mut both = forest();
    let printed = typed(&mut both, "-T * -T fabrikam -S HTTP/mem1 svc_web").await.unwrap();
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         Checking domain DC=fabrikam,DC=com\n\
         CN=b,CN=Users,DC=fabrikam,DC=com\n\
         \tx/Y\n\
         \tHTTP/mem1\n\
         \n\
         Duplicate SPN found, aborting operation!\n"
    );
    let printed = typed(&mut both, "-S HTTP/new FABRIKAM\\b").await.unwrap();
    assert!(printed.out.starts_with("Checking domain DC=fabrikam,DC=com\n\nRegistering"));
    assert_eq!(printed.err, "undo: setspn -U -D HTTP/new 'FABRIKAM\\b'\n");
    assert_eq!(both.0[1].account_mut("b").unwrap().spns.len(), 3);
}

#[tokio::test]
async fn a_target_that_nobody_knows() {
    for line in ["-T nowhere -Q a/b", "-T nowhere -X", "-T * -T nowhere -S a/b svc_web"] {
        let error = typed(&mut forest(), line).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-NO-SUCH-DOMAIN", "{line}");
        assert_eq!(error.outcome(), Outcome::NoDirectory);
    }
}
