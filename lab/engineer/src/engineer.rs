//! The engineer connects as `spn_operator`, who may only write SPNs, and calls the core fix
//! library.
//!
//! Uses: article, registry.

use std::path::Path;

use spnfix::{
    Applied, Bind, ClientProfile, ClientSettings, Diagnosis, Directory, DirectorySnapshot, Domain,
    Error, Journal, LdapAccess, LdapDirectory, NoClientSettings, Plan, Recommendation,
    RegistryValue, Remedy, RolledBack, Scope, Target, Trust, Verification, VerifiedEverywhere,
    apply, diagnose_in, plan, recommend, rollback, setspn, verify, verify_all,
};
use spnlab_harness::{Account, Dc, Lab, accounts};

use crate::article::ArticleOption;
use crate::registry::LabRegistry;

/// An LDAPS connection to the lab's DC and global catalog, and the registry of its CLIENT.
#[derive(Debug)]
pub struct Engineer<'a> {
    directory: LdapDirectory,
    client: Client<'a>,
}

/// The client whose connection fails.
enum Client<'a> {
    /// The engineer reads and writes its registry. The profile has what no registry says.
    Registry(Box<dyn ClientSettings + 'a>, ClientProfile),
    /// An external client. The caller says how it asks, and the engineer writes nothing there.
    External(ClientProfile, NoClientSettings),
}

impl std::fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Registry(_, profile) => f.debug_tuple("Registry").field(profile).finish(),
            Self::External(profile, _) => f.debug_tuple("External").field(profile).finish(),
        }
    }
}

impl Client<'_> {
    fn settings(&mut self) -> &mut dyn ClientSettings {
        match self {
            Self::Registry(registry, _) => &mut **registry,
            Self::External(_, nothing) => nothing,
        }
    }
}

/// How to reach a lab's DC as an account, through the DC's published ports of LDAPS and the global
/// catalog on 127.0.0.1.
pub fn access(
    dc: &str,
    (ldaps, global_catalog): (u16, u16),
    ca_pem: String,
    account: Account,
) -> LdapAccess {
    let bind = Bind::simple(&account.principal(), account.password);
    LdapAccess::ldaps(dc, Trust::Ca(ca_pem), bind)
        .at(&format!("127.0.0.1:{ldaps}"))
        .with_global_catalog_at(&format!("127.0.0.1:{global_catalog}"))
}

impl<'a> Engineer<'a> {
    /// Connects to the lab's DC as `spn_operator`.
    pub async fn at(lab: &'a Lab) -> Result<Self, Error> {
        Self::with_rights_of(accounts::SPN_OPERATOR, lab).await
    }

    /// Connects to the lab's DC as another account.
    pub async fn with_rights_of(operator: Account, lab: &'a Lab) -> Result<Self, Error> {
        Self::at_dc(lab.dc1(), operator).await
    }

    /// Connects to one of the lab's domain controllers.
    pub async fn at_dc(dc: Dc<'a>, operator: Account) -> Result<Self, Error> {
        let ports = (dc.ldaps_port(), dc.global_catalog_port());
        let access = access(dc.fqdn(), ports, dc.lab().ca_pem().to_owned(), operator);
        let directory = LdapDirectory::connect(access).await?;
        Ok(Self::beside(directory, Box::new(LabRegistry(dc.lab()))))
    }

    /// Works on a directory, for a client with this registry.
    pub fn beside(directory: LdapDirectory, registry: Box<dyn ClientSettings + 'a>) -> Self {
        Self { directory, client: Client::Registry(registry, ClientProfile::default()) }
    }

    /// Works on an external directory, for a client with this profile.
    pub fn external(directory: LdapDirectory, profile: ClientProfile) -> Self {
        Self { directory, client: Client::External(profile, NoClientSettings) }
    }

    /// For a client with this profile. Of a lab's client, the registry says the prefix.
    #[must_use]
    pub fn asking(mut self, how: ClientProfile) -> Self {
        let (Client::Registry(_, profile) | Client::External(profile, _)) = &mut self.client;
        *profile = how;
        self
    }

    /// Ends the work and hands on the connection to the directory.
    pub fn into_directory(self) -> LdapDirectory {
        self.directory
    }

    /// The domain of the directory.
    pub async fn domain(&mut self) -> Result<Domain, Error> {
        Ok(self.directory.domain().await?)
    }

    /// The connection to the directory and the registry, to call the fix library directly.
    pub fn parts(&mut self) -> (&mut LdapDirectory, &mut dyn ClientSettings) {
        (&mut self.directory, self.client.settings())
    }

    /// What `setspn -Q <spn>` prints.
    pub async fn query(&mut self, spn: &str) -> Result<String, Error> {
        Ok(setspn::query(&mut self.directory, &spn.parse()?, Scope::Domain).await?)
    }

    /// The diagnosis for a WinRM client with CLIENT's settings that connects to `host`.
    pub async fn diagnose(&mut self, host: &str) -> Result<Diagnosis, Error> {
        let client = self.profile().await?;
        Ok(diagnose_in(&mut self.directory, &host.parse()?, &client).await?)
    }

    /// As [`Engineer::diagnose`], for a client that puts the port into the SPN.
    pub async fn diagnose_with_port(&mut self, host: &str, port: u16) -> Result<Diagnosis, Error> {
        let client = self.profile().await?.with_port(port);
        Ok(diagnose_in(&mut self.directory, &host.parse()?, &client).await?)
    }

    /// The ways out at `host`, best first.
    pub async fn recommend(&mut self, host: &str) -> Result<Recommendation, Error> {
        let client = self.profile().await?;
        let target: Target = host.parse()?;
        // The HOST remedy reads most: it also reads what could block the registration of HOST.
        let remedy = Remedy::HostPrefix;
        let seen =
            DirectorySnapshot::take_for(&mut self.directory, &target, &client, &remedy).await?;
        Ok(recommend(&seen, &target, &client)?)
    }

    /// Plans an option of the article, from the directory as it is now.
    pub async fn plan(&mut self, host: &str, option: ArticleOption) -> Result<Plan, Error> {
        self.plan_remedy(host, &option.remedy()).await
    }

    /// As [`Engineer::plan`], for any remedy.
    pub async fn plan_remedy(&mut self, host: &str, remedy: &Remedy) -> Result<Plan, Error> {
        let client = self.profile().await?;
        let target: Target = host.parse()?;
        let seen =
            DirectorySnapshot::take_for(&mut self.directory, &target, &client, remedy).await?;
        Ok(plan(&seen, &target, remedy, &client)?)
    }

    /// Carries the plan out. Each write is in the journal before it happens.
    pub async fn apply(&mut self, plan: &Plan, journal: &Path) -> Result<Applied, Error> {
        self.apply_journal(&mut Journal::create(journal, plan)?).await
    }

    /// Carries out the plan of a journal that is kept in any place.
    pub async fn apply_journal(&mut self, journal: &mut Journal) -> Result<Applied, Error> {
        Ok(apply(&mut self.directory, self.client.settings(), journal).await?)
    }

    /// Undoes the journal's writes, if the directory still is as the plan left it.
    pub async fn rollback(&mut self, journal: &Path) -> Result<RolledBack, Error> {
        self.rollback_journal(&mut Journal::open(journal)?).await
    }

    /// Undoes a journal that is kept in any place.
    pub async fn rollback_journal(&mut self, journal: &mut Journal) -> Result<RolledBack, Error> {
        Ok(rollback(&mut self.directory, self.client.settings(), journal).await?)
    }

    /// Reads back whether the directory and the registry are as planned.
    pub async fn verify(&mut self, plan: &Plan) -> Result<Verification, Error> {
        Ok(verify(&mut self.directory, self.client.settings(), plan).await?)
    }

    /// Reads back in other domain controllers, each under its name.
    pub async fn verify_in(
        &mut self,
        others: &mut [(&str, &mut dyn Directory)],
        plan: &Plan,
    ) -> VerifiedEverywhere {
        verify_all(others, self.client.settings(), plan).await
    }

    /// The profile of the client: how it asks.
    async fn profile(&mut self) -> Result<ClientProfile, Error> {
        let (registry, client) = match &mut self.client {
            Client::Registry(registry, client) => (registry, client.clone()),
            Client::External(profile, _) => return Ok(profile.clone()),
        };
        match registry.get(&RegistryValue::spn_prefix()).await? {
            Some(prefix) => Ok(client.with_prefix(prefix.parse()?)),
            None => Ok(client),
        }
    }
}
