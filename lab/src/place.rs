//! Where diagnose, fix and rollback work: in a lab, or in a directory that is named expressly.

use spnfix::session::Session;
use spnfix::{ClientProfile, Plan, Scope, VerifiedEverywhere, Witness};
use spnlab::{ArticleOption, Engineer};
use spnlab_harness::Lab;

use crate::cli::{Abroad, AlsoDc, ClientOptions, LabName};
use crate::error::Failure;
use crate::journals::Journals;
use crate::labs::name_option;

/// What the command line names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// A lab.
    Lab(&'a str),
    /// A directory that is not a lab's.
    Abroad(&'a Abroad, &'a ClientOptions),
}

impl<'a> Place<'a> {
    /// A lab, unless a server is named.
    pub(crate) fn of(lab: &'a LabName, abroad: &'a Abroad, client: &'a ClientOptions) -> Self {
        if abroad.server.is_some() { Self::Abroad(abroad, client) } else { Self::Lab(&lab.name) }
    }

    /// Makes sure that an engineer can be sent there.
    pub(crate) async fn open(self) -> Result<Site, Failure> {
        match self {
            Self::Lab(name) => Ok(Site::Lab(Box::new(Lab::attach(name).await?))),
            Self::Abroad(abroad, client) => {
                let reach = if abroad.domain_only { Scope::Domain } else { Scope::Forest };
                let session = Box::new(Session::prepare(&abroad.connection(), reach).await?);
                let mut profile = ClientProfile::default();
                if let Some(prefix) = &client.spn_prefix {
                    profile = profile.with_prefix(prefix.clone());
                }
                if let Some(port) = client.spn_port {
                    profile = profile.with_port(port);
                }
                let server = abroad.server.clone().unwrap_or_default();
                Ok(Site::Abroad { session, profile, server, typed: abroad.typed() })
            }
        }
    }
}

/// A place that can be worked at.
#[derive(Debug)]
pub(crate) enum Site {
    /// A lab.
    Lab(Box<Lab>),
    /// A directory that is not a lab's.
    Abroad {
        /// How to connect.
        session: Box<Session>,
        /// How the client asks.
        profile: ClientProfile,
        /// The server's name.
        server: String,
        /// The options that lead there.
        typed: String,
    },
}

impl Site {
    /// An engineer, connected.
    pub(crate) async fn engineer(&self) -> Result<Engineer<'_>, Failure> {
        match self {
            Self::Lab(lab) => Ok(Engineer::at(lab).await?),
            Self::Abroad { session, profile, .. } => {
                Ok(Engineer::abroad(session.open().await?, profile.clone()))
            }
        }
    }

    /// The domain that is not a lab's.
    pub(crate) async fn foreign_domain(
        &self,
        engineer: &mut Engineer<'_>,
    ) -> Result<Option<Foreign>, Failure> {
        match self {
            Self::Lab(_) => Ok(None),
            Self::Abroad { server, .. } => {
                let domain = engineer.domain().await?.dns_name();
                Ok(Some(Foreign { domain, server: server.clone() }))
            }
        }
    }

    /// Reads back what the plan meant in other domain controllers; one that cannot be asked is told.
    pub(crate) async fn verify_in(
        &self,
        others: &[AlsoDc],
        engineer: &mut Engineer<'_>,
        plan: &Plan,
    ) -> VerifiedEverywhere {
        let mut all = VerifiedEverywhere { version: 1, witnesses: Vec::new() };
        let Self::Abroad { session, .. } = self else { return all };
        for AlsoDc { server, address } in others {
            match session.open_other(server, address.as_deref()).await {
                Ok(mut directory) => {
                    let one = engineer.verify_in(&mut [(server, &mut directory)], plan).await;
                    all.witnesses.extend(one.witnesses);
                }
                Err(error) => {
                    all.witnesses.push(Witness::failed(server, error.code(), &error, error.hint()));
                }
            }
        }
        all
    }

    /// Where its journals are.
    pub(crate) fn journals(&self, foreign: Option<&Foreign>) -> Journals {
        match (self, foreign) {
            (_, Some(foreign)) => Journals::of_domain(&foreign.domain),
            (Self::Lab(lab), None) => Journals::of_lab(&lab.identity().session),
            (Self::Abroad { server, .. }, None) => Journals::of_domain(server),
        }
    }

    /// What to do after a fix.
    pub(crate) fn after_fix(&self, host: &str, option: ArticleOption) -> String {
        match self {
            Self::Lab(lab) => {
                let switch =
                    if option == ArticleOption::Two { " --include-port-in-spn" } else { "" };
                let lab = name_option(&lab.identity().name);
                format!("next: spnlab connect {host}{switch}{lab}; back: spnlab rollback{lab}")
            }
            Self::Abroad { typed, .. } => {
                format!(
                    "next: klist purge on the client, then connect; back: spnlab rollback {typed}"
                )
            }
        }
    }

    /// What to do after a rollback.
    pub(crate) fn after_rollback(&self) -> String {
        match self {
            Self::Lab(lab) => format!("next: spnlab connect{}", name_option(&lab.identity().name)),
            Self::Abroad { .. } => "next: klist purge on the client, then connect".to_owned(),
        }
    }
}

/// A domain that is not a lab's.
#[derive(Debug)]
pub(crate) struct Foreign {
    /// DNS name of the domain.
    pub(crate) domain: String,
    /// The server through which it is reached.
    pub(crate) server: String,
}
