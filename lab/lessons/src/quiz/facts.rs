//! What the grader sees: how the user can connect, and what the lab holds now.

use serde::Serialize;
use spnlab_harness::{ConnectOptions, Lab, SpnInventory, Watch, accounts};

use super::question::Question;
use crate::condition::{HOSTS, Kept, has_bad_ticket};
use crate::error::Result;

/// A way in which the user connects from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The client asks for HTTP.
    Plain,
    /// The client asks for what the registry value says.
    Prefix,
    /// The user gives -IncludePortInSPN.
    WithPort,
}

impl Way {
    /// What it is, for a reader.
    pub fn text(self) -> &'static str {
        match self {
            Self::Plain => "the client asks for HTTP, as it does by default",
            Self::Prefix => {
                "the client asks for what its registry value spn_prefix says (option 3)"
            }
            Self::WithPort => "the user connects with -IncludePortInSPN (option 2)",
        }
    }

    /// Whether it asks for another name than HTTP/<host>.
    pub(super) fn asks_for_another_name(self) -> bool {
        self != Self::Plain
    }
}

/// The registry value spn_prefix; `Err` if it is no text.
pub(super) type Prefix = std::result::Result<Option<String>, ()>;

/// The lab, and where its connections are kept.
type By<'a> = (&'a Lab, &'a Watch);

/// What the lab holds and does now.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) spns: SpnInventory,
    pub(super) prefix: Prefix,
    pub(super) kept: Kept,
    /// The way that connects, if any does.
    pub(super) way: Option<Way>,
    /// What happened on the ways that do not.
    pub(super) failures: Vec<String>,
}

impl Facts {
    /// Looks. `told` is the host name that the user should type from now on.
    pub(super) async fn of(
        lab: &Lab,
        question: &Question,
        told: Option<&str>,
        watch: &Watch,
    ) -> Result<Self> {
        let by = (lab, watch);
        let spns = lab.dc1().spns().await?;
        let prefix = lab.client().registry_get("spn_prefix").await.map_err(drop);
        let kept = has_bad_ticket(lab).await?;
        let mut facts = Self { spns, prefix, kept, way: None, failures: Vec::new() };
        let typed = told.filter(|_| question.host() == "www.contoso.com");
        let hosts: Vec<&str> = match (question.host(), typed) {
            ("www.contoso.com", Some(told)) => vec![told],
            ("www.contoso.com", None) => vec!["www.contoso.com"],
            _ => HOSTS.to_vec(),
        };
        if !question.includes_port() {
            facts.try_plain(by, &hosts).await?;
        }
        if facts.way.is_none() && (question.includes_port() || facts.has_port_names(&hosts)) {
            facts.try_port(by, &hosts).await?;
        }
        Ok(facts)
    }

    async fn try_plain(&mut self, by: By<'_>, hosts: &[&str]) -> Result<()> {
        if !self.connects(by, hosts, false).await? {
            return Ok(());
        }
        if self.kept == Kept::Bad {
            let line = "the user's session still presents its old ticket, which MEM1 refuses";
            self.failures.push(line.to_owned());
            return Ok(());
        }
        self.way = Some(match self.class() {
            "HTTP" => Way::Plain,
            _ => Way::Prefix,
        });
        Ok(())
    }

    async fn try_port(&mut self, by: By<'_>, hosts: &[&str]) -> Result<()> {
        if self.connects(by, hosts, true).await? {
            self.way = Some(Way::WithPort);
        }
        Ok(())
    }

    /// Whether a client with fresh tickets connects under each of these names.
    async fn connects(&mut self, by: By<'_>, hosts: &[&str], port: bool) -> Result<bool> {
        let (lab, watch) = by;
        for host in hosts {
            let options = ConnectOptions::new(host, "hostname").include_port_in_spn(port);
            let outcome = lab.connect_watched(&options, watch).await?.outcome;
            if !outcome.connected() {
                let status = outcome.client_status.map(|status| status.would_report);
                let status = status.unwrap_or_else(|| "no status".to_owned());
                let spn = outcome.requested_spn;
                self.failures.push(format!("{spn}: a Windows client would report {status}"));
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The service class that the client asks for.
    fn class(&self) -> &str {
        match &self.prefix {
            Ok(Some(prefix)) if !prefix.is_empty() => prefix,
            _ => "HTTP",
        }
    }

    fn has_port_names(&self, hosts: &[&str]) -> bool {
        let spn = |host: &&str| format!("{}/{host}:5985", self.class());
        hosts.iter().all(|host| !self.spns.holders(&spn(host)).is_empty())
    }

    /// Whether MEM1$, and nobody else, holds this class for both names of MEM1, with this end.
    pub(super) fn mem1_holds(&self, class: &str, end: &str) -> bool {
        HOSTS
            .iter()
            .all(|host| self.spns.holders(&format!("{class}/{host}{end}")) == [accounts::MEM1.name])
    }
}
