//! Directories that nobody built for a test: 2 to 40 objects in 1 to 3 domains, with stale objects,
//! twins, clusters and service accounts that hold names of others.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::names::{domain_part, same, same_dn};
use crate::{Account, AccountKind, InMemoryDirectory, ServiceClass};

const DOMAINS: [&str; 3] =
    ["DC=contoso,DC=com", "DC=child,DC=contoso,DC=com", "DC=lab,DC=contoso,DC=com"];
/// The last one is longer than an account name can be.
const LABELS: [&str; 4] = ["web1", "web2", "fs1", "averylongservername"];
const CLASSES: [&str; 4] = ["HOST", "HTTP", "WSMAN", "cifs"];

/// A host: its label and its domain.
type Host = (usize, usize);

fn dns(domain: usize) -> String {
    crate::names::dns_domain(DOMAINS[domain])
}

fn full((label, domain): Host) -> String {
    format!("{}.{}", LABELS[label], dns(domain))
}

fn account_name(label: &str) -> String {
    label.chars().take(15).collect()
}

/// One name of a host: its class, the host, and whether it is the short name.
type Name = (usize, Host, bool);

fn spn((class, host, short): Name) -> String {
    let name = if short { LABELS[host.0].to_owned() } else { full(host) };
    format!("{}/{name}", CLASSES[class])
}

/// What a directory is made of.
#[derive(Clone, Debug)]
enum Thing {
    /// A machine that exists. Which of its `HOST` names it lacks, and whether it registers WSMAN.
    Machine(Host, [bool; 2], bool),
    /// An object left behind: disabled, loser of a conflict, or enabled with a wrong dNSHostName.
    Stale(Host, usize, Vec<Name>),
    /// Another name of a machine.
    Additional(Host, Host),
    /// A service account, in a domain, perhaps called like a machine.
    Service(usize, Option<usize>, bool, Vec<Name>),
    /// A cluster in a domain.
    Cluster(usize, usize),
    /// A computer without any name that matters.
    Other(usize, Vec<Name>),
}

fn host() -> impl Strategy<Value = Host> {
    (0..LABELS.len(), 0..DOMAINS.len())
}

fn names() -> impl Strategy<Value = Vec<Name>> {
    prop::collection::vec((0..CLASSES.len(), host(), any::<bool>()), 0..4)
}

fn thing() -> impl Strategy<Value = Thing> {
    prop_oneof![
        5 => (host(), any::<[bool; 2]>(), any::<bool>()).prop_map(|(h, lacks, w)| Thing::Machine(h, lacks, w)),
        3 => (host(), 0..3_usize, names()).prop_map(|(h, kind, names)| Thing::Stale(h, kind, names)),
        1 => (host(), host()).prop_map(|(to, of)| Thing::Additional(to, of)),
        4 => (0..DOMAINS.len(), prop::option::of(0..LABELS.len()), any::<bool>(), names())
            .prop_map(|(d, like, gmsa, names)| Thing::Service(d, like, gmsa, names)),
        1 => (0..DOMAINS.len(), 0..3_usize).prop_map(|(d, class)| Thing::Cluster(d, class)),
        3 => (0..DOMAINS.len(), names()).prop_map(|(d, names)| Thing::Other(d, names)),
    ]
}

/// A directory, and the machines that exist.
#[derive(Clone, Debug)]
struct World {
    dir: InMemoryDirectory,
    machines: Vec<Host>,
}

fn object(name: &str, domain: usize, kind: AccountKind, names: &[Name]) -> Account {
    let computer = kind == AccountKind::Computer;
    Account {
        dn: format!("CN={name},{}", DOMAINS[domain]),
        name: if computer { format!("{name}$") } else { name.to_owned() },
        kind,
        dns_host_name: None,
        additional_names: Vec::new(),
        enabled: true,
        guid: None,
        spns: names.iter().map(|name| spn(*name)).collect(),
    }
}

fn machine(host: Host) -> Account {
    let name = account_name(LABELS[host.0]);
    let mut account = object(&name, host.1, AccountKind::Computer, &[]);
    account.dns_host_name = Some(full(host));
    account
}

fn world(things: &[Thing], domains: usize, served: usize) -> World {
    let mut dir = InMemoryDirectory::new(DOMAINS[0], "ROOT").served_from(DOMAINS[served], "D");
    let mut machines = Vec::new();
    let (within, here) = (|d: usize| d % domains, |(l, d): Host| (l, d % domains));
    let clamp = |names: &[Name]| -> Vec<Name> {
        names.iter().map(|(class, host, short)| (*class, here(*host), *short)).collect()
    };
    for (at, thing) in things.iter().enumerate() {
        let account = match thing {
            Thing::Machine(host, lacks, wsman) => {
                let host = here(*host);
                machines.push(host);
                let mut account = machine(host);
                let own =
                    [format!("HOST/{}", account.setspn_name()), format!("HOST/{}", full(host))];
                let held = own.into_iter().zip(lacks).filter(|(_, lacks)| !**lacks);
                account.spns.extend(held.map(|(name, _)| name));
                if *wsman {
                    account.spns.push(format!("WSMAN/{}", full(host)));
                }
                account
            }
            Thing::Stale(host, kind, names) => {
                let (label, domain) = here(*host);
                let mut account =
                    object(&format!("STALE{at}"), domain, AccountKind::Computer, &clamp(names));
                account.dns_host_name = Some(full((label, domain)));
                match kind {
                    0 => account.enabled = false,
                    1 => {
                        account.dn =
                            format!("CN={}\\0ACNF:{at},{}", LABELS[label], DOMAINS[domain]);
                    }
                    _ => {}
                }
                account
            }
            Thing::Additional(..) => continue,
            Thing::Service(domain, like, gmsa, names) => {
                let kind = if *gmsa { AccountKind::ManagedService } else { AccountKind::User };
                let name =
                    like.map_or_else(|| format!("svc{at}"), |label| account_name(LABELS[label]));
                let name = if *gmsa { format!("svc{at}$") } else { name };
                let mut account = object(&name, within(*domain), kind, &clamp(names));
                account.dn = format!("CN=user-{at},{}", DOMAINS[within(*domain)]);
                account.spns.push("HTTP/www.contoso.com".to_owned());
                if at % 3 > 0 {
                    account.spns.pop();
                }
                account
            }
            Thing::Cluster(domain, class) => {
                let class =
                    ["MSClusterVirtualServer", "MSServerCluster", "MSServerClusterMgmtAPI"][*class];
                let domain = within(*domain);
                let mut account = object("CLUSTER1", domain, AccountKind::Computer, &[]);
                let host = format!("cluster1.{}", dns(domain));
                account.spns =
                    ["HOST", "WSMAN", class].map(|class| format!("{class}/{host}")).into();
                account.dns_host_name = Some(host);
                account
            }
            Thing::Other(domain, names) => {
                object(&format!("OTHER{at}"), within(*domain), AccountKind::Computer, &clamp(names))
            }
        };
        let taken = |other: &&Account| {
            same(&other.name, &account.name)
                && same_dn(domain_part(&other.dn), domain_part(&account.dn))
        };
        // A domain has one account of a name.
        if let Some(taken) = dir.accounts().iter().find(taken) {
            let dn = taken.dn.clone();
            dir.remove(&dn);
        }
        dir.insert(account);
    }
    for thing in things {
        let Thing::Additional(to, of) = thing else { continue };
        let (to, of) = (here(*to), here(*of));
        if machines.contains(&to) && !machines.contains(&of) {
            let mut account = dir.accounts().iter().find(|one| one.dn == machine(to).dn).cloned();
            if let Some(account) = &mut account {
                account.additional_names = vec![full(of)];
                account.spns.push(format!("HOST/{}", full(of)));
                dir.insert(account.clone());
            }
        }
    }
    World { dir, machines }
}

impl World {
    /// Whether an account should have the names of a host.
    fn should_have(&self, account: &Account, name: &str) -> bool {
        let is = |host: &&Host| account.dn == machine(**host).dn;
        let Some(host) = self.machines.iter().find(is) else { return false };
        let additional = &account.additional_names;
        let short = |full: &str| full.split('.').next().unwrap_or_default().to_owned();
        same(name, &full(*host))
            || same(name, LABELS[host.0])
            || same(name, &account_name(LABELS[host.0]))
            || additional.iter().any(|one| same(name, one) || same(name, &short(one)))
    }

    /// Whom a KDC of the served domain finds, told apart from the library.
    fn kdc(&self, served: &str, asked: &str) -> Vec<&Account> {
        let alias = asked
            .split_once('/')
            .filter(|(class, _)| ["http", "cifs"].iter().any(|alias| same(alias, class)));
        let alias = alias.map(|(_, rest)| format!("HOST/{rest}"));
        for own in [true, false] {
            for name in std::iter::once(asked.to_owned()).chain(alias.clone()) {
                let holds = |account: &&Account| {
                    same_dn(domain_part(&account.dn), served) == own
                        && account.spns.iter().any(|held| same(held, &name))
                };
                let found: Vec<&Account> = self.dir.accounts().iter().filter(holds).collect();
                if !found.is_empty() {
                    return found;
                }
            }
        }
        Vec::new()
    }
}

/// A printed command: its switches, the value if it has one, and the account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Printed {
    switches: Vec<String>,
    value: Option<String>,
    account: String,
}

fn printed(steps: &[String]) -> Vec<Printed> {
    let mut commands = Vec::new();
    for part in steps.iter().flat_map(|step| step.split(", or ")) {
        let Some((_, command)) = part.split_once("setspn ") else { continue };
        let mut words: Vec<String> = Vec::new();
        for (at, piece) in command.split('"').enumerate() {
            if at % 2 == 1 {
                words.push(piece.to_owned());
            } else {
                words.extend(piece.split_whitespace().map(str::to_owned));
            }
        }
        let rest = words.iter().position(|word| !word.starts_with('-')).unwrap();
        let (switches, rest) = words.split_at(rest);
        let switches = switches.to_vec();
        match rest {
            [account] => commands.push(Printed { switches, value: None, account: account.clone() }),
            [value, account] => {
                let value = Some(value.clone());
                commands.push(Printed { switches, value, account: account.clone() });
            }
            other => panic!("{other:?} in {command:?}"),
        }
    }
    commands
}

/// The accounts that a command may mean, as `setspn` reads it: a computer before a user.
fn meant<'a>(accounts: &'a [Account], served: &str, command: &Printed) -> Vec<&'a Account> {
    let (domain, name) = match command.account.split_once('\\') {
        Some((domain, name)) => (domain.to_owned(), name),
        None => (crate::names::dns_domain(served), command.account.as_str()),
    };
    let called = |wanted: String| -> Vec<&'a Account> {
        let is =
            |account: &&Account| same(&account.name, &wanted) && same(&account.domain(), &domain);
        accounts.iter().filter(is).collect()
    };
    let user = command.switches.iter().any(|switch| switch == "-U");
    let computers = if user { Vec::new() } else { called(format!("{name}$")) };
    if computers.is_empty() { called(name.to_owned()) } else { computers }
}

/// Executes a command, without the rules of a domain controller.
fn execute(dir: &mut InMemoryDirectory, served: &str, command: &Printed) {
    let mut account = meant(dir.accounts(), served, command)[0].clone();
    match (command.switches.last().map(String::as_str), &command.value) {
        (Some("-D"), Some(value)) => account.spns.retain(|held| !same(held, value)),
        (Some("-S"), Some(value)) => account.spns.push(value.clone()),
        (Some("-R"), None) => {
            let dns = account.dns_host_name.clone();
            let hosts = [Some(account.setspn_name().to_owned()), dns];
            for name in hosts.into_iter().flatten().map(|host| format!("HOST/{host}")) {
                if !account.spns.iter().any(|held| same(held, &name)) {
                    account.spns.push(name);
                }
            }
        }
        other => panic!("{other:?}"),
    }
    dir.insert(account);
}

fn clients() -> Vec<ClientProfile> {
    let plain = ClientProfile::default;
    vec![
        plain(),
        plain().with_prefix(ServiceClass::WSMAN),
        plain().with_prefix(ServiceClass::HOST),
        plain().with_port(5985),
    ]
}

fn targets() -> Vec<String> {
    let hosts = (0..LABELS.len()).flat_map(|label| (0..DOMAINS.len()).map(move |d| (label, d)));
    let mut names: Vec<String> = hosts.map(full).collect();
    names.extend(LABELS.map(str::to_owned));
    names.extend((0..4).map(|at| format!("stale{at}")));
    names.extend(
        ["averylongserver", "www.contoso.com", "cluster1.contoso.com", "nosuch"].map(str::to_owned),
    );
    names
}

fn diagnosed(dir: &InMemoryDirectory, target: &str, client: &ClientProfile) -> Diagnosis {
    let target = target.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(diagnose_in(&mut dir.clone(), &target, client)).unwrap()
}

/// What must hold for one diagnosis. Returns the commands.
fn check(world: &World, served: &str, found: &Diagnosis) -> Result<Vec<Printed>, TestCaseError> {
    let kdc = world.kdc(served, &found.requested.to_string());
    let ticket = if let [one] = kdc.as_slice() { Some(*one) } else { None };
    prop_assert_eq!(ticket.map(Account::to_ref), found.ticket_for.clone(), "{}", found);
    if found.verdict.is_healthy() {
        let holder = ticket.unwrap();
        prop_assert!(
            holder.kind == AccountKind::Computer && !holder.is_cluster_name(),
            "{}",
            found
        );
    }
    if ticket.is_some_and(|holder| holder.kind != AccountKind::Computer) {
        let failure = diagnose_failure(found, &Observed::from_endpoint(41));
        prop_assert_eq!(failure.finding.name(), "explained", "{}", failure);
    }
    let commands = printed(&found.next_steps);
    let once: HashSet<&Printed> = commands.iter().collect();
    prop_assert_eq!(once.len(), commands.len(), "twice: {}", found);
    for command in &commands {
        let meant = meant(world.dir.accounts(), served, command);
        prop_assert_eq!(meant.len(), 1, "{:?} is ambiguous: {}", command, found);
        if command.value.is_none() {
            let dns = meant[0].dns_host_name.clone();
            for host in [Some(meant[0].setspn_name().to_owned()), dns].into_iter().flatten() {
                let keeps = |other: &&Account| {
                    other.dn != meant[0].dn
                        && same(&other.domain(), &meant[0].domain())
                        && world.should_have(other, &host)
                        && other.spns.iter().any(|held| same(held, &format!("HOST/{host}")))
                };
                let other = world.dir.accounts().iter().find(keeps);
                prop_assert!(other.is_none(), "{:?} makes a duplicate: {}", command, found);
            }
        }
        if let (Some("-D"), Some(value)) =
            (command.switches.last().map(String::as_str), &command.value)
        {
            let holds = meant[0].spns.iter().any(|held| same(held, value));
            prop_assert!(holds, "{:?} does nothing: {}", command, found);
            let host = value.parse::<Spn>().unwrap().host().to_owned();
            prop_assert!(
                !world.should_have(meant[0], &host),
                "{:?} takes a name off its owner: {}",
                command,
                found
            );
        }
    }
    Ok(commands)
}

/// Whether one command takes back what another did.
fn takes_back(one: &Printed, other: &Printed) -> bool {
    let switch = |command: &Printed| command.switches.last().cloned().unwrap_or_default();
    let value = |command: &Printed| command.value.clone().unwrap_or_default();
    let user = |command: &Printed| command.switches.iter().any(|switch| switch == "-U");
    same(&one.account, &other.account)
        && user(one) == user(other)
        && same(&value(one), &value(other))
        && matches!((switch(one).as_str(), switch(other).as_str()), ("-D", "-S") | ("-S", "-D"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_step_harms_and_every_step_holds_afterwards(
        things in prop::collection::vec(thing(), 2..=40),
        domains in 1..=3_usize,
        served in 0..3_usize,
    ) {
        let served = served % domains;
        let world = world(&things, domains, served);
        let served = DOMAINS[served];
        for (target, client) in
            targets().iter().flat_map(|target| clients().into_iter().map(move |c| (target, c)))
        {
            let found = diagnosed(&world.dir, target, &client);
            let commands = check(&world, served, &found)?;
            let mut walked = Vec::new();
            for first in commands {
                let mut world = world.clone();
                let mut next = vec![first];
                // Each step brings other steps, or none, and never takes one back.
                for _ in 0..40 {
                    let Some(command) = next.first().cloned() else { break };
                    execute(&mut world.dir, served, &command);
                    walked.push(command.clone());
                    let after = diagnosed(&world.dir, target, &client);
                    next = check(&world, served, &after)?;
                    let back = next.iter().find(|step| takes_back(step, &command));
                    prop_assert!(back.is_none(), "{:?} after {:?}: {}", back, command, after);
                }
                prop_assert!(next.is_empty(), "it never ends: {:?}", walked);
            }
        }
    }
}
