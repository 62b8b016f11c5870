//! Random forests: a plan does what it says, its commands mean one account, and it comes back.

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::*;
use crate::directory::{Account, AccountKind};
use crate::names::{same, same_set};
use crate::{
    AccountName, ClientProfile, Diagnosis, Directory, InMemoryDirectory, InMemoryJournal,
    InMemorySettings, Journal, ServiceClass, SpnMappings, Target, apply, diagnose, diagnose_in,
    plan as make_plan, recommend, rollback,
};

const DOMAINS: [&str; 3] =
    ["DC=contoso,DC=com", "DC=child,DC=contoso,DC=com", "DC=sales,DC=contoso,DC=com"];

const HOSTS: [&str; 4] = ["web7", "old9", "mail", "averylongservername"];

const CLASSES: [&str; 7] = ["HTTP", "http", "HOST", "host", "WSMAN", "cifs", "www"];

/// An SPN of some host of the forest, or of a web farm.
fn value() -> impl Strategy<Value = String> {
    let host = (0..HOSTS.len(), 0..2 * DOMAINS.len()).prop_map(|(host, form)| {
        let host = if form > 3 { HOSTS[0] } else { HOSTS[host] };
        match DOMAINS.get(form) {
            Some(domain) => format!("{host}.{}", crate::names::dns_domain(domain)),
            None => host.to_owned(),
        }
    });
    let port = proptest::sample::select(vec!["", "", "", ":5985", ":5986"]);
    let spn = (proptest::sample::select(CLASSES.to_vec()), host, port)
        .prop_map(|(class, host, port)| format!("{class}/{host}{port}"));
    prop_oneof![8 => spn, 1 => Just("HTTP/www.contoso.com".to_owned())]
}

/// An account of any kind. Users may have computers' names.
fn account() -> impl Strategy<Value = Account> {
    let spns = proptest::collection::vec(value(), 0..5);
    let sort = proptest::sample::select(vec!["computer", "computer", "user", "gmsa", "credential"]);
    (0..HOSTS.len(), 0..6_usize, 0..DOMAINS.len(), sort, 0..8_u8, spns).prop_map(
        |(host, number, domain, sort, on, mut spns)| {
            let domain = DOMAINS[domain];
            let host = if number < 3 { HOSTS[host].to_owned() } else { format!("svc{number}") };
            let cut = host.get(..15).unwrap_or(&host).to_owned();
            let dns = format!("{host}.{}", crate::names::dns_domain(domain));
            let (kind, name, dns) = match sort {
                "computer" => (AccountKind::Computer, format!("{cut}$"), Some(dns)),
                "credential" => (AccountKind::Computer, format!("asa{number}$"), None),
                "gmsa" => (AccountKind::ManagedService, format!("gmsa{number}$"), None),
                _ => (AccountKind::User, cut.clone(), None),
            };
            if let (AccountKind::Computer, Some(dns), true) = (kind, &dns, on > 2) {
                spns.extend([format!("HOST/{host}"), format!("HOST/{dns}")]);
            }
            let mut kept: Vec<String> = Vec::new();
            for value in spns {
                if !kept.contains(&value) {
                    kept.push(value);
                }
            }
            let dn = format!("CN={sort} {name},CN=Objects,{domain}");
            let (dns_host_name, enabled, spns) = (dns, on > 0, kept);
            let additional_names = Vec::new();
            Account { dn, name, kind, dns_host_name, additional_names, enabled, guid: None, spns }
        },
    )
}

/// A forest of one to three domains, as its first domain's controller shows it. Replication,
/// history and older servers leave what no domain controller would write today.
fn forest() -> impl Strategy<Value = InMemoryDirectory> {
    (proptest::collection::vec(account(), 2..=40), 1..=DOMAINS.len()).prop_map(
        |(accounts, domains)| {
            let mut dir = InMemoryDirectory::new(DOMAINS[0], "CONTOSO");
            for account in accounts {
                if DOMAINS[..domains]
                    .iter()
                    .any(|dn| same(&account.domain(), &crate::names::dns_domain(dn)))
                {
                    dir.insert(account);
                }
            }
            dir
        },
    )
}

fn remedies() -> impl Strategy<Value = Remedy> {
    proptest::sample::select(vec![
        Remedy::RemoveRegistration { account: None },
        Remedy::PortSpns { port: 5985 },
        Remedy::PortSpns { port: 5986 },
        Remedy::PortSpns { port: 443 },
        Remedy::WsmanPrefix,
        Remedy::HostPrefix,
        Remedy::GiveHostBack,
    ])
}

fn clients() -> impl Strategy<Value = ClientProfile> {
    let plain = ClientProfile::default;
    proptest::sample::select(vec![
        plain(),
        plain(),
        plain().with_port(5986),
        plain().with_prefix(ServiceClass::WSMAN),
        plain().with_prefix(ServiceClass::HOST),
        plain().without_session_options(),
    ])
}

fn targets() -> impl Strategy<Value = Target> {
    proptest::sample::select(vec!["web7", "web7.contoso.com", "old9.contoso.com", "mail"])
        .prop_map(|name| name.parse().unwrap())
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// The whole directory.
async fn whole(dir: &mut InMemoryDirectory) -> DirectorySnapshot {
    let domain = dir.domain().await.unwrap();
    DirectorySnapshot::of(domain, SpnMappings::windows_default(), dir.accounts().to_vec())
}

/// The words of a command, as every shell reads them.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// The account that a setspn command means, by setspn's own rules.
fn meant<'a>(dir: &'a InMemoryDirectory, command: &str) -> Option<&'a Account> {
    let words = words(command);
    let name: AccountName = words.last()?.parse().ok()?;
    let domain = name.domain().unwrap_or("contoso.com").to_owned();
    let name = if words[1] == "-U" { name.only_user() } else { name };
    name.candidates().into_iter().find_map(|wanted| {
        dir.accounts()
            .iter()
            .find(|account| same(&account.name, &wanted) && same(&account.domain(), &domain))
    })
}

/// What a diagnosis says of the outcome.
fn outcome(found: &Diagnosis) -> impl PartialEq + std::fmt::Debug {
    let ticket = found.ticket_for.as_ref().map(|account| account.dn.clone());
    let other: Vec<bool> = found.other_names.iter().map(|other| other.works).collect();
    (found.verdict.name(), ticket, other)
}

fn warned(plan: &Plan, kind: WarningKind) -> bool {
    plan.warnings.iter().any(|warning| warning.kind == kind)
}

/// All values, whatever the spelling: Samba respells a HOST name when an alias of it is added.
fn pictures_differ(left: &InMemoryDirectory, right: &InMemoryDirectory) -> bool {
    let pairs = left.accounts().iter().zip(right.accounts());
    pairs.into_iter().any(|(left, right)| !same_set(&left.spns, &right.spns))
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    /// What the plan predicts is what the directory then says; and everything comes back.
    #[test]
    fn a_plan_does_what_it_says(
        dir in forest(), target in targets(), remedy in remedies(), client in clients(),
    ) {
        run(async {
            let mut dir = dir.clone();
            let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
            let Ok(plan) = make_plan(&seen, &target, &remedy, &client) else { return };
            let promised = diagnose(&plan.after(&seen), &target, &plan.client_after).unwrap();
            let before = dir.clone();
            let mut settings = InMemorySettings::default();
            if let Some(prefix) = &client.spn_prefix {
                let value = RegistryValue::spn_prefix();
                crate::ClientSettings::set(&mut settings, &value, prefix.as_str()).await.unwrap();
            }
            let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
            let applied = apply(&mut dir, &mut settings, &mut journal).await;
            if let Err(error) = &applied {
                assert!(warned(&plan, WarningKind::MayBeRefused), "{plan}\n{error}");
            } else {
                let found = diagnose_in(&mut dir, &target, &plan.client_after).await.unwrap();
                assert_eq!(outcome(&found), outcome(&promised), "{plan}\n{found}");
                let whole = whole(&mut dir).await;
                for impact in &plan.impact {
                    let Some(spn) = &impact.spn else { continue };
                    let holder = match whole.resolve(spn).as_slice() {
                        [one] => Some(one.name.clone()),
                        _ => None,
                    };
                    assert_eq!(holder, impact.ticket_after, "{spn}: {plan}");
                }
            }
            match rollback(&mut dir, &mut settings, &mut journal).await {
                Ok(_) => assert!(!pictures_differ(&dir, &before), "{plan}"),
                Err(error) => {
                    assert!(warned(&plan, WarningKind::UndoMayBeRefused), "{plan}\n{error}");
                }
            }
        });
    }

    /// No command means another account than the plan, and no two are the same.
    #[test]
    fn every_command_means_one_account(
        dir in forest(), target in targets(), remedy in remedies(), client in clients(),
    ) {
        run(async {
            let mut dir = dir.clone();
            let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
            match make_plan(&seen, &target, &remedy, &client) {
                Ok(plan) => {
                    for (edit, command) in plan.edits.iter().zip(&plan.commands) {
                        let account = meant(&dir, &command.text).unwrap();
                        assert!(edit.account.is(account), "{}: {edit}", command.text);
                        let words = words(&command.text);
                        assert!(words.contains(&edit.value), "{}: {edit}", command.text);
                    }
                    let mut texts: Vec<_> = plan.commands.iter().map(|it| &it.text).collect();
                    texts.sort();
                    texts.dedup();
                    assert_eq!(texts.len(), plan.commands.len(), "{plan}");
                }
                Err(PlanError::HeldByOther { holder, removal, .. }) => {
                    assert!(holder.is(meant(&dir, &removal).unwrap()), "{removal}: {holder:?}");
                }
                Err(_) => {}
            }
        });
    }

    /// No plan takes a name off the computer that goes by it.
    #[test]
    fn no_owner_loses_its_name(
        dir in forest(), target in targets(), remedy in remedies(), client in clients(),
    ) {
        run(async {
            let mut dir = dir.clone();
            let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
            let Ok(plan) = make_plan(&seen, &target, &remedy, &client) else { return };
            for edit in plan.edits.iter().filter(|edit| edit.change == Change::Delete) {
                let account = dir.account_at(&edit.account.dn).await.unwrap().unwrap();
                let host = edit.value.parse::<Spn>().unwrap().host().to_owned();
                let dns = account.dns_host_name.as_deref().unwrap_or_default();
                let own = account.kind == AccountKind::Computer && account.enabled;
                assert!(!own || !same(dns, &host), "{edit}");
                assert!(!own || !same(account.setspn_name(), &host), "{edit}");
            }
        });
    }

    /// A way that is said to help does, and what the client cannot do is not offered.
    #[test]
    fn advice_is_kept(dir in forest(), target in targets(), client in clients()) {
        run(async {
            let mut dir = dir.clone();
            let remedy = Remedy::HostPrefix;
            let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
            let advice = recommend(&seen, &target, &client).unwrap();
            for way in advice.ways.iter().filter(|way| way.helps) {
                let Some(remedy) = &way.remedy else { continue };
                let port = matches!(remedy, Remedy::PortSpns { .. });
                assert!(!(port && client.no_session_options), "{advice}");
                let plan = make_plan(&seen, &target, remedy, &client).unwrap();
                let (mut dir, mut settings) = (dir.clone(), InMemorySettings::default());
                if let Some(prefix) = &client.spn_prefix {
                    let value = RegistryValue::spn_prefix();
                    let set = crate::ClientSettings::set(&mut settings, &value, prefix.as_str());
                    set.await.unwrap();
                }
                let mut journal =
                    Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
                if apply(&mut dir, &mut settings, &mut journal).await.is_err() {
                    assert!(warned(&plan, WarningKind::MayBeRefused), "{plan}");
                    continue;
                }
                let found = diagnose_in(&mut dir, &target, &plan.client_after).await.unwrap();
                assert!(found.verdict.is_healthy(), "{plan}\n{found}");
            }
        });
    }
}
