//! Completes commands, parameters, host names, SPNs, accounts and the key of the article.
//!
//! Uses: cmdlets, known, parameters, registry.

use spnlab_harness::accounts;

use super::cmdlets::{ENTER, INVOKE, SESSION_OPTION, TEST};
use super::known::{self, KNOWN};
use super::parameters::Parameters;
use super::registry::KEY;

const HOSTS: [&str; 8] = [
    "mem1.contoso.com",
    "mem1",
    "www.contoso.com",
    "www",
    "dc1.contoso.com",
    "dc1",
    "client.contoso.com",
    "client",
];
const SCHEMES: [&str; 2] = ["Kerberos", "Negotiate"];
/// The classes that a new SPN may have.
const CLASSES: [&str; 3] = ["HTTP", "WSMAN", "HOST"];

/// How the last word may go on: where it begins, and the whole words. `spns` are those that the
/// directory has.
pub(super) fn complete(before: &str, spns: &[String]) -> (usize, Vec<String>) {
    let start = before.rfind([' ', '\t', '(', '"']).map_or(0, |at| at + 1);
    let (line, word) = before.split_at(start);
    let inside = line.rsplit_once('(').map(|(_, inside)| inside);
    let mut words = line.split_whitespace();
    let Some(command) = words.next().and_then(known::find) else {
        let names = KNOWN.iter().map(|known| known.name.to_owned());
        return (start, fitting(word, names));
    };
    let last = words.last().unwrap_or_default();
    let candidates: Vec<String> = match command.name {
        _ if inside.is_some_and(|inside| inside.trim().is_empty()) => {
            vec!["New-PSSessionOption".to_owned()]
        }
        _ if inside.is_some() => parameters(&SESSION_OPTION),
        "Enter-PSSession" => of_remote(&ENTER, word, last),
        "Invoke-Command" => of_remote(&INVOKE, word, last),
        "Test-WSMan" => of_remote(&TEST, word, last),
        "setspn" if word.starts_with('-') => ["-q", "-s", "-d", "-l", "-x", "-f"].map(own).into(),
        "setspn" if last.starts_with('-') && !last.eq_ignore_ascii_case("-l") => all_spns(spns),
        "setspn" => accounts::ALL.iter().map(|a| a.name.trim_end_matches('$').to_owned()).collect(),
        "klist" if last.eq_ignore_ascii_case("get") => all_spns(spns),
        "klist" => ["get", "purge", "tgt", "tickets"].map(own).into(),
        "reg" => of_reg(line, last),
        "ping" => HOSTS.map(own).into(),
        "winrs" => HOSTS.iter().map(|host| format!("-r:{host}")).collect(),
        _ => Vec::new(),
    };
    (start, fitting(word, candidates.into_iter()))
}

fn own(text: &str) -> String {
    text.to_owned()
}

fn parameters(of: &Parameters) -> Vec<String> {
    of.names().map(|name| format!("-{name}")).collect()
}

fn of_remote(of: &Parameters, word: &str, last: &str) -> Vec<String> {
    if word.starts_with('-') {
        return parameters(of);
    }
    match last.to_lowercase().as_str() {
        "-authentication" => SCHEMES.map(own).into(),
        "-credential" => accounts::ALL.iter().map(|a| format!("CONTOSO\\{}", a.name)).collect(),
        "-sessionoption" => vec!["(New-PSSessionOption".to_owned()],
        "-usessl" => Vec::new(),
        _ => HOSTS.map(own).into(),
    }
}

fn of_reg(line: &str, last: &str) -> Vec<String> {
    match (line.split_whitespace().count(), last) {
        (1, _) => ["add", "query", "delete"].map(own).into(),
        (2, _) => vec![KEY.to_owned(), KEY.replacen("HKEY_LOCAL_MACHINE", "HKLM", 1)],
        (_, "/v" | "/V") => vec!["spn_prefix".to_owned()],
        (_, "/t" | "/T") => ["REG_SZ", "REG_DWORD"].map(own).into(),
        (_, "/d" | "/D") => ["WSMAN", "HOST", "HTTP"].map(own).into(),
        _ => ["/v", "/t", "/d", "/f"].map(own).into(),
    }
}

/// Those that somebody holds, and those of MEM1 that somebody may want to register.
fn all_spns(spns: &[String]) -> Vec<String> {
    let mem1 = CLASSES
        .iter()
        .flat_map(|class| ["mem1", "mem1.contoso.com"].map(|host| format!("{class}/{host}")));
    spns.iter().cloned().chain(mem1).collect()
}

/// Those that begin with the word, in any case, each once.
fn fitting(word: &str, candidates: impl Iterator<Item = String>) -> Vec<String> {
    let begins = |candidate: &String| {
        candidate.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    let mut found: Vec<String> = Vec::new();
    for candidate in candidates.filter(begins) {
        if !found.iter().any(|known| known.eq_ignore_ascii_case(&candidate)) {
            found.push(candidate);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(before: &str) -> Vec<String> {
        let spns = ["HTTP/www.contoso.com".to_owned(), "HTTP/mem1".to_owned()];
        let (start, found) = complete(before, &spns);
        assert!(start <= before.len());
        found
    }

    #[test]
    fn a_word_is_completed_by_where_it_stands() {
        for (before, found) in [
            ("en", &["Enter-PSSession"][..]),
            ("SETS", &["setspn"]),
            ("Enter-PSSession -comp", &["-ComputerName"]),
            ("Enter-PSSession -ComputerName mem1.", &["mem1.contoso.com"]),
            ("Enter-PSSession mem1 -Authentication k", &["Kerberos"]),
            ("Enter-PSSession mem1 -Credential contoso\\vis", &["CONTOSO\\visitor"]),
            ("Enter-PSSession mem1 -SessionOption (new", &["New-PSSessionOption"]),
            ("Enter-PSSession mem1 -SessionOption (New-PSSessionOption -i", &["-IncludePortInSPN"]),
            ("setspn -q http/", &["HTTP/www.contoso.com", "HTTP/mem1", "HTTP/mem1.contoso.com"]),
            ("setspn -d HTTP/mem1 svc_w", &["svc_web"]),
            ("setspn -l cl", &["CLIENT"]),
            ("klist g", &["get"]),
            ("klist get wsman/mem1.", &["WSMAN/mem1.contoso.com"]),
            ("reg q", &["query"]),
            ("reg add hklm", &[r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client"]),
            ("reg add x /v s", &["spn_prefix"]),
            ("winrs -r:m", &["-r:mem1.contoso.com", "-r:mem1"]),
            ("ping dc1.", &["dc1.contoso.com"]),
            ("hostname x", &[]),
        ] {
            assert_eq!(after(before), found, "{before}");
        }
        assert_eq!(complete("setspn -q HT", &[]).0, 10);
    }
}
