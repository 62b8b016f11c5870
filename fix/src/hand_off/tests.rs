use proptest::prelude::*;

use super::*;
use crate::{
    ClientProfile, DirectorySnapshot, InMemoryDirectory, Remedy, Target, WINRM_PORT, plan,
};

async fn planned(dir: &mut InMemoryDirectory, remedy: &Remedy) -> Plan {
    let (target, client): (Target, _) =
        ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
    let seen = DirectorySnapshot::take_for(dir, &target, &client, remedy).await.unwrap();
    plan(&seen, &target, remedy, &client).unwrap()
}

fn directory() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", &["HTTP/www.contoso.com", "HTTP/mem1.contoso.com"])
}

async fn handed(remedy: Remedy, form: HandOff) -> HandedOff {
    planned(&mut directory(), &remedy).await.hand_off(form).unwrap()
}

#[tokio::test]
async fn option_1_as_commands_with_their_undo() {
    let it = handed(Remedy::RemoveRegistration { account: None }, HandOff::Setspn).await;
    assert_eq!(
        it.text,
        "@echo off\r\n\
         rem remove the registration from the wrong account for mem1.contoso.com\r\n\
         setspn -U -D HTTP/mem1.contoso.com svc_web\r\n\
         rem on every client, in the session that connects:\r\n\
         klist purge\r\n"
    );
    assert!(it.undo.contains("setspn -U -S HTTP/mem1.contoso.com svc_web\r\n"), "{}", it.undo);
}

#[tokio::test]
async fn option_3_as_powershell_with_its_undo() {
    let it = handed(Remedy::WsmanPrefix, HandOff::PowerShell).await;
    let key = r"'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client'";
    let expected = [
        "# let the client ask for WSMAN SPNs for mem1.contoso.com".to_owned(),
        "# on a machine of the domain with the ActiveDirectory module".to_owned(),
        "Set-ADComputer -Identity 'CN=MEM1,CN=Computers,DC=contoso,DC=com' -ServicePrincipalNames \
         @{Add='WSMAN/mem1'}"
            .to_owned(),
        "Set-ADComputer -Identity 'CN=MEM1,CN=Computers,DC=contoso,DC=com' -ServicePrincipalNames \
         @{Add='WSMAN/mem1.contoso.com'}"
            .to_owned(),
        "# on the client, as administrator".to_owned(),
        format!(
            "if (-not (Test-Path -LiteralPath {key})) {{ New-Item -Path {key} -Force | Out-Null }}"
        ),
        format!(
            "New-ItemProperty -LiteralPath {key} -Name 'spn_prefix' -PropertyType String -Value \
             'WSMAN' -Force | Out-Null"
        ),
        "# on every client, in the session that connects".to_owned(),
        "klist purge".to_owned(),
    ];
    assert_eq!(it.text.trim_end().split("\r\n").collect::<Vec<_>>(), expected);
    let undo: Vec<&str> = it.undo.split("\r\n").collect();
    assert_eq!(undo[3], format!("Remove-ItemProperty -LiteralPath {key} -Name 'spn_prefix'"));
    assert!(undo[4].ends_with("@{Remove='WSMAN/mem1.contoso.com'}"), "{undo:?}");
    assert!(it.file().starts_with(b"\xef\xbb\xbf# let"));
}

#[tokio::test]
async fn option_2_as_ldif_says_what_is_not_in_it() {
    let it = handed(Remedy::PortSpns { port: WINRM_PORT }, HandOff::Ldif).await;
    assert_eq!(
        it.text,
        "version: 1\n\
         # register SPNs with the port 5985 for mem1.contoso.com\n\n\
         dn: CN=MEM1,CN=Computers,DC=contoso,DC=com\nchangetype: modify\n\
         add: servicePrincipalName\nservicePrincipalName: HTTP/mem1:5985\n-\n\n\
         dn: CN=MEM1,CN=Computers,DC=contoso,DC=com\nchangetype: modify\n\
         add: servicePrincipalName\nservicePrincipalName: HTTP/mem1.contoso.com:5985\n-\n\n\
         # not here: with each connection: -SessionOption (New-PSSessionOption -IncludePortInSPN)\n"
    );
}

#[tokio::test]
async fn the_registry_as_regedit_reads_it() {
    let it = handed(Remedy::HostPrefix, HandOff::Reg).await;
    assert_eq!(
        it.text,
        "Windows Registry Editor Version 5.00\r\n\r\n\
         ; let the client ask for HOST SPNs for mem1.contoso.com\r\n\r\n\
         [HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WSMAN\\Client]\r\n\
         \"spn_prefix\"=\"HOST\"\r\n"
    );
    assert!(it.undo.contains("\"spn_prefix\"=-\r\n"), "{}", it.undo);
    assert!(it.file().starts_with(&[0xff, 0xfe, b'W', 0, b'i', 0]));
    let other = handed(Remedy::WsmanPrefix, HandOff::Reg).await;
    assert!(other.text.contains("; not here: SPNs in the directory"), "{}", other.text);
}

#[tokio::test]
async fn nothing_to_do_is_said_in_every_form() {
    let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_computer(
        "MEM1",
        "mem1.contoso.com",
        &["HOST/MEM1", "HOST/mem1.contoso.com"],
    );
    let plan = planned(&mut dir, &Remedy::RemoveRegistration { account: None }).await;
    for form in HandOff::ALL {
        let it = plan.hand_off(form).unwrap();
        assert!(it.text.contains("nothing to do"), "{form}: {}", it.text);
        assert!(!it.text.contains("klist purge"), "{form}");
    }
}

/// A plan whose one edit has this value and this DN.
fn hostile(value: &str, dn: &str, name: &str) -> Plan {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let remedy = Remedy::RemoveRegistration { account: None };
    let mut plan = runtime.block_on(planned(&mut directory(), &remedy));
    value.clone_into(&mut plan.edits[0].value);
    dn.clone_into(&mut plan.edits[0].account.dn);
    name.clone_into(&mut plan.edits[0].account.name);
    plan
}

/// Reads one LDIF text back: DN, verb and value of each record.
fn read_ldif(text: &str) -> Vec<(String, String, String)> {
    let unfolded = text.replace("\n ", "");
    let value = |line: &str| {
        let (_, rest) = line.split_once(':').unwrap();
        match rest.strip_prefix(": ") {
            Some(encoded) => {
                use base64::Engine as _;
                let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
                String::from_utf8(bytes).unwrap()
            }
            None => rest.strip_prefix(' ').unwrap().to_owned(),
        }
    };
    let mut records = Vec::new();
    for record in unfolded.split("\n\n").filter(|record| record.starts_with("dn:")) {
        let lines: Vec<&str> = record.trim_end().lines().collect();
        let [dn, kind, verb, values, end] = lines.as_slice() else { panic!("{record}") };
        assert_eq!((*kind, *end), ("changetype: modify", "-"));
        let (verb, attribute) = verb.split_once(": ").unwrap();
        assert_eq!(attribute, "servicePrincipalName");
        records.push((value(dn), verb.to_owned(), value(values)));
    }
    records
}

/// Reads PowerShell's verbatim strings out of a line and returns what is left without them.
fn read_powershell(line: &str) -> (Vec<String>, String) {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    let (mut strings, mut rest) = (Vec::new(), String::new());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if !is_quote(c) {
            rest.push(c);
            continue;
        }
        let mut text = String::new();
        loop {
            match chars.next() {
                Some(c) if is_quote(c) => match chars.peek() {
                    Some(next) if is_quote(*next) => text.push(chars.next().unwrap()),
                    _ => break,
                },
                Some(c) => text.push(c),
                None => panic!("an open string in {line}"),
            }
        }
        strings.push(text);
    }
    (strings, rest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_value_becomes_more_than_a_value(
        value in "[\\PC\r\n\0]{1,60}", dn in "[\\PC\r\n]{1,60}", name in "[\\PC\r\n]{1,20}",
    ) {
        let plan = hostile(&value, &dn, &name);

        let ldif = plan.hand_off(HandOff::Ldif).unwrap();
        let record = (dn.clone(), "delete".to_owned(), value.clone());
        prop_assert_eq!(read_ldif(&ldif.text), vec![record]);
        prop_assert!(ldif.text.lines().all(|line| line.len() <= 76));

        if let Ok(script) = plan.hand_off(HandOff::PowerShell) {
            let lines: Vec<&str> =
                script.text.split("\r\n").filter(|line| line.starts_with("Set-")).collect();
            prop_assert_eq!(lines.len(), 1);
            let (strings, rest) = read_powershell(lines[0]);
            prop_assert_eq!(strings, vec![dn.clone(), value.clone()]);
            prop_assert_eq!(rest, "Set-ADUser -Identity  -ServicePrincipalNames @{Remove=}");
        } else {
            prop_assert!(value.chars().chain(dn.chars()).any(char::is_control));
        }

        if let Ok(commands) = plan.hand_off(HandOff::Setspn) {
            let harmless = |c: char| c.is_ascii_alphanumeric() || " ./:\\_-$@\"?,;()=".contains(c);
            let lines: Vec<&str> = commands.text.split("\r\n").collect();
            prop_assert_eq!(lines.len(), 6, "{}", commands.text);
            prop_assert!(lines[2].chars().all(harmless), "{}", lines[2]);
        }
    }
}

#[test]
fn what_cmd_would_interpret_is_refused_and_the_rest_passes() {
    let dn = "CN=x,DC=contoso,DC=com";
    for hostile in "\"&|<>^%!()'`;,=*?~#+[]{}\n\r\t\0é".chars() {
        let value = format!("HTTP/mem1{hostile}x");
        let error = self::hostile(&value, dn, "svc").hand_off(HandOff::Setspn).unwrap_err();
        assert_eq!((error.form, error.value), (HandOff::Setspn, value));
    }
    for odd in ["-D", "/x", "HTTP/mem1\\", "HTTP/mem1 "] {
        assert!(self::hostile(odd, dn, "svc").hand_off(HandOff::Setspn).is_err(), "{odd}");
    }
    let it = hostile("HTTP/mem-1.contoso.com:5985", dn, "svc web").hand_off(HandOff::Setspn);
    assert!(it.unwrap().text.contains("setspn -U -D HTTP/mem-1.contoso.com:5985 \"svc web\"\r\n"));
}

#[test]
fn powershell_quotes_of_every_kind_stay_in_their_string() {
    let value = "HTTP/a'b\u{2018}c\u{2019}d\u{201a}e\u{201b}; Remove-Item $(x)";
    let it = hostile(value, "CN=O'Neil,DC=contoso,DC=com", "svc").hand_off(HandOff::PowerShell);
    let text = it.unwrap().text;
    let line = text.split("\r\n").find(|line| line.starts_with("Set-")).unwrap();
    let (strings, rest) = read_powershell(line);
    assert_eq!(strings, ["CN=O'Neil,DC=contoso,DC=com", value]);
    assert_eq!(rest, "Set-ADUser -Identity  -ServicePrincipalNames @{Remove=}");
}
