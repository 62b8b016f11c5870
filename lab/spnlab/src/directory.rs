//! Which directory diagnose, fix and rollback work on: a lab's, or an external one.
//!
//! Uses: cli, console, failure, state.

use std::sync::Arc;

use spnfix::connect::Connector;
use spnfix::{
    ClientProfile, DcReadBack, Diagnosis, Plan, Remedy, Scope, VerifiedEverywhere, WINRM_PORT,
};
use spnlab_engineer::Engineer;
use spnlab_harness::Lab;

use crate::cli::{AlsoDc, ClientOptions, ExternalDirectory, LabName, name_option};
use crate::console::Console;
use crate::failure::Failure;
use crate::state::{Journals, LastAttempt};

/// The directory that the command line names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DirectoryChoice<'a> {
    /// A lab's.
    Lab(&'a str, &'a ClientOptions),
    /// An external one.
    External(&'a ExternalDirectory, &'a ClientOptions),
}

impl<'a> DirectoryChoice<'a> {
    /// The external directory if `--server` names one, otherwise the lab's.
    pub(crate) fn new(
        lab: &'a LabName,
        external: &'a ExternalDirectory,
        client: &'a ClientOptions,
    ) -> Self {
        match external.server {
            Some(_) => Self::External(external, client),
            None => Self::Lab(&lab.name, client),
        }
    }

    /// Finds the lab, or gathers what a connection to the external directory needs.
    pub(crate) async fn open(self) -> Result<OpenDirectory, Failure> {
        match self {
            Self::Lab(name, client) => {
                let lab = Arc::new(Lab::attach(name).await?);
                Ok(OpenDirectory::Lab(lab, client.profile()))
            }
            Self::External(external, client) => {
                let reach = if external.domain_only { Scope::Domain } else { Scope::Forest };
                let connector = Box::new(Connector::prepare(&external.connection(), reach).await?);
                let server = external.server.clone().unwrap_or_default();
                Ok(OpenDirectory::External {
                    connector,
                    profile: client.profile(),
                    server,
                    options: external.typed(),
                })
            }
        }
    }
}

/// A directory that an engineer can work on.
#[derive(Debug)]
pub(crate) enum OpenDirectory {
    /// A lab's, and how its client asks beside its registry.
    Lab(Arc<Lab>, ClientProfile),
    /// An external one.
    External {
        /// How to connect.
        connector: Box<Connector>,
        /// How the client asks.
        profile: ClientProfile,
        /// The server's name.
        server: String,
        /// The options that name the directory, for a next step to copy.
        options: String,
    },
}

impl OpenDirectory {
    /// Connects an engineer.
    pub(crate) async fn engineer(&self) -> Result<Engineer<'_>, Failure> {
        match self {
            Self::Lab(lab, profile) => Ok(Engineer::at(lab).await?.asking(profile.clone())),
            Self::External { connector, profile, .. } => {
                Ok(Engineer::external(connector.open().await?, profile.clone()))
            }
        }
    }

    /// The external domain; none in a lab.
    pub(crate) async fn external_domain(
        &self,
        engineer: &mut Engineer<'_>,
    ) -> Result<Option<ExternalDomain>, Failure> {
        match self {
            Self::Lab(..) => Ok(None),
            Self::External { server, .. } => {
                let domain = engineer.domain().await?.dns_name();
                Ok(Some(ExternalDomain { domain, server: server.clone() }))
            }
        }
    }

    /// Notes that this run works on the lab, if it is one.
    pub(crate) fn works_for(&self, console: &Console) {
        if let Self::Lab(lab, _) = self {
            console.works(lab, None);
        }
    }

    /// Reads back in other domain controllers. The result says which of them did not answer.
    pub(crate) async fn verify_in(
        &self,
        others: &[AlsoDc],
        engineer: &mut Engineer<'_>,
        plan: &Plan,
    ) -> VerifiedEverywhere {
        let mut all = VerifiedEverywhere { version: 1, dcs: Vec::new() };
        let Self::External { connector, .. } = self else { return all };
        for AlsoDc { server, address } in others {
            match connector.open_other(server, address.as_deref()).await {
                Ok(mut directory) => {
                    let one = engineer.verify_in(&mut [(server, &mut directory)], plan).await;
                    all.dcs.extend(one.dcs);
                }
                Err(error) => {
                    all.dcs.push(DcReadBack::failed(server, error.code(), &error, error.hint()));
                }
            }
        }
        all
    }

    /// The journals of its fixes.
    pub(crate) fn journals(&self, external: Option<&ExternalDomain>) -> Journals {
        match (self, external) {
            (_, Some(external)) => Journals::of_domain(&external.domain),
            (Self::Lab(lab, _), None) => Journals::of_lab(lab),
            (Self::External { server, .. }, None) => Journals::of_domain(server),
        }
    }

    /// The error of a fix or a rollback, with the way out that a lab has.
    pub(crate) fn failure(&self, error: spnfix::Error) -> Failure {
        match self {
            Self::Lab(lab, _) => Failure::in_lab(error, &name_option(&lab.identity().name)),
            Self::External { .. } => error.into(),
        }
    }

    /// What the last connection of a lab saw, if the directory does not explain it.
    pub(crate) async fn last_attempt(&self, diagnosis: &Diagnosis) -> Option<LastAttempt> {
        let Self::Lab(lab, _) = self else { return None };
        let last = LastAttempt::of(lab).await?;
        let spns = lab.dc1().spns().await.ok()?;
        let holders = spns.holders(&diagnosis.requested.to_string());
        last.contradicts(diagnosis, &holders).then_some(last)
    }

    /// What to do after a fix.
    pub(crate) fn next_after_fix(&self, host: &str, remedy: &Remedy) -> String {
        match self {
            Self::Lab(lab, _) => {
                let lab = name_option(&lab.identity().name);
                let switch = match remedy {
                    Remedy::PortSpns { port: WINRM_PORT } => " --include-port-in-spn",
                    Remedy::PortSpns { port: 5986 } => " --use-ssl --include-port-in-spn",
                    Remedy::PortSpns { .. } => {
                        return format!(
                            "the lab's WinRM has no listener on that port, but on 5985 and 5986; \
                             back: spnlab rollback{lab}"
                        );
                    }
                    _ => "",
                };
                format!("next: spnlab connect {host}{switch}{lab}; back: spnlab rollback{lab}")
            }
            Self::External { options, .. } => {
                format!(
                    "next: klist purge on the client, then connect; back: spnlab rollback {options}"
                )
            }
        }
    }

    /// What to do after a rollback.
    pub(crate) fn next_after_rollback(&self) -> String {
        match self {
            Self::Lab(lab, _) => {
                format!("next: spnlab connect{}", name_option(&lab.identity().name))
            }
            Self::External { .. } => "next: klist purge on the client, then connect".to_owned(),
        }
    }
}

/// A domain that is not a lab's.
#[derive(Debug)]
pub(crate) struct ExternalDomain {
    /// DNS name of the domain.
    pub(crate) domain: String,
    /// The server through which the program reaches it.
    pub(crate) server: String,
}
