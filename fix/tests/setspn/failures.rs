//! Word for word what setspn.exe prints when it does not work, and what we add.

use std::io::{self, Write};

use spnfix::setspn::{Arguments, OneDomain, Outcome, Progress, SetspnError, WindowsText, run};
use spnfix::{Directory, InMemoryDirectory};

use crate::stage::{Forest, contoso, one, typed};

/// A DC's refusal on standard error: Windows' line, then ours.
fn refusal(err: &str) -> (&str, &str) {
    err.split_once('\n').unwrap()
}

#[tokio::test]
async fn a_duplicate_stops_an_addition() {
    let mut forest = Forest(vec![contoso().with_user("other", &["http/MEM1", "X/y"])]);
    let printed = typed(&mut forest, "-S HTTP/mem1 svc_web").await.unwrap();
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         CN=other,CN=Users,DC=contoso,DC=com\n\
         \thttp/MEM1\n\
         \tX/y\n\
         \n\
         Duplicate SPN found, aborting operation!\n"
    );
    assert_eq!((printed.err.as_str(), printed.outcome), ("", Outcome::Duplicate));
    assert!(forest.0[0].account_mut("svc_web").unwrap().spns.is_empty());
}

#[tokio::test]
async fn an_addition_looks_no_further_than_it_was_told() {
    let far = || {
        let mut directory = contoso();
        let mut account = directory.accounts()[1].clone();
        account.dn = "CN=far,DC=sub,DC=contoso,DC=com".to_owned();
        account.spns = vec!["HTTP/mem1".to_owned()];
        directory.insert(account);
        directory
    };
    assert_eq!(one(far(), "-F -S HTTP/mem1 svc_web").await.outcome, Outcome::Duplicate);
    // The directory's own check is forest-wide.
    let printed = one(far(), "-S HTTP/mem1 svc_web").await;
    assert_eq!(printed.outcome, Outcome::Refused);
    let (windows, ours) = refusal(&printed.err);
    assert_eq!(
        windows,
        "Failed to assign SPN on account 'CN=svc_web,CN=Users,DC=contoso,DC=com', error \
         0x21c7/8647 -> The operation failed because SPN value provided for addition/modification \
         is not unique forest-wide."
    );
    assert!(ours.starts_with("error [SPNFIX-LDAP-19]: "), "{ours}");
    assert!(ours.contains("constraintViolation (19)") && ours.contains("hint: "), "{ours}");
    assert!(!printed.out.contains("Updated object"));
}

#[tokio::test]
async fn rights_are_needed() {
    for (line, doing) in [
        ("-S HTTP/mem1 svc_web", "assign"),
        ("-A HTTP/mem1 svc_web", "assign"),
        ("-D HTTP/mem1 svc_web", "remove"),
    ] {
        let printed = one(contoso().read_only(), line).await;
        let (windows, ours) = refusal(&printed.err);
        assert_eq!(
            windows,
            format!(
                "Failed to {doing} SPN on account 'CN=svc_web,CN=Users,DC=contoso,DC=com', error \
                 0x2098/8344 -> Insufficient access rights to perform the operation."
            )
        );
        assert!(ours.starts_with("error [SPNFIX-LDAP-50]: "), "{ours}");
        assert_eq!(printed.outcome, Outcome::Refused, "{line}");
    }
}

#[tokio::test]
async fn what_is_not_there_cannot_be_deleted() {
    let printed = one(contoso(), "-D HTTP/mem1 mem1").await;
    assert_eq!(
        printed.out,
        "Unregistering ServicePrincipalNames for CN=MEM1,CN=Computers,DC=contoso,DC=com\n\
         \tHTTP/mem1\n"
    );
    assert_eq!(
        refusal(&printed.err).0,
        "Failed to remove SPN on account 'CN=MEM1,CN=Computers,DC=contoso,DC=com', error \
         0x200a/8202 -> The specified directory service attribute or value does not exist."
    );
    assert_eq!(printed.outcome, Outcome::NotFound);
}

#[tokio::test]
async fn the_same_account_has_it_already() {
    assert_eq!(one(contoso(), "-S host/mem1 mem1").await.outcome, Outcome::Duplicate);
    let printed = one(contoso(), "-A HOST/MEM1 mem1").await;
    assert!(printed.err.contains("error 0x200d/8205 -> "), "{}", printed.err);
    assert_eq!(printed.outcome, Outcome::Refused);
}

#[tokio::test]
async fn a_reset_that_stops_halfway_says_what_was_written() {
    let directory = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &[])
        .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
    let printed = one(directory, "-R mem1").await;
    assert_eq!(printed.outcome, Outcome::Refused);
    assert!(!printed.out.contains("Updated object"));
    assert!(printed.err.contains("0x21c7/8647"), "{}", printed.err);
    assert!(printed.err.ends_with("undo: setspn -C -D HOST/MEM1 MEM1\n"), "{}", printed.err);
}

#[tokio::test]
async fn nobody_of_that_name() {
    let call = "FindDomainForAccount: Call to DsGetDcNameWithAccountW failed with return value";
    let table = [
        ("-L nosuch", "0x00000525", "Could not find account nosuch"),
        ("nosuch", "0x00000525", "Could not find account nosuch"),
        ("-L a@b", "0x00000525", "Could not find account a@b"),
        ("-L FABRIKAM\\x", "0x0000054B", "Could not find account FABRIKAM\\x"),
        ("-C -L svc_web", "0x00000525", "Could not find account svc_web"),
        ("-U -L mem1", "0x00000525", "Could not find account mem1"),
        ("-S HTTP/mem1 nosuch", "0x00000525", "Unable to locate account nosuch"),
        ("-A HTTP/mem1 nosuch", "0x00000525", "Unable to locate account nosuch"),
        ("-D HTTP/mem1 nosuch", "0x00000525", "Unable to locate account nosuch"),
        ("-R svc_web", "0x00000525", "Unable to locate account svc_web"),
    ];
    for (line, number, last) in table {
        let printed = one(contoso(), line).await;
        assert_eq!(printed.err, format!("{call} {number}\n{last}\n"), "{line}");
        assert_eq!((printed.out.as_str(), printed.outcome), ("", Outcome::NoAccount), "{line}");
    }
}

#[tokio::test]
async fn a_forest_needs_a_global_catalog() {
    let mut forest = Forest(vec![contoso().without_global_catalog()]);
    for line in ["-F -Q a/b", "-F -X", "-F -S a/b svc_web"] {
        let error = typed(&mut forest, line).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-NO-GLOBAL-CATALOG", "{line}");
        assert_eq!(error.outcome(), Outcome::NoDirectory);
    }
}

#[tokio::test]
async fn what_is_in_the_directory_moves_no_cursor() {
    let mut directory = contoso().with_user("other", &["HTTP/mem1", "X/\u{1b}[2J\n\tforged"]);
    let other = directory.account_mut("other").unwrap();
    other.dn = "CN=ot\u{9b}2Jher\r,CN=Users,DC=contoso,DC=com".to_owned();
    for line in ["-L other", "-Q HTTP/mem1", "-S HTTP/mem1 svc_web", "-D HTTP/mem1 other"] {
        let printed = one(directory.clone(), line).await;
        let both = printed.out + &printed.err;
        assert!(both.contains(r"CN=ot\u{9b}2Jher\r,CN=Users"), "{line}: {both}");
        assert!(!both.contains("\n\tforged"), "{line}: {both}");
        assert!(both.chars().all(|c| "\n\t".contains(c) || !c.is_control()), "{line}: {both:?}");
    }
    let printed = one(directory, "-L other").await;
    assert!(printed.out.ends_with("\tX/\\u{1b}[2J\\n\\tforged\n"), "{}", printed.out);
}

/// Takes a few bytes and then nobody reads any more.
struct Leaving(usize);

impl Write for Leaving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_is_written_to_the_directory_for_a_reader_who_has_left() {
    let words = ["-S", "HTTP/mem1", "svc_web"].map(str::to_owned);
    let request = Arguments::parse(&words).unwrap().request;
    let whole = "Checking domain DC=contoso,DC=com\n\nRegistering".len();
    for bytes in 0..whole {
        let (mut directory, mut err) = (contoso(), Vec::new());
        let mut out = Leaving(bytes);
        let mut text = WindowsText::new(&mut out, &mut err, Progress::Line);
        let error = run(&request, &mut OneDomain(&mut directory), &mut text).await.unwrap_err();
        assert!(matches!(error, SetspnError::Output(_)));
        assert_eq!(error.outcome(), Outcome::NoReader);
        let web = "CN=svc_web,CN=Users,DC=contoso,DC=com";
        assert!(directory.account_at(web).await.unwrap().unwrap().spns.is_empty(), "{bytes}");
    }
}

/// What a user types or pastes as an account, and how the line is looked up.
#[tokio::test]
async fn an_account_may_be_a_upn_or_a_dn() {
    for name in [
        "svc_web@contoso.com",
        "svc_web@CONTOSO.COM",
        "CN=svc_web,CN=Users,DC=contoso,DC=com",
        "cn=SVC_WEB,cn=users,dc=contoso,dc=com",
        "-U svc_web@contoso.com",
    ] {
        let printed = one(contoso(), &format!("-L {name}")).await;
        assert_eq!(printed.outcome, Outcome::Done, "{name}: {}", printed.err);
        assert!(printed.out.contains("CN=svc_web,CN=Users,DC=contoso,DC=com"), "{name}");
    }
    // A UPN means no computer without $, and -C and -U count for a DN.
    for name in [
        "mem1@contoso.com",
        "-C CN=svc_web,CN=Users,DC=contoso,DC=com",
        "-U CN=MEM1,CN=Computers,DC=contoso,DC=com",
        "CN=nobody,DC=contoso,DC=com",
    ] {
        let printed = one(contoso(), &format!("-L {name}")).await;
        assert_eq!(printed.outcome, Outcome::NoAccount, "{name}");
    }
    let printed = one(contoso(), "-S HTTP/x svc_web@contoso.com").await;
    assert_eq!(
        (printed.err.as_str(), printed.outcome),
        ("undo: setspn -U -D HTTP/x 'contoso.com\\svc_web'\n", Outcome::Done)
    );
}

#[tokio::test]
async fn a_name_that_says_what_is_wrong_with_it_has_a_hint() {
    let table = [
        ("CONTOSOsvc_web", "quote it: 'CONTOSO\\svc_web'"),
        ("contososvc_web", "quote it: 'CONTOSO\\svc_web'"),
        ("contoso.comsvc_web", "quote it: 'contoso.com\\svc_web'"),
        ("CONTOSO/svc_web", "an account is CONTOSO\\svc_web"),
        ("CONTOSO\\\\svc_web", "write CONTOSO\\svc_web"),
        ("svc_web@fabrikam.com", "write DOMAIN\\name"),
    ];
    for (name, hint) in table {
        for line in [format!("-L {name}"), format!("-D HTTP/x {name}")] {
            let printed = one(contoso(), &line).await;
            assert_eq!(printed.outcome, Outcome::NoAccount, "{line}");
            let (_, ours) = printed.err.split_once("\nhint: ").unwrap();
            assert!(ours.contains(hint), "{line}: {ours}");
        }
    }
    for name in ["nobody", "CONTOSO", "CONTOSO\\nobody"] {
        let printed = one(contoso(), &format!("-L {name}")).await;
        assert!(!printed.err.contains("hint"), "{name}: {}", printed.err);
    }
}
