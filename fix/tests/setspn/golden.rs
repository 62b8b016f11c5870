//! Word for word what setspn.exe prints when all is well.

use spnfix::setspn::{Event, Listener, Outcome, Progress, WindowsText};
use spnfix::{Directory, InMemoryDirectory, Scope};

use crate::stage::{Forest, contoso, one, typed, typed_on};

const WEB: &str = "CN=svc_web,CN=Users,DC=contoso,DC=com";
const MEM1: &str = "CN=MEM1,CN=Computers,DC=contoso,DC=com";

async fn spns(forest: &mut Forest, dn: &str) -> Vec<String> {
    forest.0[0].account_at(dn).await.unwrap().unwrap().spns
}

#[tokio::test]
async fn adding_with_a_check() {
    let mut forest = Forest(vec![contoso()]);
    let printed = typed(&mut forest, "-S HTTP/mem1 svc_web").await.unwrap();
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         \n\
         Registering ServicePrincipalNames for CN=svc_web,CN=Users,DC=contoso,DC=com\n\
         \tHTTP/mem1\n\
         Updated object\n"
    );
    assert_eq!(printed.err, "undo: setspn -U -D HTTP/mem1 svc_web\n");
    assert_eq!(printed.outcome, Outcome::Done);
    assert_eq!(spns(&mut forest, WEB).await, ["HTTP/mem1"]);
}

#[tokio::test]
async fn adding_without_a_check() {
    let printed = one(contoso(), "-a HTTP/mem1 CONTOSO\\svc_web").await;
    assert_eq!(
        printed.out,
        "Registering ServicePrincipalNames for CN=svc_web,CN=Users,DC=contoso,DC=com\n\
         \tHTTP/mem1\n\
         Updated object\n"
    );
    assert_eq!(printed.err, "undo: setspn -U -D HTTP/mem1 'CONTOSO\\svc_web'\n");
}

#[tokio::test]
async fn adding_after_a_look_at_the_forest() {
    let printed = one(contoso(), "-F -S HTTP/mem1:5985 mem1$").await;
    assert_eq!(
        printed.out,
        "Checking forest DC=contoso,DC=com\n\
         Operation will be performed forestwide, it might take a while.\n\
         \n\
         Registering ServicePrincipalNames for CN=MEM1,CN=Computers,DC=contoso,DC=com\n\
         \tHTTP/mem1:5985\n\
         Updated object\n"
    );
}

#[tokio::test]
async fn deleting_in_any_case() {
    let mut forest = Forest(vec![contoso()]);
    let printed = typed(&mut forest, "-D host/mem1 mem1").await.unwrap();
    assert_eq!(
        printed.out,
        "Unregistering ServicePrincipalNames for CN=MEM1,CN=Computers,DC=contoso,DC=com\n\
         \thost/mem1\n\
         Updated object\n"
    );
    // The value comes back as it was stored.
    assert_eq!(printed.err, "undo: setspn -C -S HOST/MEM1 MEM1\n");
    assert_eq!(spns(&mut forest, MEM1).await, ["HOST/mem1.contoso.com"]);
}

#[tokio::test]
async fn resetting_adds_only_what_is_missing() {
    let mut forest =
        Forest(vec![InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_computer(
            "MEM1",
            "mem1.contoso.com",
            &["host/mem1", "WSMAN/mem1"],
        )]);
    let expected = "Registering ServicePrincipalNames for CN=MEM1,CN=Computers,DC=contoso,DC=com\n\
                    \tHOST/MEM1\n\
                    \tHOST/mem1.contoso.com\n\
                    Updated object\n";
    let printed = typed(&mut forest, "-R mem1").await.unwrap();
    assert_eq!(printed.out, expected);
    assert_eq!(printed.err, "undo: setspn -C -D HOST/mem1.contoso.com MEM1\n");
    assert_eq!(spns(&mut forest, MEM1).await, ["host/mem1", "WSMAN/mem1", "HOST/mem1.contoso.com"]);
    let again = typed(&mut forest, "-R mem1").await.unwrap();
    assert_eq!((again.out.as_str(), again.err.as_str()), (expected, ""));
}

#[tokio::test]
async fn listing_with_and_without_the_switch() {
    let expected = "Registered ServicePrincipalNames for CN=MEM1,CN=Computers,DC=contoso,DC=com:\n\
                    \tHOST/MEM1\n\
                    \tHOST/mem1.contoso.com\n";
    for line in ["-L mem1", "/l MEM1$", "mem1", "CONTOSO\\mem1", "contoso.com\\mem1", "-C mem1"] {
        let printed = one(contoso(), line).await;
        assert_eq!((printed.out.as_str(), printed.outcome), (expected, Outcome::Done), "{line}");
    }
    let none = one(contoso(), "svc_web").await;
    assert_eq!(
        none.out,
        "Registered ServicePrincipalNames for CN=svc_web,CN=Users,DC=contoso,DC=com:\n"
    );
}

#[tokio::test]
async fn a_name_can_mean_the_user() {
    let both = contoso().with_user("mem1", &["X/y"]);
    let printed = one(both.clone(), "-U -L mem1").await;
    assert!(printed.out.starts_with(
        "Registered ServicePrincipalNames for CN=mem1,CN=Users,DC=contoso,DC=com:\n\tX/y\n"
    ));
    assert!(one(both, "-L mem1").await.out.contains("CN=Computers"));
}

#[tokio::test]
async fn a_query_lists_all_spns_of_each_holder() {
    let web = contoso().with_user("web2", &["HTTP/mem1", "HTTP/mem1.contoso.com"]);
    let printed = one(web, "-Q http/MEM1.contoso.com").await;
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         CN=web2,CN=Users,DC=contoso,DC=com\n\
         \tHTTP/mem1\n\
         \tHTTP/mem1.contoso.com\n\
         \n\
         Existing SPN found!\n"
    );
    assert_eq!(printed.outcome, Outcome::Done);
    assert_eq!(one(contoso(), "-Q */mem1*").await.outcome, Outcome::Done);
}

#[tokio::test]
async fn a_query_in_vain() {
    let printed = one(contoso(), "-q HTTP/mem1").await;
    assert_eq!(printed.out, "Checking domain DC=contoso,DC=com\n\nNo such SPN found.\n");
    assert_eq!(printed.outcome, Outcome::NotFound);
    let printed = one(contoso(), "-F -Q HTTP/mem1").await;
    assert_eq!(
        printed.out,
        "Checking forest DC=contoso,DC=com\n\
         Operation will be performed forestwide, it might take a while.\n\
         \n\
         No such SPN found.\n"
    );
}

#[tokio::test]
async fn no_duplicates() {
    let printed = one(contoso(), "-X").await;
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         Processing entry 0\n\
         found 0 group of duplicate SPNs.\n"
    );
    assert_eq!(printed.outcome, Outcome::Done);
    let printed = one(contoso(), "-F -X").await;
    assert_eq!(
        printed.out,
        "Checking forest DC=contoso,DC=com\n\
         Operation will be performed forestwide, it might take a while.\n\
         found 0 group of duplicate SPNs.\n"
    );
    let printed = one(contoso(), "-X -P").await;
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\nfound 0 group of duplicate SPNs.\n"
    );
}

#[tokio::test]
async fn duplicates_in_groups() {
    let twice = contoso().with_user("b", &["http/Mem1", "X/y"]).with_user("a", &["HTTP/mem1"]);
    let printed = one(twice.clone(), "-X").await;
    let group = "HTTP/mem1 is registered on these accounts:\n\
                 \tCN=a,CN=Users,DC=contoso,DC=com\n\
                 \tCN=b,CN=Users,DC=contoso,DC=com\n";
    assert_eq!(
        printed.out,
        format!(
            "Checking domain DC=contoso,DC=com\nProcessing entry 0\n{group}\
             found 1 group of duplicate SPNs.\n"
        )
    );
    assert_eq!(printed.outcome, Outcome::Duplicate);
    let more = one(twice.with_user("c", &["x/Y"]), "-P -X").await.out;
    assert!(more.ends_with("\nfound 2 groups of duplicate SPNs.\n"), "{more}");
}

#[tokio::test]
async fn two_spellings_on_one_account_are_no_duplicate() {
    let printed = one(contoso().with_user("a", &["HTTP/mem1", "http/MEM1"]), "-X -P").await;
    assert_eq!(printed.outcome, Outcome::Done, "{}", printed.out);
}

#[tokio::test]
async fn values_that_are_no_proper_spns_can_be_duplicates_too() {
    let odd = ["noslash", "a/b/c/d", "a/b*", "HTTP/two words", "tab\there/x"];
    let directory = contoso().with_user("a", &odd).with_user("b", &odd).with_user("c", &["a/bc"]);
    let printed = one(directory, "-X -P").await;
    assert!(printed.out.ends_with("found 5 groups of duplicate SPNs.\n"), "{}", printed.out);
    assert!(!printed.out.contains("CN=c,"), "{}", printed.out);
}

#[tokio::test]
async fn shadowed_aliases_are_told_after_the_duplicates() {
    let printed =
        one(contoso().with_user("a", &["HTTP/mem1", "WSMAN/mem1"]), "-X --shadowed").await;
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         Processing entry 0\n\
         found 0 group of duplicate SPNs.\n\
         HTTP/mem1 is registered on these accounts:\n\
         \tCN=a,CN=Users,DC=contoso,DC=com\n\
         and takes the place of HOST/MEM1 on these:\n\
         \tCN=MEM1,CN=Computers,DC=contoso,DC=com\n\
         found 1 shadowed SPN.\n"
    );
    assert_eq!(printed.outcome, Outcome::Duplicate);
}

#[tokio::test]
async fn a_terminal_sees_one_line_that_counts() {
    let mut directory = contoso();
    for number in 0..250 {
        directory = directory.with_user(&format!("u{number}"), &[&format!("X/{number}")]);
    }
    let printed =
        typed_on(&mut Forest(vec![directory]), "-F -X", Progress::Counting).await.unwrap();
    let (_, counted) = printed.out.split_once("while.\n").unwrap();
    assert_eq!(
        counted,
        "\rProcessing entry 0\rProcessing entry 100\rProcessing entry 200\n\
         found 0 group of duplicate SPNs.\n"
    );
}

#[tokio::test]
async fn a_line_that_counts_ends_before_an_error() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut text = WindowsText::new(&mut out, &mut err, Progress::Counting);
    text.hear(Event::Walked { entries: 100, scope: Scope::Domain }).unwrap();
    text.break_off().unwrap();
    text.break_off().unwrap();
    assert_eq!(out, b"\rProcessing entry 100\n");
}
