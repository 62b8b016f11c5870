//! Which remedy costs others least.
//!
//! Uses: client, diagnose, directory, names, plan, text.

mod usage;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::client::{ClientProfile, Remedy, WINRM_PORT, WINRM_TLS_PORT, connecting_to};
use crate::diagnose::{Diagnosis, Verdict, diagnose};
use crate::directory::{DirectorySnapshot, NotCovered};
use crate::names::Target;
use crate::plan::{Change, Plan, PlanError, WarningKind, plan};
use crate::text::{paragraph, points};
use usage::{Usage, User, users};

/// What a way costs the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientCost {
    /// Nothing.
    None,
    /// Another name, typed.
    AnotherName,
    /// An option with every connection. Tools without the option get no help.
    EachConnection,
    /// A setting of the client machine. It applies to every host that the machine connects to.
    EveryHost,
}

/// One way to solve the problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// In words.
    pub name: String,
    /// The remedy to plan. `None`: there is nothing to plan.
    pub remedy: Option<Remedy>,
    /// Whether the name then leads to the right account.
    pub helps: bool,
    /// Values written to the directory.
    pub writes: usize,
    /// What it costs the clients.
    pub client: ClientCost,
    /// Who loses tickets that work today, in words.
    pub loses: Vec<String>,
    /// Why it has this rank.
    pub because: String,
}

/// The ways for a finding, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Version of this document: 1.
    pub version: u32,
    /// For which host.
    pub target: Target,
    /// The finding.
    pub verdict: Verdict,
    /// What the ranking takes into account.
    pub weighed: Vec<String>,
    /// The ways, best first.
    pub ways: Vec<Way>,
}

/// Ranks the ways for a diagnosis. Pure: no input, no output.
///
/// A snapshot taken for [`Remedy::HostPrefix`] also knows what could prevent a registration of
/// HOST.
///
/// ```
/// use spnfix::*;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
///     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
///     .with_user("svc_old", &["HTTP/mem1.contoso.com", "HTTP/mem1"]);
/// dir.account_mut("svc_old").unwrap().enabled = false;
/// let (target, client) = ("mem1.contoso.com".parse()?, ClientProfile::default());
/// let seen = DirectorySnapshot::take(&mut dir, &target, &client).await?;
/// let advice = recommend(&seen, &target, &client)?;
/// // Nothing runs as a disabled account: take the name off it.
/// assert_eq!(advice.ways[0].remedy, Some(Remedy::RemoveRegistration { account: None }));
/// println!("{advice}");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub fn recommend(
    seen: &DirectorySnapshot,
    target: &Target,
    client: &ClientProfile,
) -> Result<Recommendation, NotCovered> {
    let found = diagnose(seen, target, client)?;
    let removal = Remedy::RemoveRegistration { account: None };
    let users =
        plan(seen, target, &removal, client).map_or_else(|_| Vec::new(), |plan| users(seen, &plan));
    let mut weighed = vec![
        "whether the name leads to the computer account afterwards".to_owned(),
        "how many names are written, and whose tickets change".to_owned(),
        "what every client has to do from then on".to_owned(),
    ];
    weighed.extend(users.iter().map(User::to_string));
    let in_use = users.iter().map(User::usage).max().unwrap_or(Usage::None);
    let mut ways = if found.verdict.is_healthy() {
        vec![nothing()]
    } else if let (Verdict::HolderDisabled { holder, .. }, None) =
        (&found.verdict, found.verdict.wrong_holder())
    {
        vec![enable(&holder.name)]
    } else if let Some(way) = node_or_machine(&found) {
        vec![way]
    } else {
        let mut ways = other_names(&found);
        ways.extend(remedies(seen, target, client, in_use));
        ways
    };
    ways.sort_by_key(|(score, way)| (!way.helps, *score));
    let ways = ways.into_iter().map(|(_, way)| way).collect();
    Ok(Recommendation { version: 1, target: target.clone(), verdict: found.verdict, weighed, ways })
}

/// A way and its cost. Less is better.
type Scored = (u32, Way);

fn nothing() -> Scored {
    let way = Way {
        name: "change nothing".to_owned(),
        remedy: None,
        helps: true,
        writes: 0,
        client: ClientCost::None,
        loses: Vec::new(),
        because: "the directory leads to the right account already".to_owned(),
    };
    (0, way)
}

fn enable(computer: &str) -> Scored {
    let way = Way {
        name: format!("enable the computer account {computer}"),
        remedy: None,
        helps: true,
        writes: 0,
        client: ClientCost::None,
        loses: Vec::new(),
        because: "the name leads to the right account, which is disabled: no SPN mends that"
            .to_owned(),
    };
    (0, way)
}

/// Where no SPN can help: nobody who answers under the name has the key of an account of that name.
fn node_or_machine(found: &Diagnosis) -> Option<Scored> {
    let (name, because) = match (&found.verdict, &found.ticket_for) {
        (Verdict::ClusterName { owner, .. }, _) => (
            "connect to a node's own name instead".to_owned(),
            format!(
                "{} is the account of a cluster's name; the node that answers has another key, \
                 whatever is registered",
                owner.name
            ),
        ),
        (Verdict::TargetUnknown, Some(holder)) => (
            "connect to the machine's own name instead".to_owned(),
            format!(
                "{} is the name of a service that runs as {}; WinRM has the key of the machine that \
                 answers, and no SPN changes that",
                found.target, holder.name
            ),
        ),
        _ => return None,
    };
    let way = Way {
        name,
        remedy: None,
        helps: true,
        writes: 0,
        client: ClientCost::AnotherName,
        loses: Vec::new(),
        because,
    };
    Some((0, way))
}

fn other_names(found: &Diagnosis) -> Vec<Scored> {
    let works = found.other_names.iter().filter(|other| other.works);
    let way = |other: &crate::diagnose::OtherName| Way {
        name: format!("connect to {} instead", other.host),
        remedy: None,
        helps: true,
        writes: 0,
        client: ClientCost::AnotherName,
        loses: Vec::new(),
        because: format!("{} leads to the right account today; nothing is written", other.spn),
    };
    works.map(|other| (5, way(other))).collect()
}

fn remedies(
    seen: &DirectorySnapshot,
    target: &Target,
    client: &ClientProfile,
    in_use: Usage,
) -> Vec<Scored> {
    let port = client.include_port.unwrap_or(WINRM_PORT);
    let remedies = [
        (0, Remedy::GiveHostBack),
        (if in_use == Usage::None { 0 } else { 30 }, Remedy::RemoveRegistration { account: None }),
        (10, Remedy::PortSpns { port }),
        (
            10,
            Remedy::PortSpns { port: if port == WINRM_PORT { WINRM_TLS_PORT } else { WINRM_PORT } },
        ),
        (14, Remedy::HostPrefix),
        (15, Remedy::WsmanPrefix),
    ];
    let scored = |(score, remedy): (u32, Remedy)| match plan(seen, target, &remedy, client) {
        Err(PlanError::NoSessionOptions) => None,
        Err(refusal) => Some((score, refused(remedy, &refusal))),
        Ok(plan) => {
            let in_place = matches!(remedy, Remedy::PortSpns { .. }) && plan.is_nothing_to_do();
            let score = if in_place { 1 } else { score + doubt(&plan) };
            Some((score, planned(seen, &plan, in_use)))
        }
    };
    let ways = remedies.into_iter().filter_map(scored);
    let offered = |(_, way): &Scored| match way.remedy {
        // Only where the name was lost.
        Some(Remedy::GiveHostBack) => way.helps,
        // WinRM's other port, only where its names are in place.
        Some(Remedy::PortSpns { port: known }) if known != port => way.helps && way.writes == 0,
        _ => true,
    };
    ways.filter(offered).collect()
}

fn refused(remedy: Remedy, refusal: &PlanError) -> Way {
    Way {
        name: format!("{remedy} ({})", remedy.article()),
        writes: 0,
        client: client_cost(&remedy),
        remedy: Some(remedy),
        helps: false,
        loses: Vec::new(),
        because: format!("it cannot be planned: {refusal}"),
    }
}

/// The cost of a plan that a domain controller may refuse. Only Samba refuses a deletion, and only
/// of a real duplicate.
fn doubt(plan: &Plan) -> u32 {
    let adds = plan.edits.iter().any(|edit| edit.change == Change::Add);
    if adds && refusal(plan).is_some() { 40 } else { 0 }
}

fn refusal(plan: &Plan) -> Option<&str> {
    let found = plan.warnings.iter().find(|warning| warning.kind == WarningKind::MayBeRefused);
    found.map(|warning| warning.text.as_str())
}

fn planned(seen: &DirectorySnapshot, plan: &Plan, in_use: Usage) -> Way {
    let verdict = diagnose(&plan.after(seen), &plan.target, &plan.client_after);
    let helps = verdict.is_ok_and(|found| found.verdict.is_healthy());
    let loses: Vec<String> = plan
        .impact
        .iter()
        .filter(|impact| {
            impact.ticket_before.is_some() && impact.ticket_before != impact.ticket_after
        })
        .map(|impact| impact.text.clone())
        .collect();
    let because = match (&plan.remedy, helps) {
        (_, false) => "the name does not lead to the computer account afterwards".to_owned(),
        (Remedy::RemoveRegistration { .. }, _) if in_use == Usage::Likely => {
            "it mends the cause, and takes Kerberos away from a service that seems to use the name"
                .to_owned()
        }
        (Remedy::RemoveRegistration { .. }, _) if in_use == Usage::Possible => {
            "it mends the cause, for every client at once; a service that still uses the name loses \
             Kerberos: the best way once you know that there is none"
                .to_owned()
        }
        (Remedy::RemoveRegistration { .. }, _) => {
            "it mends the cause, for every client at once, and nothing speaks for the name being \
             needed where it is"
                .to_owned()
        }
        (Remedy::GiveHostBack, _) => {
            "it mends the cause, for every client and every service of the machine: the names that it \
             lost are its own again"
                .to_owned()
        }
        (Remedy::PortSpns { .. }, _) if plan.is_nothing_to_do() => {
            "its names are registered already; nothing is written, and each connection must ask for \
             the port"
                .to_owned()
        }
        (Remedy::PortSpns { .. }, _) => {
            "nobody loses anything; each connection must ask for the port".to_owned()
        }
        (Remedy::WsmanPrefix, _) => {
            "nobody loses a ticket; the client asks every host for WSMAN from then on".to_owned()
        }
        (Remedy::HostPrefix, _) if !plan.edits.is_empty() => {
            "nobody loses a ticket; the client asks every host for HOST from then on".to_owned()
        }
        (Remedy::HostPrefix, _) => {
            "nothing is written to the directory; the client asks every host for HOST from then on"
                .to_owned()
        }
    };
    let because = match refusal(plan) {
        Some(refusal) => format!("{because}; {refusal}"),
        None => because,
    };
    Way {
        name: name(plan, helps),
        remedy: Some(plan.remedy.clone()),
        helps,
        writes: plan.edits.len(),
        client: client_cost(&plan.remedy),
        loses,
        because,
    }
}

fn name(plan: &Plan, helps: bool) -> String {
    let article = plan.remedy.article();
    match plan.remedy {
        Remedy::PortSpns { port } if helps && plan.is_nothing_to_do() => {
            let connect = format!("{} -IncludePortInSPN", connecting_to(port));
            format!("in place: connect with {} ({article})", connect.trim_start())
        }
        _ => format!("{} ({article})", plan.remedy),
    }
}

fn client_cost(remedy: &Remedy) -> ClientCost {
    match remedy {
        Remedy::RemoveRegistration { .. } | Remedy::GiveHostBack => ClientCost::None,
        Remedy::PortSpns { .. } => ClientCost::EachConnection,
        Remedy::WsmanPrefix | Remedy::HostPrefix => ClientCost::EveryHost,
    }
}

impl fmt::Display for Recommendation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Ways out for {}, best first", self.target)?;
        for (number, way) in (1..).zip(&self.ways) {
            let mark = if way.helps { "" } else { " (does not help)" };
            paragraph(f, &format!("  {number}. "), "     ", &format!("{}{mark}", way.name))?;
            paragraph(f, "     ", "     ", &way.because)?;
            for loss in &way.loses {
                paragraph(f, "     - ", "       ", loss)?;
            }
        }
        points(f, "Weighed", &self.weighed)
    }
}

#[cfg(test)]
mod tests;
