//! A directory too large to be collected.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use spnfix::setspn::{Arguments, JsonDocument, OneDomain, Outcome, run};
use spnfix::{
    Account, AccountName, Answer, Directory, Domain, InMemoryDirectory, Scope, Spn, SpnMappings,
    SpnPattern, Target, Visit,
};

/// Makes up accounts while it is walked, beside the few real ones, and counts what is asked for.
struct Huge {
    real: InMemoryDirectory,
    made_up: u64,
    asked: AtomicUsize,
    walks: AtomicUsize,
}

impl Directory for Huge {
    fn domain(&mut self) -> Answer<'_, Domain> {
        self.real.domain()
    }

    fn reach(&self) -> Scope {
        self.real.reach()
    }

    fn holders<'a>(&'a mut self, spns: &'a [Spn], scope: Scope) -> Answer<'a, Vec<Account>> {
        self.asked.fetch_add(spns.len(), SeqCst);
        self.real.holders(spns, scope)
    }

    fn search<'a>(&'a mut self, pattern: &'a SpnPattern, scope: Scope) -> Answer<'a, Vec<Account>> {
        self.asked.fetch_add(1, SeqCst);
        self.real.search(pattern, scope)
    }

    fn every_holder<'a>(&'a mut self, scope: Scope, visit: &'a mut Visit<'_>) -> Answer<'a, u64> {
        Box::pin(async move {
            self.walks.fetch_add(1, SeqCst);
            for number in 0..self.made_up {
                let dn = format!("CN=c{number},CN=Computers,DC=contoso,DC=com");
                let spn = |class| format!("{class}/c{number}.contoso.com");
                visit(&dn, &[spn("HOST"), spn("HTTP")]);
            }
            Ok(self.real.every_holder(scope, visit).await? + self.made_up)
        })
    }

    fn computers<'a>(&'a mut self, host: &'a Target, scope: Scope) -> Answer<'a, Vec<Account>> {
        self.real.computers(host, scope)
    }

    fn account<'a>(&'a mut self, name: &'a AccountName) -> Answer<'a, Option<Account>> {
        self.real.account(name)
    }

    fn account_at<'a>(&'a mut self, dn: &'a str) -> Answer<'a, Option<Account>> {
        self.real.account_at(dn)
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        self.real.mappings()
    }

    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        self.real.add(dn, value)
    }

    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        self.real.delete(dn, value)
    }
}

#[tokio::test]
async fn only_suspects_are_asked_for() {
    let real = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1"])
        .with_user("a", &["HTTP/mem1", "X/y"])
        .with_user("b", &["x/Y"]);
    let (asked, walks) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut huge = Huge { real, made_up: 100_000, asked, walks };
    let words = ["-X", "--shadowed"].map(str::to_owned);
    let request = Arguments::parse(&words).unwrap().request;
    let mut document = JsonDocument::default();
    let outcome = run(&request, &mut OneDomain(&mut huge), &mut document).await.unwrap();
    let found = document.finish(&request.command, outcome);
    assert_eq!(outcome, Outcome::Duplicate);
    assert_eq!(found["entries"], 100_003);
    assert_eq!(found["duplicates"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["shadowed"].as_array().unwrap().len(), 1, "{found}");
    // x/y; and http/mem1 with host/mem1.
    assert_eq!(huge.asked.load(SeqCst), 3);
    assert_eq!(huge.walks.load(SeqCst), 1);
}
