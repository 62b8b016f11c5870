//! `docs/clients.md` is made of what the witnesses said: `scenarios/witnesses/snapshots`.
#![expect(clippy::unwrap_used, reason = "a snapshot that is not there fails the test")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A client, its switch for an option of the article, and what it said: before the option's SPN is
/// registered (or removed), and after.
struct Row {
    client: &'static str,
    option: &'static str,
    switch: &'static str,
    before: &'static str,
    after: &'static str,
}

const fn row(
    client: &'static str,
    option: &'static str,
    switch: &'static str,
    before: &'static str,
    after: &'static str,
) -> Row {
    Row { client, option, switch, before, after }
}

const ROWS: &[Row] = &[
    row("pywinrm", "1", "", "article-pywinrm", "removed-pywinrm"),
    row(
        "pywinrm",
        "2",
        "`kerberos_hostname_override=\"mem1.contoso.com:5985\"`",
        "article-pywinrm-port-unregistered",
        "registered-pywinrm-port",
    ),
    row(
        "pywinrm",
        "3",
        "`service=\"WSMAN\"`",
        "article-pywinrm-wsman-unregistered",
        "registered-pywinrm-wsman",
    ),
    row("pywinrm", "3, `HOST`", "`service=\"HOST\"`", "article-pywinrm-host", ""),
    row("pypsrp", "1", "`negotiate_service=\"HTTP\"`", "article-pypsrp", "removed-pypsrp"),
    row(
        "pypsrp",
        "2",
        "the same and `negotiate_hostname_override=\"mem1.contoso.com:5985\"`",
        "article-pypsrp-port-unregistered",
        "registered-pypsrp-port",
    ),
    row(
        "pypsrp",
        "3",
        "`negotiate_service=\"WSMAN\"`",
        "article-pypsrp-wsman-unregistered",
        "registered-pypsrp-wsman",
    ),
    row("pypsrp", "3, `HOST`", "its default", "article-pypsrp-by-default", ""),
    row("curl", "1", "", "article-curl", "removed-curl"),
    row(
        "curl",
        "3",
        "`--service-name WSMAN`",
        "article-curl-wsman-unregistered",
        "registered-curl-wsman",
    ),
    row("curl", "3, `HOST`", "`--service-name HOST`", "article-curl-host", ""),
    row("winrm-rs, HTTPS", "1", "", "article-winrm-rs-https", "removed-winrm-rs-https"),
    row("Ansible, `winrm`", "1", "", "article-ansible", "removed-ansible"),
    row(
        "Ansible, `winrm`",
        "2",
        "`ansible_winrm_kerberos_hostname_override: mem1.contoso.com:5985`",
        "article-ansible-port-unregistered",
        "registered-ansible-port",
    ),
    row(
        "Ansible, `winrm`",
        "3",
        "`ansible_winrm_service: WSMAN`",
        "article-ansible-wsman-unregistered",
        "registered-ansible-wsman",
    ),
];

const HEAD: &str = "# Outside clients, and the options of KB 4549715

The tables hold what unmodified clients said in a lab. `scenarios/tests/witnesses` runs them,
`scenarios/witnesses/snapshots` has their words, and a test compares these with the tables.
*Before* is the article's condition. *After* is the same after option 1, or with the option's SPN on MEM1.

| client | version |
|---|---|
VERSIONS
| client | option | setting | before | after |
|---|---|---|---|---|
";

const TAIL: &str = "
What a client cannot express:

- **curl** has no switch for the SPN's host, and so none for a port: option 2 is out.
- **winrm-rs** always asks for `HTTP/` and the host it connects to: options 2 and 3 are out. It does not seal,
  so WinRM refuses it over HTTP even if Kerberos works. Over HTTPS it trusts only its built-in CAs: neither
  the system's CAs nor `SSL_CERT_FILE` nor an option adds one. The tests set `accept_invalid_certs`.
- **pypsrp** asks for `HOST/` by default, so it does not meet the article's error by default.

pywinrm and Ansible name no Kerberos code when the endpoint refuses the ticket.

MEM1 has no PowerShell. The tests use only Ansible's module `raw`: its commands go to `/bin/sh`. Ansible wraps
them for PowerShell. It spells that name `PowerShell` before 2.21 and `powershell` from then on. A command may
begin with its program's name in any letter case and with `.exe`, as on Windows.

## Strict channel bindings

The host is healthy, and the clients use HTTPS. WinRM refuses tickets without channel bindings
(`spnlab up --channel-binding strict`). Over HTTP there is nothing to bind to, and nothing changes.

| client | setting | outcome |
|---|---|---|
";

/// A client, its switches, and what it said where bindings are strict.
const STRICT: &[(&str, &str, &str)] = &[
    ("pywinrm", "– (it binds once WinRM has refused its first ticket)", "strict-pywinrm-https"),
    ("pywinrm", "`send_cbt=False`", "strict-pywinrm-https-without-binding"),
    ("pypsrp", "`auth=\"kerberos\"`", "strict-pypsrp-https"),
    ("pypsrp", "`auth=\"negotiate\"`", "strict-pypsrp-https-negotiate"),
    ("pypsrp", "`negotiate_send_cbt=False`", "strict-pypsrp-https-without-binding"),
    ("curl", "– (it binds from 8.10 on)", "strict-curl-https"),
    ("winrm-rs", "– (it cannot bind with Kerberos)", "strict-winrm-rs-https"),
    ("Ansible, `winrm`", "–", "strict-ansible-https"),
    ("pywinrm, HTTP", "–", "strict-pywinrm"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The words of a witness.
fn said(name: &str) -> String {
    let file = root().join(format!("scenarios/witnesses/snapshots/{name}.snap"));
    let snapshot = std::fs::read_to_string(&file).unwrap();
    spnlab_scenarios::body_of(&snapshot).unwrap().to_owned()
}

/// The clients' versions, as they say them; that of winrm-rs, a crate, is what its program was
/// built with.
fn versions() -> String {
    let lock = root().join("scenarios/witnesses/winrm-rs/Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    let said = said("versions");
    let lists = ["wheels", "older", "sources"].map(|list| {
        std::fs::read_to_string(root().join(format!("scenarios/witnesses/{list}.txt"))).unwrap()
    });
    let lists = lists.concat();
    let version = |program: &str| {
        let version = said.lines().find_map(|line| line.strip_prefix(program)?.strip_prefix(' '));
        let version = version.unwrap_or_else(|| panic!("{program} is not in {said}"));
        let pinned = format!("{}=={version} ", program.trim_start_matches("older "));
        assert!(program == "curl" || lists.contains(&pinned), "{pinned}is in no list: ask again");
        version
    };
    let (_, winrm_rs) = lock.split_once("name = \"winrm-rs\"\nversion = \"").unwrap();
    let pywinrm = format!("{}, with pykerberos {}", version("pywinrm"), version("pykerberos"));
    let pyspnego = format!("pyspnego {} and krb5 {}", version("pyspnego"), version("krb5"));
    let (ansible, older) = (version("ansible-core"), version("older ansible-core"));
    let rows = [
        ("pywinrm", pywinrm),
        ("pypsrp", format!("{}, with {pyspnego}", version("pypsrp"))),
        ("curl", format!("{}, of Debian 13", version("curl"))),
        ("winrm-rs", winrm_rs.split('"').next().unwrap().to_owned()),
        ("Ansible", format!("ansible-core {ansible}, with pywinrm; {older} too, in a healthy lab")),
    ];
    let rows = rows.map(|(client, version)| format!("| {client} | {version} |\n"));
    rows.concat()
}

/// What a client's words come to.
fn outcome(name: &str) -> &'static str {
    if name.is_empty() {
        return "nothing to register";
    }
    let said = said(name);
    let signs = [
        ("exit 0 mem1", "**connected**"),
        ("rc=0 >>\nmem1", "**connected**"),
        ("Message stream modified", "KRB_AP_ERR_MODIFIED (41)"),
        ("Server not found in Kerberos database", "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"),
        ("the specified credentials were rejected", "\"credentials were rejected\", no code"),
        ("status 500", "ticket taken (500: its body is in clear)"),
        ("status 200", "**answered**"),
        ("Kerberos authentication rejected", "\"authentication rejected\", no code"),
        ("Failed to authenticate the user None", "\"Failed to authenticate\", no code"),
    ];
    let sign = signs.iter().find(|(sign, _)| said.contains(sign));
    sign.unwrap_or_else(|| panic!("{name} says neither of what is known: {said}")).1
}

fn table() -> String {
    let mut table = HEAD.replace("VERSIONS", &versions());
    for row in ROWS {
        let (before, after) = (outcome(row.before), outcome(row.after));
        let switch = if row.switch.is_empty() { "–" } else { row.switch };
        let Row { client, option, .. } = row;
        writeln!(table, "| {client} | {option} | {switch} | {before} | {after} |").unwrap();
    }
    table += TAIL;
    for (client, switch, said) in STRICT {
        writeln!(table, "| {client} | {switch} | {} |", outcome(said)).unwrap();
    }
    table
}

#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
#[test]
fn the_table_of_clients_is_what_the_witnesses_said() {
    let file = root().join("docs/clients.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&file, table()).unwrap();
    }
    let hint = "INSTA_UPDATE=always cargo test -p spnlab-scenarios --test clients";
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(table() == kept, "docs/clients.md is not what the witnesses said: {hint}");
}
