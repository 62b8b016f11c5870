//! What the directory and the registry hold, and what an interrupted fix may leave there: only
//! writes that its journal knows.

use std::collections::BTreeMap;

use spnfix::{Change, ClientEdit, Journal, RegistryEdit, StepState};

/// What a fix can change, as the judge reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holdings {
    spns: BTreeMap<String, Vec<String>>,
    spn_prefix: Option<String>,
}

/// A value that was added to an account or to the registry, or deleted.
type Write = (String, Change, String);

impl Holdings {
    /// Every SPN in its exact spelling, in some order, and the registry value.
    pub(crate) fn new(mut spns: BTreeMap<String, Vec<String>>, spn_prefix: Option<String>) -> Self {
        for values in spns.values_mut() {
            for value in values.iter_mut() {
                *value = spelling(value);
            }
            values.sort();
        }
        spns.retain(|_, values| !values.is_empty());
        Self { spns, spn_prefix }
    }

    /// The differences in words; empty if both hold the same values in the same spelling.
    pub(crate) fn differences(&self, now: &Self) -> Vec<String> {
        let words = |(place, change, value): Write| match change {
            Change::Add => format!("{place} has {value} in addition"),
            Change::Delete => format!("{place} lacks {value}"),
        };
        self.writes_to(now).into_iter().map(words).collect()
    }

    /// The writes that lead from here to there.
    fn writes_to(&self, now: &Self) -> Vec<Write> {
        let less = |left: &Self, right: &Self, change: Change| -> Vec<Write> {
            let mut less = Vec::new();
            for (name, values) in &left.spns {
                let mut others = right.spns.get(name).cloned().unwrap_or_default();
                for value in values {
                    match others.iter().position(|other| other == value) {
                        Some(at) => drop(others.remove(at)),
                        None => less.push((name.clone(), change, value.clone())),
                    }
                }
            }
            less
        };
        let mut writes = less(self, now, Change::Delete);
        writes.extend(less(now, self, Change::Add));
        if self.spn_prefix != now.spn_prefix {
            writes.push(registry(now.spn_prefix.as_deref()));
        }
        writes
    }

    /// Two kinds of writes: made, but not begun in the journal on disk; and done in the journal,
    /// but not made. Without a journal, the fix may have written nothing.
    pub(crate) fn unexplained(&self, now: &Self, journal: Option<&Journal>) -> Vec<String> {
        let made = self.writes_to(now);
        let steps = journal.map_or_else(Vec::new, steps);
        let begun = |write: &Write| {
            let states = [StepState::Intent, StepState::Done];
            steps.iter().any(|(step, state)| step == write && states.contains(state))
        };
        let early = made.iter().filter(|write| !begun(write));
        let early = early.map(|write| format!("written before the journal knew: {write:?}"));
        let missing = steps
            .iter()
            .filter(|(step, state)| *state == StepState::Done && !made.contains(step))
            .map(|(step, _)| format!("done by the journal, and not made: {step:?}"));
        early.chain(missing).collect()
    }
}

/// When an alias is added, Samba writes MEM1's `host/x` again in the alias' spelling.
fn spelling(value: &str) -> String {
    if value.to_lowercase().starts_with("host/") { value.to_lowercase() } else { value.to_owned() }
}

fn registry(text: Option<&str>) -> Write {
    let change = if text.is_some() { Change::Add } else { Change::Delete };
    ("spn_prefix".to_owned(), change, text.unwrap_or_default().to_owned())
}

/// The journal's steps with their states, in its order: first the edits of the directory, then the
/// registry's.
fn steps(journal: &Journal) -> Vec<(Write, StepState)> {
    let plan = journal.plan();
    let edits = plan
        .edits
        .iter()
        .map(|edit| (edit.account.name.clone(), edit.change, spelling(&edit.value)));
    let settings = plan.client.iter().filter_map(|edit| match edit {
        ClientEdit::Registry(RegistryEdit { after, .. }) => Some(registry(after.as_deref())),
        ClientEdit::IncludePortInSpn { .. } => None,
    });
    edits.chain(settings).zip(journal.steps().iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use spnfix::{
        ClientProfile, DirectorySnapshot, InMemoryDirectory, InMemoryJournal, InMemorySettings,
        RegistryValue, Remedy, apply, plan,
    };

    use super::*;

    fn world() -> (InMemoryDirectory, InMemorySettings) {
        let dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
            .with_user("svc_web", &["HTTP/mem1.contoso.com", "HTTP/mem1"]);
        (dir, InMemorySettings::default())
    }

    fn holdings(dir: &InMemoryDirectory, settings: &InMemorySettings) -> Holdings {
        let of = |account: &spnfix::Account| (account.name.clone(), account.spns.clone());
        let prefix = settings.text(&RegistryValue::spn_prefix()).map(str::to_owned);
        Holdings::new(dir.accounts().iter().map(of).collect(), prefix)
    }

    /// The holdings before and after this remedy, and its journal. The remedy is applied or only
    /// begun.
    async fn journal(remedy: Remedy, applied: bool) -> (Holdings, Holdings, Journal) {
        let (mut dir, mut settings) = world();
        let before = holdings(&dir, &settings);
        let (target, client) = ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
        let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
        let plan = plan(&seen, &target, &remedy, &client).unwrap();
        let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
        if applied {
            apply(&mut dir, &mut settings, &mut journal).await.unwrap();
        }
        (before, holdings(&dir, &settings), journal)
    }

    fn remedies() -> Vec<Remedy> {
        let remove = Remedy::RemoveRegistration { account: None };
        vec![remove, Remedy::PortSpns { port: 5985 }, Remedy::WsmanPrefix, Remedy::HostPrefix]
    }

    #[tokio::test]
    async fn what_was_written_must_stand_in_the_journal_and_the_other_way_round() {
        for remedy in remedies() {
            let (before, after, journal) = journal(remedy.clone(), true).await;
            let none: Vec<String> = Vec::new();
            assert_ne!(before, after, "{remedy:?}");
            assert_eq!(before.unexplained(&after, Some(&journal)), none, "{remedy:?}");
            assert_eq!(before.unexplained(&before, None), none);
            let writes = journal.steps().len();
            assert_eq!(before.differences(&after).len(), writes, "{remedy:?}");
            assert_eq!(before.unexplained(&after, None).len(), writes, "no journal");
            assert_eq!(before.unexplained(&before, Some(&journal)).len(), writes, "not made");
        }
        for remedy in remedies() {
            let (before, _, begun) = journal(remedy.clone(), false).await;
            let (_, after, _) = journal(remedy, true).await;
            assert_eq!(before.unexplained(&before, Some(&begun)), Vec::<String>::new());
            let early = before.unexplained(&after, Some(&begun));
            assert_eq!(early.len(), begun.steps().len(), "the journal is late: {early:?}");
        }
    }

    #[test]
    fn a_value_in_another_spelling_is_a_difference_unless_it_is_host() {
        let one = |spn: &str| {
            Holdings::new(BTreeMap::from([("MEM1$".to_owned(), vec![spn.to_owned()])]), None)
        };
        assert_eq!(one("HOST/MEM1").differences(&one("host/mem1")), Vec::<String>::new());
        assert_eq!(
            one("HTTP/mem1").differences(&one("HTTP/MEM1")),
            ["MEM1$ lacks HTTP/mem1", "MEM1$ has HTTP/MEM1 in addition"]
        );
        let (none, some) =
            (Holdings::default(), Holdings::new(BTreeMap::new(), Some("HOST".into())));
        assert_eq!(some.differences(&none), ["spn_prefix lacks "]);
    }
}
