//! A case, and what the fix library says will come of it.

use spnfix::{Account, AccountKind, Dialect, Predicted, Proposal, Rehearsal, Rights, SpnMappings};

use super::play::{Actor, Case, Kind, Step, name_of};

fn dn(name: &str) -> String {
    format!("CN={name},DC=contoso,DC=com")
}

fn account(number: usize, name: &str, kind: Kind) -> Account {
    let sam = format!("t{number}{name}");
    let (kind, name_in_sam) = match kind {
        Kind::Computer => (AccountKind::Computer, format!("{sam}$")),
        Kind::User => (AccountKind::User, sam),
    };
    Account {
        dn: dn(name),
        name: name_in_sam,
        kind,
        dns_host_name: None,
        additional_names: Vec::new(),
        enabled: true,
        guid: None,
        spns: Vec::new(),
    }
}

fn rights(actor: Actor) -> Rights {
    match actor {
        Actor::Admin => Rights::Administrator,
        Actor::Nobody => Rights::none(),
        Actor::Itself => Rights::Itself(dn("a")),
        Actor::WriterOf(objects) => {
            Rights::Writes(objects.chars().map(|name| dn(&name.to_string())).collect())
        }
    }
}

fn proposal(step: &Step, name: &str) -> Proposal {
    let mut values = step.values_of(name);
    match step.change {
        "add" => Proposal::Add(values.remove(0)),
        "delete" => Proposal::Delete(values.remove(0)),
        "replace" => Proposal::Replace(values),
        "rename" => Proposal::Rename(values.remove(0)),
        other => panic!("no change is called {other}"),
    }
}

/// The prediction for every step.
pub(super) fn by_the_library(number: usize, case: &Case) -> Vec<Predicted> {
    let accounts = case.objects.iter().map(|(name, kind)| account(number, name, *kind)).collect();
    let mappings = SpnMappings::windows_default();
    let mut rehearsal = Rehearsal::new(accounts, mappings, Dialect::Samba);
    let (actor, last) = (rights(case.actor), case.steps.len() - 1);
    let play = |(at, step): (usize, &Step)| {
        let rights = if at == last { &actor } else { &Rights::Administrator };
        rehearsal.play(rights, &dn(step.on), &proposal(step, &name_of(number)))
    };
    case.steps.iter().enumerate().map(play).collect()
}
