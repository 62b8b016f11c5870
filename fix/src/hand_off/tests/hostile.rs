//! Names with characters that the forms could interpret.

use proptest::prelude::*;

use super::ldif::read_ldif;
use super::*;
use crate::text::is_plain;
use crate::{ClientEdit, RegistryValue};

/// A plan of one edit with this value and this DN.
fn hostile(value: &str, dn: &str, name: &str) -> Plan {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let remedy = Remedy::RemoveRegistration { account: None };
    let mut plan = runtime.block_on(planned(&mut directory(), &remedy));
    value.clone_into(&mut plan.edits[0].value);
    dn.clone_into(&mut plan.edits[0].account.dn);
    name.clone_into(&mut plan.edits[0].account.name);
    plan
}

/// A plan of one edit of this registry value.
fn hostile_registry(key: &str, name: &str, text: &str) -> Plan {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut plan = runtime.block_on(planned(&mut directory(), &Remedy::HostPrefix));
    assert!(plan.edits.is_empty());
    let ClientEdit::Registry(edit) = &mut plan.client[0] else { panic!("{plan}") };
    edit.value = RegistryValue { key: key.to_owned(), name: name.to_owned() };
    edit.after = Some(text.to_owned());
    plan
}

/// Reads the one value of a regedit file: key below HKLM, name and text.
fn read_reg(text: &str) -> [String; 3] {
    let lines: Vec<&str> = text.split("\r\n").collect();
    let ["Windows Registry Editor Version 5.00", "", title, "", key, value, ""] = lines.as_slice()
    else {
        panic!("{text}")
    };
    assert!(title.starts_with("; "), "{text}");
    let key = key.strip_prefix(r"[HKEY_LOCAL_MACHINE\").and_then(|key| key.strip_suffix(']'));
    let mut strings = vec![key.unwrap().to_owned()];
    let mut rest = value.chars();
    for end in ['=', '\n'] {
        assert_eq!(rest.next(), Some('"'), "{value}");
        let mut string = String::new();
        loop {
            match rest.next().unwrap() {
                '\\' => string.push(rest.next().unwrap()),
                '"' => break,
                c => string.push(c),
            }
        }
        strings.push(string);
        assert_eq!(rest.next().unwrap_or('\n'), end, "{value}");
    }
    strings.try_into().unwrap()
}

/// Reads the same from the PowerShell script.
fn read_item(text: &str) -> [String; 3] {
    let lines: Vec<&str> = text.split("\r\n").collect();
    let [_, _, _, there, item, _, "klist purge", ""] = lines.as_slice() else { panic!("{text}") };
    let (keys, rest) = read_powershell(there);
    assert_eq!(rest, "if (-not (Test-Path -LiteralPath )) { New-Item -Path  -Force | Out-Null }");
    let (strings, rest) = read_powershell(item);
    assert_eq!(
        rest,
        "New-ItemProperty -LiteralPath  -Name  -PropertyType String -Value  -Force | Out-Null"
    );
    assert!(keys.iter().all(|key| *key == strings[0]), "{text}");
    let [key, name, value] = strings.try_into().unwrap();
    [key.strip_prefix(r"HKLM:\").unwrap().to_owned(), name, value]
}

/// Reads PowerShell's verbatim strings from a line, and returns the rest of the line too.
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

        if let Ok(script) = plan.hand_off(HandOff::PowerShell) {
            let lines: Vec<&str> =
                script.text.split("\r\n").filter(|line| line.starts_with("Set-")).collect();
            prop_assert_eq!(lines.len(), 1);
            let (strings, rest) = read_powershell(lines[0]);
            prop_assert_eq!(strings, vec![dn.clone(), value.clone()]);
            prop_assert_eq!(rest, "Set-ADUser -Identity  -ServicePrincipalNames @{Remove=}");
        } else {
            prop_assert!(value.chars().chain(dn.chars()).any(|c| !is_plain(c)));
        }

        if let Ok(commands) = plan.hand_off(HandOff::Setspn) {
            let harmless = |c: char| c.is_ascii_alphanumeric() || " ./:\\_-$@\"?,;()=".contains(c);
            let lines: Vec<&str> = commands.text.split("\r\n").collect();
            prop_assert_eq!(lines.len(), 7, "{}", commands.text);
            let command = lines[3].strip_suffix(" || exit /b 1");
            prop_assert!(command.is_some_and(|line| line.chars().all(harmless)), "{}", lines[3]);
        }
    }

    #[test]
    fn no_registry_value_becomes_more_than_a_value(
        path in "[\\PC\r\n\0]{1,60}", name in "[\\PC\r\n\0]{1,20}", text in "[\\PC\r\n\0]{0,60}",
    ) {
        let plan = hostile_registry(&format!("HKLM\\{path}"), &name, &text);
        for (form, read) in
            [(HandOff::Reg, read_reg as fn(&str) -> [String; 3]), (HandOff::PowerShell, read_item)]
        {
            match plan.hand_off(form) {
                Ok(it) => prop_assert_eq!(read(&it.text), [path.clone(), name.clone(), text.clone()]),
                Err(error) => {
                    prop_assert_eq!((error.form, error.place), (form, Place::Client));
                    let odd = |c: char| !is_plain(c) || form == HandOff::Reg && "[]".contains(c);
                    prop_assert!(error.value.chars().any(odd), "{:?}", error.value);
                }
            }
        }
        // The name is in a comment, in no other line.
        let ldif = plan.hand_off(HandOff::Ldif).unwrap();
        prop_assert_eq!(read_ldif(&ldif.text), vec![]);
    }

    #[test]
    fn comments_of_any_account_stay_short_ascii_comments(name in "[^\\x00-\\x1f\"/\\\\\\[\\]:;|=,+*?<>@ ]{1,120}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut plan =
            runtime.block_on(planned(&mut directory(), &Remedy::PortSpns { port: WINRM_PORT }));
        if let Ok(account) = name.parse() {
            plan.remedy = Remedy::RemoveRegistration { account: Some(account) };
        }
        let ldif = plan.hand_off(HandOff::Ldif).unwrap();
        prop_assert!(ldif.text.is_ascii() && ldif.undo.is_ascii());
        prop_assert_eq!(read_ldif(&ldif.text).len(), 2);
        prop_assert_eq!(read_ldif(&ldif.undo).len(), 2);
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
    assert!(
        it.unwrap()
            .text
            .contains("setspn -U -D HTTP/mem-1.contoso.com:5985 \"svc web\" || exit /b 1\r\n")
    );
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

#[test]
fn what_a_registry_value_cannot_be_written_as_is_said() {
    for (key, name, text, forms) in [
        (r"-HKLM\SOFTWARE\x", "spn_prefix", "WSMAN", vec![HandOff::Reg, HandOff::PowerShell]),
        (r"HKLM\SOFTWARE\x", "spn_prefix", "WS&MAN", vec![HandOff::Setspn]),
        (r"HKLM\SOFTWARE\x", "spn\nprefix", "WSMAN", vec![HandOff::Reg, HandOff::Setspn]),
    ] {
        let plan = hostile_registry(key, name, text);
        for form in forms {
            let error = plan.hand_off(form).unwrap_err();
            assert_eq!((error.form, error.place), (form, Place::Client));
            assert!(error.hint().contains("regedit"), "{}", error.hint());
        }
    }
    let error = hostile("HTTP/a&b", "CN=x,DC=contoso,DC=com", "svc").hand_off(HandOff::Setspn);
    assert!(error.unwrap_err().hint().contains("LDIF"));
}
