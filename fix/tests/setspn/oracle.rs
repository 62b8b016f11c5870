//! `-X` and `--shadowed` against a search that compares everything with everything.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use spnfix::setspn::{Arguments, Event, Listener, OneDomain, run};
use spnfix::{InMemoryDirectory, SpnMappings};

/// Folded SPN to the DNs of its holders.
type Found = BTreeMap<String, BTreeSet<String>>;

#[derive(Default)]
struct Heard {
    duplicates: Found,
    shadowed: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
    counts: Vec<usize>,
}

impl Listener for Heard {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        let set = |dns: &[String]| {
            let distinct: BTreeSet<String> = dns.iter().cloned().collect();
            assert_eq!(distinct.len(), dns.len(), "an account is named twice: {dns:?}");
            distinct
        };
        match event {
            Event::Duplicate(found) => {
                self.duplicates.insert(found.spn.to_lowercase(), set(&found.accounts));
            }
            Event::Shadowed(found) => {
                let sides = (set(&found.accounts), set(&found.owners));
                self.shadowed.insert(found.spn.to_lowercase(), sides);
            }
            Event::Duplicates { count } | Event::ShadowedEnd { count } => self.counts.push(count),
            _ => {}
        }
        Ok(())
    }
}

fn holders(directory: &InMemoryDirectory, spn: &str) -> BTreeSet<String> {
    let held = |spns: &[String]| spns.iter().any(|value| value.to_lowercase() == spn);
    let accounts = directory.accounts().iter().filter(|account| held(&account.spns));
    accounts.map(|account| account.dn.clone()).collect()
}

fn all(directory: &InMemoryDirectory) -> BTreeSet<String> {
    let spns = directory.accounts().iter().flat_map(|account| &account.spns);
    spns.map(|spn| spn.to_lowercase()).collect()
}

/// Few names, so that many meet; some are no proper SPNs.
fn spn() -> impl Strategy<Value = String> {
    let class = select(vec!["HTTP", "http", "HOST", "host", "www", "WSMAN", "gc", "x y"]);
    let host = select(vec!["a", "A", "b", "b:1", "a/b", "a b", "*", "ä", "Ä"]);
    let odd = select(vec!["noslash", "NoSlash", "a/b/c/d", "/a", "a/"]).prop_map(str::to_owned);
    prop_oneof![9 => (class, host).prop_map(|(class, host)| format!("{class}/{host}")), 1 => odd]
}

fn directory() -> impl Strategy<Value = InMemoryDirectory> {
    vec(vec(spn(), 0..5), 0..9).prop_map(|accounts| {
        let mut directory = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_mappings(SpnMappings::parse(["host=http,www", "gc=ldap"]));
        for (number, spns) in accounts.iter().enumerate() {
            let spns: Vec<&str> = spns.iter().map(String::as_str).collect();
            directory = directory.with_user(&format!("u{number}"), &spns);
        }
        directory
    })
}

async fn heard(mut directory: InMemoryDirectory) -> Heard {
    let words = ["-X", "--shadowed"].map(str::to_owned);
    let request = Arguments::parse(&words).unwrap().request;
    let mut heard = Heard::default();
    run(&request, &mut OneDomain(&mut directory), &mut heard).await.unwrap();
    heard
}

proptest! {
    #[test]
    fn the_walk_finds_what_comparing_everything_finds(directory in directory()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let heard = runtime.block_on(heard(directory.clone()));

        let held = all(&directory).into_iter().map(|spn| (holders(&directory, &spn), spn));
        let duplicates: Found =
            held.filter(|(dns, _)| dns.len() > 1).map(|(dns, spn)| (spn, dns)).collect();
        prop_assert_eq!(&heard.duplicates, &duplicates);

        let mut shadowed = BTreeMap::new();
        for spn in all(&directory) {
            let Some((class @ ("http" | "www"), rest)) = spn.split_once('/') else { continue };
            prop_assert!(!class.is_empty());
            let owners = holders(&directory, &format!("host/{rest}"));
            let holders: BTreeSet<String> =
                holders(&directory, &spn).difference(&owners).cloned().collect();
            if !owners.is_empty() && !holders.is_empty() {
                shadowed.insert(spn, (holders, owners));
            }
        }
        prop_assert_eq!(&heard.counts, &[duplicates.len(), shadowed.len()]);
        prop_assert_eq!(heard.shadowed, shadowed);
    }
}
