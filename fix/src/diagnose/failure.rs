//! Whether the directory explains what a client saw, and if not, what else does.

use serde::{Deserialize, Serialize};

use super::observed::Observed;
use super::steps::is_user;
use super::suspect::{Cause, Suspect, suspects};
use super::texts::ticket;
use super::{Diagnosis, Elsewhere, Verdict};
use crate::directory::AccountRef;
use crate::names::{Spn, Target};

/// How the client's observation and the directory fit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Finding {
    /// The connection works, as the directory predicts.
    NothingWrong,
    /// The directory explains the failure.
    Explained {
        /// The reason.
        because: String,
        /// What to do: the steps of the diagnosis.
        next_steps: Vec<String>,
    },
    /// The failure has another cause than an SPN.
    NotAnSpnProblem {
        /// The reason.
        because: String,
        /// Possible causes, the likeliest first.
        causes: Vec<Suspect>,
    },
    /// By the directory this cannot happen. Something between the client and the directory differs
    /// from what it seems.
    Contradiction {
        /// What that means.
        because: String,
        /// Possible causes, the likeliest first.
        causes: Vec<Suspect>,
    },
}

impl Finding {
    /// Stable short name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NothingWrong => "nothing-wrong",
            Self::Explained { .. } => "explained",
            Self::NotAnSpnProblem { .. } => "not-an-spn-problem",
            Self::Contradiction { .. } => "contradiction",
        }
    }

    /// The suspects; empty if the directory explains the failure.
    pub fn causes(&self) -> &[Suspect] {
        match self {
            Self::NotAnSpnProblem { causes, .. } | Self::Contradiction { causes, .. } => causes,
            Self::NothingWrong | Self::Explained { .. } => &[],
        }
    }
}

/// A failure, compared with what the directory says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureDiagnosis {
    /// Version of this document: 1.
    pub version: u32,
    /// The host, as typed.
    pub target: Target,
    /// The SPN the client asks for.
    pub requested: Spn,
    /// What the client saw.
    pub observed: Observed,
    /// What the directory says.
    pub directory: Verdict,
    /// How they fit together.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What the directory predicts.
enum Expected<'a> {
    Opens,
    DoesNotOpen(&'a AccountRef),
    NoTicket,
    /// The owner is unknown or disabled.
    Unclear,
}

fn expected(found: &Diagnosis) -> Expected<'_> {
    // No WinRM has a user's key, whichever computer answers.
    let user = || found.ticket_for.as_ref().filter(|holder| is_user(holder));
    if let Some(holder) = found.verdict.wrong_holder().or_else(user) {
        return Expected::DoesNotOpen(holder);
    }
    match &found.verdict {
        Verdict::Healthy { .. } => Expected::Opens,
        Verdict::ClusterName { holder: Some(holder), .. } => Expected::DoesNotOpen(holder),
        _ if found.ticket_for.is_none() => Expected::NoTicket,
        _ => Expected::Unclear,
    }
}

/// Says whether the directory explains what a client saw, and if not, what else to look at.
///
/// ```
/// use spnfix::*;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
///     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"]);
/// let target = "mem1.contoso.com".parse()?;
/// let diagnosis = diagnose_in(&mut dir, &target, &ClientProfile::default()).await?;
///
/// // The directory is right, and still the target cannot open the ticket.
/// let failure = diagnose_failure(&diagnosis, &Observed::from_endpoint(41));
/// assert_eq!(failure.finding.name(), "not-an-spn-problem");
/// assert_eq!(failure.finding.causes()[0].cause, Cause::CachedTicket);
/// println!("{failure}");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub fn diagnose_failure(found: &Diagnosis, observed: &Observed) -> FailureDiagnosis {
    FailureDiagnosis {
        version: 1,
        target: found.target.clone(),
        requested: found.requested.clone(),
        observed: observed.clone(),
        directory: found.verdict.clone(),
        finding: finding(found, observed),
    }
}

fn finding(found: &Diagnosis, observed: &Observed) -> Finding {
    let observed = observed.meant();
    if observed.ticket_does_not_open() {
        return does_not_open(found);
    }
    if observed.no_such_name() {
        return no_such_name(found);
    }
    match observed {
        Observed::Accepted | Observed::AccessDenied => let_in(found, observed),
        _ => elsewhere(found, observed),
    }
}

fn does_not_open(found: &Diagnosis) -> Finding {
    use Cause::{
        CachedTicket, CanonicalName, EtypePolicy, MachinePassword, OtherName, Replication,
        WrongMachine,
    };
    match expected(found) {
        Expected::DoesNotOpen(holder) => explained(found, locked(found, holder)),
        Expected::Opens => not_an_spn(
            found,
            format!(
                "the directory is right: the ticket is for the computer account. That the target \
                 cannot open it has another cause than an SPN{}",
                of_other_domains(found)
            ),
            &[CachedTicket, MachinePassword, WrongMachine, CanonicalName, Replication, EtypePolicy],
        ),
        Expected::NoTicket => contradiction(
            found,
            "by the directory no ticket is issued at all, and still the client has one. It is older \
             than the last change, or another domain controller issued it, or it is to another name",
            &[CachedTicket, Replication, OtherName],
        ),
        Expected::Unclear => not_an_spn(
            found,
            unclear(found),
            &[WrongMachine, MachinePassword, CachedTicket, OtherName],
        ),
    }
}

/// Whose key the ticket has, and why the target lacks it.
fn locked(found: &Diagnosis, holder: &AccountRef) -> String {
    let name = &holder.name;
    let why = match &found.verdict {
        Verdict::ClusterName { .. } => {
            "; the cluster's node that answers has the key of its own account"
        }
        Verdict::TargetUnknown => "; no WinRM has the key of such an account",
        _ => "",
    };
    let kind =
        if is_user(holder) { format!(", {}", holder.kind.describe()) } else { String::new() };
    format!("the ticket is locked with the key of {name}{kind}, and the target cannot open it{why}")
}

/// Another computer's account holds the name, or a disabled one.
fn unclear(found: &Diagnosis) -> String {
    match &found.ticket_for {
        Some(holder) if found.owners.is_empty() => format!(
            "the ticket is locked with the key of {}. The computer that answers is another one, or \
             does not have this key: the directory does not say which",
            holder.name
        ),
        _ => "the target cannot open the ticket, and the directory does not say why".to_owned(),
    }
}

/// Clients of other domains may have seen what this domain's clients do not.
fn of_other_domains(found: &Diagnosis) -> String {
    let other =
        |other: &Elsewhere| format!(". A client of {} gets {}", other.domain, ticket(other));
    found.elsewhere.iter().map(other).collect()
}

fn no_such_name(found: &Diagnosis) -> Finding {
    match expected(found) {
        Expected::NoTicket => explained(
            found,
            "the domain controller does not find exactly one account for the name".to_owned(),
        ),
        _ => contradiction(
            found,
            "the directory has exactly one account for the name, and still the domain controller \
             did not find one. The client remembers an older answer, or another domain controller \
             answered that does not have the change yet, or the client asked for another name",
            &[Cause::NegativeCache, Cause::Replication, Cause::OtherName, Cause::CanonicalName],
        ),
    }
}

/// The target decrypted the ticket, or needed none.
fn let_in(found: &Diagnosis, observed: &Observed) -> Finding {
    let denied = *observed == Observed::AccessDenied;
    let mut causes = vec![Cause::CachedTicket, Cause::Ntlm, Cause::Replication, Cause::OtherName];
    if matches!(found.verdict, Verdict::TargetUnknown | Verdict::ClusterName { .. }) {
        causes = vec![Cause::Ntlm, Cause::OtherName, Cause::OtherDirectory, Cause::CachedTicket];
    }
    if denied {
        causes.push(Cause::Authorisation);
    }
    match expected(found) {
        Expected::DoesNotOpen(holder) if is_user(holder) && found.owners.is_empty() => {
            contradiction(
                found,
                "by the directory the ticket is locked with the key of a service's account, which no \
             WinRM has, and still the target knew the user. The client used no ticket (NTLM), or \
             another service answered, or another directory has another account for the name",
                &causes,
            )
        }
        Expected::DoesNotOpen(_) => contradiction(
            found,
            "by the directory the ticket cannot be opened, and still the target knew the user. The \
             client has a ticket from before the change or used none, or another domain controller \
             issued it. It will fail once that is over",
            &causes,
        ),
        Expected::NoTicket => contradiction(
            found,
            "by the directory there is no ticket, and still the target knew the user. The client \
             has a ticket from before the change or used none, or another domain controller issued \
             it. It will fail once that is over",
            &causes,
        ),
        Expected::Opens | Expected::Unclear if denied => not_an_spn(
            found,
            "the target knew the user, and the directory says nothing against the name. What is \
             missing is a permission"
                .to_owned(),
            &[Cause::Authorisation],
        ),
        Expected::Opens | Expected::Unclear => Finding::NothingWrong,
    }
}

/// Failures that do not depend on SPNs.
fn elsewhere(found: &Diagnosis, observed: &Observed) -> Finding {
    use Cause::{
        CachedTicket, ClockSkew, Endpoint, EtypePolicy, NoDomainController, PasswordExpired,
        UserRevoked, UserUnknown, WrongMachine, WrongPassword,
    };
    let causes: &[Cause] = match observed {
        Observed::NoKdc => &[NoDomainController],
        Observed::NameNotFound => &[Cause::NameNotFound],
        Observed::Unreachable => &[Endpoint, WrongMachine],
        Observed::Kerberos { code, .. } => match code {
            6 => &[UserUnknown],
            7 => &[NoDomainController, UserUnknown],
            14 => &[EtypePolicy],
            18 => &[UserRevoked],
            23 => &[PasswordExpired],
            24 => &[WrongPassword, ClockSkew],
            32 => &[CachedTicket, ClockSkew],
            33 | 37 => &[ClockSkew],
            _ => &[CachedTicket, ClockSkew, EtypePolicy],
        },
        _ => &[],
    };
    let mut because = "this happens whatever the SPNs are".to_owned();
    if let Observed::ClientStatus(status) = observed {
        because = format!("{}: {because}", status.cause);
    }
    if !found.verdict.is_healthy() {
        because.push_str(
            ". The directory is not right either: what it says will show once this is out of the way",
        );
    }
    not_an_spn(found, because, causes)
}

fn explained(found: &Diagnosis, because: String) -> Finding {
    Finding::Explained { because, next_steps: found.next_steps.clone() }
}

fn not_an_spn(found: &Diagnosis, because: String, causes: &[Cause]) -> Finding {
    Finding::NotAnSpnProblem { because, causes: suspects(found, causes) }
}

fn contradiction(found: &Diagnosis, because: &str, causes: &[Cause]) -> Finding {
    Finding::Contradiction { because: because.to_owned(), causes: suspects(found, causes) }
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
