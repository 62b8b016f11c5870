//! What a plan means for others, and what the user must know before saying yes.

use super::{Change, Impact, Plan, Warning, WarningKind, outlook};
use crate::client::Remedy;
use crate::directory::{Account, DirectorySnapshot, Scope};
use crate::names::{Spn, same};

/// For every name in the edits: who had tickets for it before, and who has them after.
pub(super) fn impact(
    plan: &Plan,
    before: &DirectorySnapshot,
    after: &DirectorySnapshot,
) -> Vec<Impact> {
    let mut impact: Vec<Impact> = Vec::new();
    for edit in &plan.edits {
        let Ok(spn) = edit.value.parse::<Spn>() else { continue };
        let (was, will) = (ticket_for(before, &spn), ticket_for(after, &spn));
        let text = match edit.change {
            Change::Delete => removal(&spn, &edit.account.name, will.as_deref(), plan),
            // The deletion has said so.
            Change::Add if moved(plan, &spn) => continue,
            Change::Add => {
                format!("{spn} leads to {}; nobody held it before", edit.account.name)
            }
        };
        impact.push(Impact { spn: Some(spn), ticket_before: was, ticket_after: will, text });
    }
    for edit in plan.edits.iter().filter(|edit| edit.change == Change::Delete) {
        if let Some(kept) = kept_names(after, &edit.account.dn)
            && !impact.iter().any(|known| known.text == kept)
        {
            impact.push(everywhere(kept));
        }
    }
    if let (Some(class), false) = (plan.remedy.prefix(), plan.is_nothing_to_do()) {
        impact.push(everywhere(format!(
            "every WinRM connection of this client asks for {class}/… from then on, to every host; \
             hosts without such names cannot be reached"
        )));
    }
    if matches!(plan.remedy, Remedy::PortSpns { .. }) {
        impact.push(everywhere(format!(
            "the names without port stay as they are: what uses them goes on, and connections to {} \
             without -IncludePortInSPN are not changed",
            plan.target
        )));
    }
    impact
}

/// Whether the plan takes the name off another account.
fn moved(plan: &Plan, spn: &Spn) -> bool {
    plan.edits.iter().any(|edit| edit.change == Change::Delete && spn.is(&edit.value))
}

fn everywhere(text: String) -> Impact {
    Impact { spn: None, ticket_before: None, ticket_after: None, text }
}

fn ticket_for(seen: &DirectorySnapshot, spn: &Spn) -> Option<String> {
    match seen.resolve(spn).as_slice() {
        [one] => Some(one.name.clone()),
        _ => None,
    }
}

fn removal(spn: &Spn, holder: &str, after: Option<&str>, plan: &Plan) -> String {
    let then = match after {
        Some(account) if same(account, &plan.computer.name) => {
            format!("tickets for {spn} are for {account} from then on: WinRM can open them")
        }
        Some(account) => format!("tickets for {spn} are for {account} from then on"),
        None => format!("there are no tickets for {spn} any more"),
    };
    format!(
        "{then}; a service that runs as {holder} (a web site, say) loses Kerberos under the name \
         {}",
        spn.host()
    )
}

/// The names that stay on the account that loses names.
fn kept_names(after: &DirectorySnapshot, dn: &str) -> Option<String> {
    let account = after.accounts().iter().find(|account| account.is(dn))?;
    if account.spns.is_empty() {
        return Some(format!("{} is left without any SPN", account.name));
    }
    Some(format!("{} keeps {}", account.name, account.spns.join(", ")))
}

/// What the user must know before saying yes.
pub(super) fn warnings(
    plan: &Plan,
    seen: &DirectorySnapshot,
    after: &DirectorySnapshot,
    computer: &Account,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |kind, text: &str| warnings.push(Warning { kind, text: text.to_owned() });
    match plan.remedy {
        Remedy::WsmanPrefix => warn(
            WarningKind::ArticleContradiction,
            "the article's text says WSMAN, its reg add line sets HOST; this plan follows the text",
        ),
        Remedy::HostPrefix => warn(
            WarningKind::ArticleContradiction,
            "the article's reg add line sets HOST, its text says WSMAN; this plan follows the \
             line, and needs none of the WSMAN names that the article registers next",
        ),
        Remedy::PortSpns { .. } => warn(
            WarningKind::PerConnection,
            "-IncludePortInSPN must be given with every connection; tools that have no such option \
             are not helped",
        ),
        Remedy::RemoveRegistration { .. } | Remedy::GiveHostBack => {}
    }
    let client = &plan.client_after;
    if client.include_port.is_some() && client.spn_prefix.is_some() {
        warn(
            WarningKind::UndocumentedCombination,
            "no document says which SPN a Windows client asks for when spn_prefix is set and the \
             port is included",
        );
    }
    if computer.is_cluster_name() {
        warn(
            WarningKind::ClusterName,
            &format!(
                "{} is the name of a cluster: the node that answers has another key, whatever is \
                 registered here; connect to the node's own name",
                plan.target
            ),
        );
    }
    if let Some(refusal) = outlook::refused(plan, seen) {
        warn(WarningKind::MayBeRefused, &refusal);
    }
    if let Some(refusal) = outlook::undo_refused(plan, after) {
        warn(WarningKind::UndoMayBeRefused, &refusal);
    }
    if let Some(broken) = outlook::still_broken(plan, after) {
        warn(WarningKind::StillBroken, &broken);
    }
    if !computer.enabled {
        warn(WarningKind::ComputerDisabled, "the computer account is disabled");
    }
    if seen.searched == Scope::Domain {
        warn(
            WarningKind::DomainOnly,
            "only this domain was searched; another domain of the forest may hold the names too",
        );
    }
    if !plan.edits.is_empty() {
        warn(
            WarningKind::Replication,
            "other domain controllers answer as before until replication",
        );
    }
    if !plan.is_nothing_to_do() {
        warn(
            WarningKind::CachedTickets,
            "clients use tickets they have for up to 10 hours, and remember missing names for 15 \
             minutes: klist purge",
        );
    }
    warnings
}
