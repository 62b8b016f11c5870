use super::*;
use crate::*;

const WEB: &str = "CN=svc_web,CN=Users,DC=contoso,DC=com";

fn contoso() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", &["HTTP/mem1.contoso.com"])
        .with_user("svc_old", &["HTTP/mem1", "HTTP/www.contoso.com"])
}

/// The plan of option 1, applied to this directory.
async fn applied(dir: &mut InMemoryDirectory) -> Plan {
    let (target, client): (Target, _) =
        ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
    let remedy = Remedy::RemoveRegistration { account: None };
    let seen = DirectorySnapshot::take(dir, &target, &client).await.unwrap();
    let plan = plan(&seen, &target, &remedy, &client).unwrap();
    assert_eq!(plan.edits.len(), 2, "{plan}");
    let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
    apply(dir, &mut InMemorySettings::default(), &mut journal).await.unwrap();
    plan
}

async fn ask(dcs: &mut [(&str, &mut dyn Directory)], plan: &Plan) -> VerifiedEverywhere {
    verify_all(dcs, &mut InMemorySettings::default(), plan).await
}

#[tokio::test]
async fn each_server_is_told_apart() {
    let mut dc1 = contoso();
    let (mut behind, mut halfway, mut odd) = (dc1.clone(), dc1.clone(), dc1.clone());
    let plan = applied(&mut dc1).await;
    // One account is replicated, the other is not.
    halfway.delete("CN=svc_old,CN=Users,DC=contoso,DC=com", "HTTP/mem1").await.unwrap();
    // Another program wrote too. Waiting does not solve that.
    odd.add(WEB, "HTTP/other").await.unwrap();

    let mut all: [(&str, &mut dyn Directory); 4] =
        [("dc1", &mut dc1), ("dc2", &mut behind), ("dc3", &mut halfway), ("dc4", &mut odd)];
    let said = ask(&mut all, &plan).await;
    let flags: Vec<(bool, bool)> = said.dcs.iter().map(|one| (one.ok(), one.lags())).collect();
    assert_eq!(flags, [(true, false), (false, true), (false, true), (false, false)]);
    assert!(!said.ok());
    let text = said.to_string();
    assert!(text.contains("dc2\n  not yet: "), "{text}");
    assert!(text.contains("dc3\n  not yet: "), "{text}");
    assert!(text.contains("dc4\n  "), "{text}");
    assert!(!text.contains("dc4\n  not yet"), "{text}");
    assert!(text.contains("  not so: svc_web no longer holds HTTP/mem1.contoso.com"), "{text}");

    assert!(ask(&mut all[..1], &plan).await.ok());
    assert!(!ask(&mut [], &plan).await.ok());
}

#[tokio::test]
async fn an_account_that_is_gone_does_not_lag() {
    let mut dc1 = contoso();
    let mut without = dc1.clone();
    without.remove(WEB);
    let plan = applied(&mut dc1).await;
    let said = ask(&mut [("dc2", &mut without)], &plan).await;
    assert!(!said.dcs[0].ok() && !said.dcs[0].lags(), "{said}");
}

#[tokio::test]
async fn one_that_fails_does_not_silence_the_others() {
    let (mut dc1, mut down) = (contoso(), Down);
    let mut behind = dc1.clone();
    let plan = applied(&mut dc1).await;
    let mut all: [(&str, &mut dyn Directory); 3] =
        [("dc1", &mut dc1), ("dc2", &mut down), ("dc3", &mut behind)];
    let mut said = ask(&mut all, &plan).await;
    let flags: Vec<(bool, bool)> = said.dcs.iter().map(|one| (one.ok(), one.lags())).collect();
    assert_eq!(flags, [(true, false), (false, false), (false, true)]);
    let text = said.to_string();
    let failed = "dc2\n  not asked: error [SPNFIX-CONNECTION-LOST]: the connection broke when \
                  trying to ask: gone\n  hint: ";
    assert!(text.contains(failed), "{text}");

    let json = serde_json::to_value(&said).unwrap();
    assert_eq!(json["dcs"][0]["result"], "read");
    assert_eq!(json["dcs"][1]["result"], "failed");
    assert_eq!(json["dcs"][1]["code"], "SPNFIX-CONNECTION-LOST");
    assert_eq!(serde_json::from_value::<VerifiedEverywhere>(json).unwrap(), said);
    said.dcs.truncate(2);
    said.dcs.remove(0);
    assert!(!said.ok());
}

/// A directory that does not answer.
struct Down;

impl Down {
    fn gone<T>() -> Answer<'static, T>
    where
        T: Send,
    {
        let (doing, source) = ("ask".to_owned(), "gone".into());
        Box::pin(async { Err(DirectoryError::Lost { doing, source }) })
    }
}

impl Directory for Down {
    fn domain(&mut self) -> Answer<'_, Domain> {
        Self::gone()
    }

    fn reach(&self) -> Scope {
        Scope::Domain
    }

    fn holders<'a>(&'a mut self, _: &'a [Spn], _: Scope) -> Answer<'a, Vec<Account>> {
        Self::gone()
    }

    fn search<'a>(&'a mut self, _: &'a SpnPattern, _: Scope) -> Answer<'a, Vec<Account>> {
        Self::gone()
    }

    fn every_holder<'a>(&'a mut self, _: Scope, _: &'a mut Visit<'_>) -> Answer<'a, u64> {
        Self::gone()
    }

    fn computers<'a>(&'a mut self, _: &'a Target, _: Scope) -> Answer<'a, Vec<Account>> {
        Self::gone()
    }

    fn account<'a>(&'a mut self, _: &'a AccountName) -> Answer<'a, Option<Account>> {
        Self::gone()
    }

    fn account_at<'a>(&'a mut self, _: &'a str) -> Answer<'a, Option<Account>> {
        Self::gone()
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        Self::gone()
    }

    fn add<'a>(&'a mut self, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        Self::gone()
    }

    fn delete<'a>(&'a mut self, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        Self::gone()
    }
}
