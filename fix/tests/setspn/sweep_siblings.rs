//! `-X --shadowed` on generated forests: no command takes a name off its owner.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use spnfix::setspn::{Arguments, JsonDocument, OneDomain, run};
use spnfix::{Account, AccountKind, InMemoryDirectory};

const DOMAINS: [(&str, &str); 3] = [
    ("DC=contoso,DC=com", "contoso.com"),
    ("DC=child,DC=contoso,DC=com", "child.contoso.com"),
    ("DC=fabrikam,DC=com", "fabrikam.com"),
];

#[derive(Clone, Debug)]
struct Made {
    domain: usize,
    computer: bool,
    name: &'static str,
    /// Whether `dNSHostName` is another host's.
    dns: &'static str,
    enabled: bool,
    spns: Vec<String>,
}

fn spn() -> impl Strategy<Value = String> {
    let class = select(vec!["HOST", "host", "HTTP", "WSMAN", "cifs", "MSSQLSvc", "kadmin"]);
    let host = select(vec!["a", "b", "A", "svc", "changepw"]);
    let domain = select(vec!["", ".contoso.com", ".child.contoso.com"]);
    (class, host, domain).prop_map(|(class, host, domain)| format!("{class}/{host}{domain}"))
}

fn made() -> impl Strategy<Value = Made> {
    let name = select(vec!["a", "b", "aold", "svc", "krbtgt"]);
    let dns = select(vec!["a", "b", "own", "own", "own"]);
    (0..3usize, any::<bool>(), name, dns, prop::bool::weighted(0.8), vec(spn(), 0..4)).prop_map(
        |(domain, computer, name, dns, enabled, spns)| Made {
            domain,
            computer,
            name,
            dns,
            enabled,
            spns,
        },
    )
}

fn forest(made: &[Made]) -> InMemoryDirectory {
    let mut all = InMemoryDirectory::new(DOMAINS[0].0, "CONTOSO");
    for one in made {
        let (root, suffix) = DOMAINS[one.domain];
        let spns: Vec<&str> = one.spns.iter().map(String::as_str).collect();
        let dns = if one.dns == "own" { one.name } else { one.dns };
        let domain = InMemoryDirectory::new(root, "X");
        let domain = if one.computer {
            domain.with_computer(one.name, &format!("{dns}.{suffix}"), &spns)
        } else {
            domain.with_user(one.name, &spns)
        };
        let mut account = domain.accounts()[0].clone();
        account.enabled = one.enabled;
        all.insert(account);
    }
    all
}

/// Whether the account is, beyond doubt, the computer that the value's host means.
fn owns(account: &Account, value: &str) -> bool {
    let host = value.split_once('/').unwrap().1;
    let (label, domain) = host.split_once('.').unwrap_or((host, ""));
    let named = |name: &str| name.eq_ignore_ascii_case(label);
    account.kind == AccountKind::Computer
        && account.enabled
        && named(account.name.trim_end_matches('$'))
        && (domain.is_empty()
            || account.dns_host_name.as_deref() == Some(&host.to_lowercase())
                && account.domain() == domain)
}

async fn swept(directory: &mut InMemoryDirectory) -> Value {
    let words = ["-F", "-X", "--shadowed"].map(str::to_owned);
    let request = Arguments::parse(&words).unwrap().request;
    let mut document = JsonDocument::default();
    let outcome = run(&request, &mut OneDomain(directory), &mut document).await.unwrap();
    document.finish(&request.command, outcome)
}

/// The account of a command, and its value.
fn meant<'a>(command: &str, accounts: &'a [Account]) -> (&'a Account, Option<String>) {
    let command = command.replace('\'', "");
    let words: Vec<&str> = command.split(' ').collect();
    let name = *words.last().unwrap();
    let (domain, name) = name.split_once('\\').unwrap_or(("contoso.com", name));
    let computer = words[1] == "-C" || words[1] == "-R";
    let name = if computer { format!("{name}$") } else { name.to_owned() };
    let is = |account: &&Account| account.domain() == domain && account.name == name;
    let mut all = accounts.iter().filter(is);
    let found = all.next().unwrap();
    assert!(all.next().is_none(), "{command} is ambiguous");
    (found, (words.len() == 5).then(|| words[3].to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_command_takes_a_name_off_its_owner(made in vec(made(), 2..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut directory = forest(&made);
        let found = runtime.block_on(swept(&mut directory));
        let mut given = BTreeSet::new();
        for kind in ["duplicates", "shadowed", "misplaced", "stale"] {
            for finding in found[kind].as_array().unwrap() {
                prop_assert!(!finding["next"].as_str().unwrap().is_empty());
                for command in finding["commands"].as_array().unwrap() {
                    let command = command.as_str().unwrap();
                    prop_assert!(given.insert(command.to_owned()), "twice: {}", command);
                    let (account, value) = meant(command, directory.accounts());
                    let Some(value) = value.filter(|_| command.contains(" -D ")) else { continue };
                    prop_assert!(account.spns.contains(&value), "{}", command);
                    prop_assert!(!owns(account, &value), "{} takes it off its owner", command);
                    // What a service may need is taken off left-over accounts only.
                    let class = value.split_once('/').unwrap().0.to_lowercase();
                    let own = ["host", "wsman"].contains(&class.as_str());
                    let left = account.kind == AccountKind::Computer || !account.enabled;
                    prop_assert!(own || left, "{}", command);
                }
            }
        }
        // Nothing but what is by design, or a host without a computer account: status 0.
        let bad = |kind: &str| found[kind].as_array().unwrap().iter().any(|finding| {
            match kind {
                "duplicates" => finding["by_design"] == false,
                "misplaced" => !finding["owner"].is_null(),
                _ => true,
            }
        });
        let any = ["duplicates", "shadowed", "misplaced", "stale"].iter().any(|kind| bad(kind));
        prop_assert_eq!(found["status"].as_u64().unwrap(), if any { 3 } else { 0 });
    }
}
