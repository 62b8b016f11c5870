//! An account with more SPNs than a domain controller gives at once.

use std::sync::{Arc, Mutex};

use spnfix::{
    ClientProfile, DirectorySnapshot, InMemoryJournal, InMemorySettings, Journal, Remedy, Target,
    apply, diagnose_in, plan, rollback, verify,
};

use super::server::{Question, ROOT, Say, connect, done, entry, result};

/// MaxValRange of Active Directory.
const AT_ONCE: usize = 1500;
const MEM1: &str = "CN=MEM1,CN=Computers,DC=contoso,DC=com";
const WEB: &str = "CN=svc_web,CN=Users,DC=contoso,DC=com";
const OWN: [&str; 2] = ["HOST/MEM1", "HOST/mem1.contoso.com"];

/// A domain controller with a computer, and a service account whose SPNs these are.
pub(crate) fn answer(question: &Question, spns: &mut Vec<String>) -> Vec<u8> {
    let Question { id, text, .. } = question;
    let about_web = text.contains(WEB);
    let parts = match question.kind {
        6 if about_web => return result(*id, 7, change(text, spns), ""),
        6 => panic!("a write to another account: {text}"),
        _ if text.contains("sPNMappings") => {
            vec![entry(*id, &services(), &[("sPNMappings", vec![b"host=http,www".to_vec()])])]
        }
        _ if about_web => vec![web(question, spns)],
        _ if text.contains(MEM1) => vec![computer(*id)],
        _ if text.contains("computer") => {
            if text.contains("mem1.contoso.com") {
                vec![computer(*id)]
            } else {
                Vec::new()
            }
        }
        _ => {
            let mut found = Vec::new();
            if OWN.iter().any(|spn| asked(text, spn)) {
                found.push(computer(*id));
            }
            if spns.iter().any(|spn| asked(text, spn)) {
                found.push(web(question, spns));
            }
            found
        }
    };
    [parts.concat(), done(*id)].concat()
}

fn services() -> String {
    format!("CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,{ROOT}")
}

/// Whether this value, with its length before it, is in the filter.
fn asked(text: &str, spn: &str) -> bool {
    let length = char::from(u8::try_from(spn.len()).unwrap());
    text.to_lowercase().contains(&format!("\u{4}{length}{}", spn.to_lowercase()))
}

/// Adds or deletes the one value of a modify request; the result code.
fn change(text: &str, spns: &mut Vec<String>) -> i64 {
    let value = &text.rsplit('\u{4}').next().unwrap()[1..];
    let delete = text.contains("\n\u{1}\u{1}");
    let at = spns.iter().position(|spn| spn.eq_ignore_ascii_case(value));
    match (delete, at) {
        (true, Some(at)) => {
            spns.remove(at);
            0
        }
        (true, None) => 16,
        (false, Some(_)) => 20,
        (false, None) => {
            spns.push(value.to_owned());
            0
        }
    }
}

fn computer(id: i64) -> Vec<u8> {
    let text = |text: &str| vec![text.as_bytes().to_vec()];
    let own = OWN.iter().map(|spn| spn.as_bytes().to_vec()).collect();
    let classes = vec![b"user".to_vec(), b"computer".to_vec()];
    let attributes = [
        ("sAMAccountName", text("MEM1$")),
        ("objectClass", classes),
        ("dNSHostName", text("mem1.contoso.com")),
        ("servicePrincipalName", own),
    ];
    entry(id, MEM1, &attributes)
}

/// The part of the service account's SPNs that is asked for.
fn web(question: &Question, spns: &[String]) -> Vec<u8> {
    let range = question.text.split_once(";range=").and_then(|(_, range)| range.split_once("-*"));
    let from = range.map_or(0, |(from, _)| from.parse::<usize>().unwrap());
    let to = (from + AT_ONCE).min(spns.len());
    let values = spns[from..to].iter().map(|spn| spn.clone().into_bytes()).collect();
    let last = if to == spns.len() { "*".to_owned() } else { (to - 1).to_string() };
    let name = format!("servicePrincipalName;range={from}-{last}");
    let attributes = [
        ("sAMAccountName", vec![b"svc_web".to_vec()]),
        ("objectClass", vec![b"user".to_vec()]),
        (name.as_str(), values),
    ];
    entry(question.id, WEB, &attributes)
}

#[tokio::test]
async fn five_thousand_spns_are_diagnosed_changed_and_brought_back() {
    let mut before: Vec<String> =
        (0..4999).map(|at| format!("HTTP/site{at}.contoso.com")).collect();
    // In the last part, so that who stops reading early does not see it.
    before.push("http/MEM1.contoso.com".to_owned());
    let spns = Arc::new(Mutex::new(before.clone()));
    let held = Arc::clone(&spns);
    let script = move |question: &Question| Say::Bytes(answer(question, &mut held.lock().unwrap()));
    let mut dir = connect(script).await.unwrap();
    let (target, client): (Target, _) =
        ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());

    let found = diagnose_in(&mut dir, &target, &client).await.unwrap();
    assert_eq!(found.verdict.name(), "shadowed", "{found}");

    let remedy = Remedy::RemoveRegistration { account: None };
    let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
    let plan = plan(&seen, &target, &remedy, &client).unwrap();
    let [edit] = plan.edits.as_slice() else { panic!("{plan}") };
    assert_eq!((edit.value.as_str(), edit.before.len()), ("http/MEM1.contoso.com", 5000));

    let mut settings = InMemorySettings::default();
    let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
    apply(&mut dir, &mut settings, &mut journal).await.unwrap();
    assert_eq!(spns.lock().unwrap().as_slice(), &before[..4999], "one value and no other");
    let verified = verify(&mut dir, &mut settings, &plan).await.unwrap();
    assert!(verified.ok(), "{verified}");

    rollback(&mut dir, &mut settings, &mut journal).await.unwrap();
    assert_eq!(*spns.lock().unwrap(), before);
    let found = diagnose_in(&mut dir, &target, &client).await.unwrap();
    assert_eq!(found.verdict.name(), "shadowed", "{found}");
}
