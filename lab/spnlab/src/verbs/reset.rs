//! `spnlab reset`.

use std::sync::Arc;

use serde_json::json;
use spnlab_engineer::LabJournals;
use spnlab_harness::{Lab, LabIdentity, SpnInventory};
use spnlab_lessons::{Condition, present};

use crate::cli::name_option;
use crate::console::{Console, escaped};
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn reset(name: &str, console: &Console) -> Result<u8, Failure> {
    let lab = console.works_in(Lab::attach(name).await?);
    console.begins(Doing::CHANGING_LAB);
    let mut all = lab.mend().await?;
    // Only what nothing else of the reset says.
    let conditions = present(&lab).await.unwrap_or_default();
    let unsaid = conditions.iter().filter(|one| {
        use Condition::{DisabledHolder, HolderPassword, MachinePassword};
        matches!(one, DisabledHolder | HolderPassword | MachinePassword)
    });
    all.extend(unsaid.map(|one| one.is().to_owned()));
    if matches!(lab.client().klist().await, Ok(Some(_))) {
        all.push("the user's session kept tickets".to_owned());
    }
    let before = Seen::of(&lab).await;
    lab.reset().await?;
    LabJournals::of(Arc::clone(&lab)).forget().await?;
    if let (Some(before), Some(now)) = (before, Seen::of(&lab).await) {
        all.extend(taken_back(&before, &now));
    }
    let taken_back = all;
    let LabIdentity { name: lab_name, session, created } = lab.identity();
    console.document(
        "reset",
        &json!({
            "name": lab_name, "session": session, "created": created, "taken_back": taken_back,
        }),
    );
    for line in &taken_back {
        console.done(&escaped(&format!("taken back: {line}")));
    }
    console.done(
        "the lab is at its baseline: directory, registry, ticket caches, MEM1's settings and clock \
         were compared; no shell is left on MEM1, and no fix is left to roll back",
    );
    console.say(&format!("next: spnlab connect{}", name_option(name)));
    Ok(0)
}

/// What a user may have changed, as far as it is easily told.
struct Seen {
    spns: SpnInventory,
    prefix: Option<String>,
}

impl Seen {
    /// `None`: the lab does not answer. The reset says why.
    async fn of(lab: &Lab) -> Option<Self> {
        let spns = lab.dc1().spns().await.ok()?;
        Some(Self { spns, prefix: lab.client().registry_get("spn_prefix").await.ok()? })
    }
}

/// What a reset has changed, one line each.
fn taken_back(before: &Seen, now: &Seen) -> Vec<String> {
    let mut lines = only_in(&before.spns, &now.spns, "was registered on");
    lines.extend(only_in(&now.spns, &before.spns, "was missing from"));
    if before.prefix != now.prefix {
        let prefix = before.prefix.as_deref().unwrap_or("not set");
        lines.push(format!("CLIENT's registry value spn_prefix was {prefix}"));
    }
    lines
}

/// The values that only one of the two has, compared as AD does.
fn only_in(one: &SpnInventory, other: &SpnInventory, verb: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (account, spns) in &one.0 {
        let new = spns.iter().filter(|spn| !other.holders(spn).contains(account));
        lines.extend(new.map(|spn| format!("{spn} {verb} {account}")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_says_what_it_took_back() {
        let seen = |account: &str, spn: &str, prefix: Option<&str>| Seen {
            spns: SpnInventory([(account.to_owned(), vec![spn.to_owned()])].into()),
            prefix: prefix.map(str::to_owned),
        };
        let before = seen("svc_web", "HTTP/mem1", Some("WSMAN"));
        let now = seen("MEM1$", "HOST/MEM1", None);
        assert_eq!(
            taken_back(&before, &now),
            [
                "HTTP/mem1 was registered on svc_web",
                "HOST/MEM1 was missing from MEM1$",
                "CLIENT's registry value spn_prefix was WSMAN",
            ]
        );
        assert!(taken_back(&now, &now).is_empty());
    }
}
