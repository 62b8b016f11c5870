use super::*;
use crate::client::{ClientProfile, Remedy};
use crate::directory::DirectorySnapshot;
use crate::memory::InMemoryDirectory;
use crate::plan::plan;

#[derive(Debug)]
struct Taken;

impl JournalStore for Taken {
    fn save(&mut self, _: &str) -> std::io::Result<()> {
        Err(std::io::ErrorKind::WouldBlock.into())
    }

    fn name(&self) -> PathBuf {
        PathBuf::from("(taken)")
    }
}

#[tokio::test]
async fn a_journal_that_another_run_has_written_is_locked() {
    let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
    let (target, client) = ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
    let remedy = Remedy::RemoveRegistration { account: None };
    let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
    let plan = plan(&seen, &target, &remedy, &client).unwrap();
    let error = Journal::begin(Box::new(Taken), &plan).unwrap_err();
    assert_eq!(error.code(), "SPNFIX-JOURNAL-LOCKED");
}
