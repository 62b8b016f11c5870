//! A directory and a registry in memory.

use spnfix::testing::FailPoint;
use spnfix::*;

/// The run is killed at its write with this number, the first being 0: before the write, or once it
/// is made and only its answer is lost.
pub(crate) fn killed_at(write: usize, made: bool) -> FailPoint {
    FailPoint::dead_from(2 * write + 1 + usize::from(made))
}

/// The directory and the registry of a test.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) dir: InMemoryDirectory,
    pub(crate) settings: InMemorySettings,
}

pub(crate) const MEM1: &str = "CN=MEM1,CN=Computers,DC=contoso,DC=com";
pub(crate) const WEB: &str = "CN=svc_web,CN=Users,DC=contoso,DC=com";

impl World {
    /// KB 4549715's situation, for both names.
    pub(crate) fn shadowed() -> Self {
        let dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
            .with_user("svc_web", &["HTTP/www.contoso.com", "http/MEM1", "HTTP/mem1.contoso.com"]);
        Self { dir, settings: InMemorySettings::default() }
    }

    /// What the remedy mends: [`Self::shadowed`], or HOST itself on another computer.
    pub(crate) fn broken_for(remedy: &Remedy) -> Self {
        if *remedy != Remedy::GiveHostBack {
            return Self::shadowed();
        }
        let host = ["HOST/MEM1", "HOST/mem1.contoso.com", "HOST/NEW1", "HOST/new1.contoso.com"];
        let dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("NEW1", "new1.contoso.com", &host)
            .with_computer("MEM1", "mem1.contoso.com", &[]);
        Self { dir, settings: InMemorySettings::default() }
    }

    pub(crate) async fn plan(&mut self, remedy: &Remedy) -> Plan {
        let (target, client) = ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
        let seen =
            DirectorySnapshot::take_for(&mut self.dir, &target, &client, remedy).await.unwrap();
        plan(&seen, &target, remedy, &client).unwrap()
    }

    /// All SPNs, sorted, in exact spelling but for what Samba itself rewrites.
    pub(crate) fn picture(&self) -> Vec<(String, Vec<String>)> {
        let values = |account: &Account| {
            let lower = |spn: &String| {
                if spn.starts_with("host") || spn.starts_with("HOST") {
                    spn.to_lowercase()
                } else {
                    spn.clone()
                }
            };
            let mut values: Vec<String> = account.spns.iter().map(lower).collect();
            values.sort();
            (account.name.clone(), values)
        };
        self.dir.accounts().iter().map(values).collect()
    }
}

pub(crate) fn remedies() -> Vec<Remedy> {
    vec![
        Remedy::RemoveRegistration { account: None },
        Remedy::PortSpns { port: 5985 },
        Remedy::WsmanPrefix,
        Remedy::HostPrefix,
        Remedy::GiveHostBack,
    ]
}
