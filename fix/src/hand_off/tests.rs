mod hostile;
mod ldif;

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
         rem stops at the first command whose exit status is not 0\r\n\
         setspn -U -D HTTP/mem1.contoso.com svc_web || exit /b 1\r\n\
         rem on every client, in the session that connects:\r\n\
         klist purge\r\n"
    );
    assert!(
        it.undo.contains("setspn -U -S HTTP/mem1.contoso.com svc_web || exit /b 1\r\n"),
        "{}",
        it.undo
    );
}

#[tokio::test]
async fn option_3_as_powershell_with_its_undo() {
    let it = handed(Remedy::WsmanPrefix, HandOff::PowerShell).await;
    let key = r"'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client'";
    let expected = [
        "# let the client ask for WSMAN SPNs for mem1.contoso.com".to_owned(),
        "# on a machine of the domain with the ActiveDirectory module".to_owned(),
        "#Requires -Modules ActiveDirectory".to_owned(),
        "$ErrorActionPreference = 'Stop'".to_owned(),
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
    assert_eq!(undo[5], format!("Remove-ItemProperty -LiteralPath {key} -Name 'spn_prefix'"));
    assert!(undo[6].ends_with("@{Remove='WSMAN/mem1.contoso.com'}"), "{undo:?}");
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
         # not here: with each connection: -SessionOption (New-PSSessionOption\n\
         # -IncludePortInSPN)\n"
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

#[tokio::test]
async fn what_is_left_to_somebody_at_the_client_is_handed_over_too() {
    for remedy in [Remedy::WsmanPrefix, Remedy::HostPrefix] {
        let whole = planned(&mut directory(), &remedy).await;
        let by_hand = whole.clone().with_client_by_hand();
        assert!(by_hand.client.is_empty(), "{by_hand}");
        assert_ne!(by_hand.warnings, whole.warnings, "{by_hand}");
        for form in HandOff::ALL {
            assert_eq!(by_hand.hand_off(form).unwrap(), whole.hand_off(form).unwrap(), "{form}");
        }
    }
    let nothing = planned(&mut directory(), &Remedy::RemoveRegistration { account: None }).await;
    assert_eq!(nothing.clone().with_client_by_hand(), nothing);
}

#[tokio::test]
async fn every_step_of_a_script_stops_it() {
    for remedy in [
        Remedy::RemoveRegistration { account: None },
        Remedy::PortSpns { port: WINRM_PORT },
        Remedy::WsmanPrefix,
        Remedy::HostPrefix,
    ] {
        let plan = planned(&mut directory(), &remedy).await;
        let steps = actions(&plan).len();
        let it = plan.hand_off(HandOff::Setspn).unwrap();
        for text in [&it.text, &it.undo] {
            let stopping = text.split("\r\n").filter(|line| line.ends_with(" || exit /b 1"));
            assert_eq!(stopping.count(), steps, "{text}");
        }
        let it = plan.hand_off(HandOff::PowerShell).unwrap();
        for text in [&it.text, &it.undo] {
            let before = text.split_once("$ErrorActionPreference = 'Stop'\r\n").unwrap().0;
            assert!(before.lines().all(|line| line.starts_with('#')), "{text}");
            assert_eq!(text.contains("#Requires"), text.contains("Set-AD"), "{text}");
        }
    }
}
