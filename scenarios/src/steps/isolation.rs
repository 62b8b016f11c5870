//! Who can reach a lab, and what its containers may do.

use std::collections::BTreeSet;

use cucumber::then;
use futures::future::join_all;
use spnlab_harness::{
    ExecOutput, Exposure, Lab, LabSpec, Lifetime, Progress, Role, WinrmSettings, accounts,
};

use crate::pool::samba;
use crate::world::{LabWorld, must};

/// The parts of a lab with one domain controller.
const PARTS: [Role; 3] = [Role::Dc1, Role::Mem1, Role::Client];
/// The user id `nobody`, in every part.
const NOBODY: &str = "65534";

/// Connects to each address until one answers. Prints how each connection ended.
const CONNECT: &str = r#"
for address; do
  (exec 3<>"/dev/tcp/$address/53") 2>&1 && { echo "$address answers"; exit 1; }
done
exit 0
"#;

/// Tries to write a file into each folder. Prints the folders in which it can.
const WRITE: &str = r#"
for folder; do
  (: >"$folder/spnlab-was-here") 2>/dev/null && rm "$folder/spnlab-was-here" && echo "$folder"
done
exit 0
"#;

/// Starts idle processes until the limit. Prints how many there were and why it ended.
const PROCESSES: &str = r#"
my @children;
my $why = 'there was no limit';
while (@children < $ARGV[0]) {
  my $child = fork;
  if (!defined $child) { $why = "$!"; last }
  if (!$child) { kill 'STOP', $$; exit }
  push @children, $child;
}
kill 'KILL', @children;
waitpid $_, 0 for @children;
print scalar(@children), " $why\n";
"#;

/// Allocates this many MiB.
const MEMORY: &str = r#"my $taken = 'x' x ($ARGV[0] << 20); print "it has them\n";"#;

/// A line of a file that everybody can read.
const WORD: &str = "default_realm = CONTOSO.COM";

async fn exposure(world: &LabWorld) -> Vec<Exposure> {
    must(world.lab().exposure().await)
}

#[then(expr = "every published port of the lab is on {string}")]
async fn published_on(world: &mut LabWorld, address: String) {
    let all = exposure(world).await;
    let ports: Vec<&String> = all.iter().flat_map(|one| &one.published_on).collect();
    // LDAPS and the global catalog of dc1; WinRM, WinRM over HTTPS and the web site of MEM1.
    assert!(ports.len() >= 5, "{all:?}");
    assert!(ports.iter().all(|port| **port == address), "{all:?}");
}

#[then(
    "no container of the lab is privileged or sees a folder or a namespace of the engine's host"
)]
async fn is_confined(world: &mut LabWorld) {
    for one in exposure(world).await {
        assert!(one.confined && !one.privileged && one.of_the_host.is_empty(), "{one:?}");
    }
}

#[then(expr = "{string} has no capabilities")]
async fn has_none(world: &mut LabWorld, part: String) {
    assert_eq!(capabilities(world, &part).await, "");
}

#[then(expr = "{string} has the capabilities {string}")]
async fn has(world: &mut LabWorld, part: String, wanted: String) {
    assert_eq!(capabilities(world, &part).await, wanted);
}

async fn capabilities(world: &LabWorld, part: &str) -> String {
    let all = exposure(world).await;
    let one = all.into_iter().find(|one| one.role.to_string() == part);
    let mut one = one.unwrap_or_else(|| panic!("the lab has no {part}"));
    one.capabilities.sort_unstable();
    one.capabilities.join(", ")
}

#[then("the lab's network has 32 addresses and no gateway that anybody has")]
async fn small_and_closed(world: &mut LabWorld) {
    let network = must(world.lab().network_exposure().await);
    assert!(network.subnet.ends_with("/27"), "{network:?}");
    assert!(!network.translates, "{network:?}");
    let gateway = network.gateway.as_deref().unwrap_or_else(|| panic!("it has the engine's"));
    assert_ne!(gateway, network.bridge);
    for ran in in_every_part(world, None, &["cat", "/proc/net/route", "/etc/hosts"]).await {
        assert!(ran.stdout.contains(&little_endian(gateway)), "{gateway}: {}", ran.stdout);
        assert!(!ran.stdout.contains(&format!("{gateway}\t")), "{gateway}: {}", ran.stdout);
    }
}

/// An address in the form of `/proc/net/route`.
fn little_endian(address: &str) -> String {
    let address: std::net::Ipv4Addr = must(address.parse());
    format!("{:08X}", address.to_bits().swap_bytes())
}

#[then(expr = "no part of the lab reaches {string} or {string}")]
async fn reaches_nothing(world: &mut LabWorld, one: String, other: String) {
    for ran in in_every_part(world, None, &["bash", "-c", CONNECT, "connect", &one, &other]).await {
        let refusals = ran.stdout.matches("53: No route to host").count();
        assert_eq!((ran.status, refusals), (0, 2), "{ran:?}");
    }
}

#[then(expr = "no part of the lab finds the name {string}")]
async fn finds_no_name(world: &mut LabWorld, name: String) {
    for ran in in_every_part(world, None, &["getent", "ahosts", &name]).await {
        // getent's status 2: there is no such name.
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{ran:?}");
    }
}

#[then("every part of the lab finds the others by their names")]
async fn finds_the_others(world: &mut LabWorld) {
    let mut addresses = BTreeSet::new();
    for host in ["dc1.contoso.com", "mem1.contoso.com", "client.contoso.com"] {
        let look = in_every_part(world, None, &["getent", "ahostsv4", host]).await;
        let address = |ran: &ExecOutput| ran.stdout.split(' ').next().map(str::to_owned);
        let found: BTreeSet<String> = look.iter().filter_map(address).collect();
        assert_eq!(found.len(), 1, "{host}: {look:?}");
        addresses.extend(found);
    }
    assert_eq!(addresses.len(), PARTS.len(), "{addresses:?}");
}

#[then("a lab that was started with a way out has the engine's own address as its gateway")]
async fn has_a_way_out(_world: &mut LabWorld) {
    let spec =
        LabSpec { internet: true, samba: samba(), ..LabSpec::new("way-out", Lifetime::Scope) };
    let progress = Progress::new(|text: &str| eprintln!("{text}"));
    let lab = must(Lab::start_with(&spec, WinrmSettings::default(), &progress).await);
    let network = must(lab.network_exposure().await);
    let route = must(lab.exec(Role::Mem1, None, &["cat", "/proc/net/route"], None).await);
    must(lab.shutdown().await);
    assert!(network.translates && network.gateway.is_none(), "{network:?}");
    let bridge = little_endian(&network.bridge);
    let mut routes = route.stdout.lines();
    assert!(
        routes.any(|route| route.split_whitespace().skip(1).take(2).eq(["00000000", &bridge])),
        "{bridge}: {}",
        route.stdout
    );
}

#[then("every part of the lab is read-only, with folders in memory that have a size")]
async fn is_read_only(world: &mut LabWorld) {
    for one in exposure(world).await {
        assert!(one.read_only && !one.in_memory.is_empty(), "{one:?}");
        let size: u32 = one.in_memory.iter().map(|(_, size)| size).sum();
        assert!(one.in_memory.iter().all(|(_, size)| *size > 0), "{one:?}");
        // A full folder must fail before the memory does.
        assert!(i64::from(size) < one.memory, "{one:?}");
    }
}

#[then(expr = "not even root can write to {string}, {string}, {string} or {string} in any part")]
async fn cannot_write(world: &mut LabWorld, a: String, b: String, c: String, d: String) {
    let command = ["sh", "-c", WRITE, "write", &a, &b, &c, &d, "/tmp"];
    for ran in in_every_part(world, Some("0"), &command).await {
        assert_eq!(ran.stdout, "/tmp\n", "{ran:?}");
    }
}

#[then("every part of the lab has limits, and MEM1 the least weight")]
async fn has_limits(world: &mut LabWorld) {
    let all = exposure(world).await;
    for one in &all {
        assert!((1..=1024).contains(&one.processes), "{one:?}");
        assert!((1..=1024).contains(&one.memory), "{one:?}");
        assert!(one.log.is_some(), "{one:?}");
    }
    let processors = must(std::thread::available_parallelism()).get();
    let (mem1, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.role == Role::Mem1);
    assert_eq!(mem1[0].processors, must(i64::try_from(processors * 50_000)), "{mem1:?}");
    assert!(others.iter().all(|one| one.weight > mem1[0].weight), "{all:?}");
}

#[then("in every part new processes end at its limit")]
async fn ends_at_the_limit(world: &mut LabWorld) {
    for one in exposure(world).await {
        let more = (one.processes + 1).to_string();
        let ran =
            in_part(world.lab(), one.role, None, &["perl", "-e", PROCESSES, "--", &more]).await;
        let started = ran.stdout.split_whitespace().next().and_then(|count| count.parse().ok());
        let started: i64 = started.unwrap_or_else(|| panic!("{ran:?}"));
        // The part's own processes count too.
        assert!((one.processes / 2..one.processes).contains(&started), "{one:?}: {ran:?}");
        assert!(ran.stdout.contains("temporarily unavailable"), "{one:?}: {ran:?}");
    }
}

#[then(expr = "in {string} a program that takes more memory than there is for it is killed")]
async fn is_killed(world: &mut LabWorld, part: String) {
    let all = exposure(world).await;
    let one = all.iter().find(|one| one.role.to_string() == part);
    let one = one.unwrap_or_else(|| panic!("the lab has no {part}"));
    let command = ["perl", "-e", MEMORY, "--", &one.memory.to_string()];
    let ran = in_part(world.lab(), one.role, Some("0"), &command).await;
    assert_eq!((ran.status, ran.stdout.as_str()), (128 + 9, ""), "{ran:?}");
}

#[then("MEM1's users have ids of this lab's own")]
async fn has_users_of_its_own(world: &mut LabWorld) {
    let network = must(world.lab().network_exposure().await);
    let first = network.subnet.split('/').next().unwrap_or_default();
    let first: std::net::Ipv4Addr = must(first.parse());
    let first = 20_000 + 4 * ((first.to_bits() >> 5) % 10_000);
    let users = ["trainer", "visitor", "spn_operator", "administrator"];
    let homes = users.map(|user| format!("/home/{user}"));
    let homes: Vec<&str> = homes.iter().map(String::as_str).collect();
    let command = [&["stat", "-c", "%U %u %g %a"][..], &homes].concat();
    let ran = in_part(world.lab(), Role::Mem1, None, &command).await;
    let wanted = (first..).zip(users).map(|(id, user)| format!("{user} {id} {id} 700\n"));
    assert_eq!(ran.stdout, wanted.collect::<String>());
}

/// systemd and Debian give no id between these to anybody (systemd's UIDS-GIDS.md; Debian Policy
/// 9.2.2).
#[then("every other program of the lab has an id that no user of this computer has")]
async fn has_an_unused_id(world: &mut LabWorld) {
    for (role, user) in [(Role::Dc1, None), (Role::Client, Some("admin"))] {
        for kind in ["-u", "-g"] {
            let ran = in_part(world.lab(), role, user, &["id", kind]).await;
            let id: u32 = must(ran.stdout.trim().parse());
            assert!((65_520..=65_533).contains(&id), "{role}: {ran:?}");
        }
    }
}

#[then("no file that everybody can read in any part of the lab holds a password")]
async fn holds_no_password(world: &mut LabWorld) {
    let words: Vec<&str> = accounts::ALL.iter().map(|account| account.password).collect();
    let input = [&words[..], &[WORD]].concat().join("\n") + "\n";
    let command = [
        "env",
        "LC_ALL=C",
        "grep",
        "-raoF",
        "-D",
        "skip",
        "-f",
        "-",
        "--exclude-dir=proc",
        "--exclude-dir=sys",
        "/",
    ];
    let look =
        PARTS.map(|role| world.lab().exec(role, Some(NOBODY), &command, Some(input.as_bytes())));
    for (role, ran) in PARTS.into_iter().zip(join_all(look).await) {
        let said = must(ran).stdout;
        assert!(said.contains(&format!("/etc/krb5.conf:{WORD}\n")), "{role}: {said}");
        assert!(!words.iter().any(|word| said.contains(word)), "{role}: {said}");
    }
}

/// Runs a program in every part of the lab, side by side.
async fn in_every_part(world: &LabWorld, user: Option<&str>, command: &[&str]) -> Vec<ExecOutput> {
    join_all(PARTS.map(|role| in_part(world.lab(), role, user, command))).await
}

async fn in_part(lab: &Lab, role: Role, user: Option<&str>, command: &[&str]) -> ExecOutput {
    must(lab.exec(role, user, command, None).await)
}
