//! `-D`: what it leaves alone, and what undoes it.

use spnfix::setspn::{Arguments, JsonDocument, OneDomain, Outcome, run};
use spnfix::{
    Account, AccountName, Answer, Directory, DirectoryError, Domain, InMemoryDirectory, Scope, Spn,
    SpnMappings, SpnPattern, Target, Visit,
};

use crate::stage::{Forest, Printed, contoso, one, typed};

fn web() -> InMemoryDirectory {
    contoso().with_user("svc_app", &[]).with_user("holder", &["HTTP/www.contoso.com"])
}

#[tokio::test]
async fn a_name_of_another_account_stays_there() {
    let mut forest = Forest(vec![web()]);
    let printed = typed(&mut forest, "-D http/www.contoso.com svc_app").await.unwrap();
    assert_eq!(
        printed.out,
        "Unregistering ServicePrincipalNames for CN=svc_app,CN=Users,DC=contoso,DC=com\n\
         \thttp/www.contoso.com\n"
    );
    assert_eq!(
        printed.err,
        "Failed to remove SPN on account 'CN=svc_app,CN=Users,DC=contoso,DC=com', error \
         0x200a/8202 -> The specified directory service attribute or value does not exist.\n\
         error [SPNFIX-NOT-HELD]: svc_app does not hold http/www.contoso.com, so nothing was \
         deleted\n\
         hint: holder (CN=holder,CN=Users,DC=contoso,DC=com) holds it and keeps it; look for what \
         needs it before you delete it there\n"
    );
    assert_eq!(printed.outcome, Outcome::NotFound);
    assert_eq!(forest.0[0].account_mut("holder").unwrap().spns, ["HTTP/www.contoso.com"]);
}

#[tokio::test]
async fn a_script_reads_who_keeps_it() {
    let words = ["-D", "http/www.contoso.com", "svc_app", "--json"].map(str::to_owned);
    let request = Arguments::parse(&words).unwrap().request;
    let mut document = JsonDocument::default();
    let mut directory = web();
    let outcome = run(&request, &mut OneDomain(&mut directory), &mut document).await.unwrap();
    let found = document.finish(&request.command, outcome);
    assert_eq!((&found["outcome"], &found["status"]), (&"not-found".into(), &1.into()));
    assert_eq!(found["holders"][0]["name"], "holder");
    assert_eq!(found["error"]["code"], "SPNFIX-NOT-HELD");
}

#[tokio::test]
async fn odd_values_that_another_account_holds_stay_there_too() {
    for value in ["noslash", "a/b*", "a/b/c/d"] {
        let directory = contoso().with_user("a", &[value]).with_user("b", &["a/bc", "noslashes"]);
        let printed = one(directory.clone(), &format!("-D {value} b")).await;
        assert_eq!(printed.outcome, Outcome::NotFound, "{value}");
        assert!(printed.err.contains("hint: a (CN=a,"), "{}", printed.err);
        let printed = one(directory, &format!("-D {value} a")).await;
        assert_eq!(printed.outcome, Outcome::Done, "{value}");
        let expected = "undo: none: it is no proper SPN, which setspn does not add\n";
        assert_eq!(printed.err, expected, "{value}");
    }
}

/// Runs the change, and then its undo; the SPNs of `a` before, and after both.
async fn there_and_back(directory: InMemoryDirectory, line: &str) -> (Vec<String>, Vec<String>) {
    let mut forest = Forest(vec![directory]);
    let spns = |forest: &mut Forest| {
        let mut spns = forest.0[0].account_mut("a").unwrap().spns.clone();
        spns.sort();
        spns
    };
    let before = spns(&mut forest);
    let changed = typed(&mut forest, line).await.unwrap();
    assert_eq!(changed.outcome, Outcome::Done, "{line}");
    assert_ne!(spns(&mut forest), before, "{line}");
    let undo = changed.err.strip_prefix("undo: setspn ").unwrap().trim_end().to_owned();
    let undone = typed(&mut forest, &undo).await.unwrap();
    assert_eq!(undone.outcome, Outcome::Done, "{undo}: {}", undone.err);
    (before, spns(&mut forest))
}

#[tokio::test]
async fn an_undo_is_the_opposite() {
    let two = contoso().with_user("a", &["HTTP/two", "http/TWO", "X/y"]);
    for line in ["-D HTTP/two a", "-D http/TWO a", "-D x/Y a", "-A X/z a", "-S X/z a"] {
        let (before, after) = there_and_back(two.clone(), line).await;
        assert_eq!(before, after, "{line}");
    }
}

#[tokio::test]
async fn a_second_spelling_cannot_be_taken_off_alone() {
    let printed = one(contoso().with_user("a", &["HTTP/two"]), "-A http/TWO a").await;
    assert_eq!(printed.outcome, Outcome::Done);
    assert_eq!(
        printed.err,
        "undo: none: a holds it as HTTP/two, too, and a deletion would take that one; both mean \
         the same\n"
    );
}

#[tokio::test]
async fn a_duplicate_cannot_be_put_back() {
    let directory = contoso().with_user("a", &["HTTP/x"]).with_user("b", &["http/X"]);
    let printed = one(directory, "-D HTTP/x a").await;
    assert_eq!(printed.outcome, Outcome::Done);
    assert_eq!(
        printed.err,
        "undo: none: b holds it as well, and the directory accepts no second holder\n"
    );
}

#[tokio::test]
async fn an_alias_elsewhere_may_forbid_the_undo() {
    let printed = one(contoso().with_user("a", &["HTTP/mem1"]), "-D HOST/MEM1 mem1").await;
    assert_eq!(
        printed.err,
        "undo: setspn -C -S HOST/MEM1 MEM1\n\
         hint: Samba refuses this undo while a holds HTTP/mem1, an alias of HOST/MEM1\n"
    );
}

/// Refuses to delete what two accounts hold, as Samba does.
struct Samba(InMemoryDirectory);

impl Directory for Samba {
    fn domain(&mut self) -> Answer<'_, Domain> {
        self.0.domain()
    }

    fn reach(&self) -> Scope {
        self.0.reach()
    }

    fn holders<'a>(&'a mut self, spns: &'a [Spn], scope: Scope) -> Answer<'a, Vec<Account>> {
        self.0.holders(spns, scope)
    }

    fn search<'a>(&'a mut self, pattern: &'a SpnPattern, scope: Scope) -> Answer<'a, Vec<Account>> {
        self.0.search(pattern, scope)
    }

    fn every_holder<'a>(&'a mut self, scope: Scope, visit: &'a mut Visit<'_>) -> Answer<'a, u64> {
        self.0.every_holder(scope, visit)
    }

    fn computers<'a>(&'a mut self, host: &'a Target, scope: Scope) -> Answer<'a, Vec<Account>> {
        self.0.computers(host, scope)
    }

    fn account<'a>(&'a mut self, name: &'a AccountName) -> Answer<'a, Option<Account>> {
        self.0.account(name)
    }

    fn account_at<'a>(&'a mut self, dn: &'a str) -> Answer<'a, Option<Account>> {
        self.0.account_at(dn)
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        self.0.mappings()
    }

    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        self.0.add(dn, value)
    }

    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        let (dn, value) = (dn.to_owned(), value.to_owned());
        Box::pin(async { Err(DirectoryError::Duplicate { dn, value, other: "b".to_owned() }) })
    }
}

#[tokio::test]
async fn sambas_refusal_to_delete_a_duplicate_is_a_refusal() {
    let directory = contoso().with_user("a", &["HTTP/x"]).with_user("b", &["HTTP/x"]);
    let words = ["-D", "HTTP/x", "a"].map(str::to_owned);
    let request = Arguments::parse(&words).unwrap().request;
    let mut document = JsonDocument::default();
    let mut samba = Samba(directory);
    let outcome = run(&request, &mut OneDomain(&mut samba), &mut document).await.unwrap();
    let found = document.finish(&request.command, outcome);
    assert_eq!((outcome, &found["status"]), (Outcome::Refused, &4.into()));
    assert_eq!(found["error"]["code"], "SPNFIX-DUPLICATE");
}

#[tokio::test]
async fn a_conflict_in_the_forest_is_looked_for_in_the_forest() {
    let Printed { err, outcome, .. } = one(web(), "-A HTTP/www.contoso.com svc_app").await;
    assert_eq!(outcome, Outcome::Refused);
    let hint = err.lines().find(|line| line.starts_with("hint: ")).unwrap();
    assert!(hint.contains("setspn -F -Q") && hint.contains("only if"), "{hint}");
}
