use proptest::prelude::*;

use super::super::saw_table::{FAULTS, Meaning, ROWS, Row};
use super::*;

const DOCUMENT: &str = include_str!("../../docs/client-status.md");

fn saw(text: &str) -> Saw {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The readings as the words that are exact, or as the cause.
fn read(text: &str) -> Vec<String> {
    let word = |reading: &Observed| match reading {
        Observed::ClientStatus(status) if status.stands_for.is_none() => status.cause.clone(),
        _ if word_of(reading).is_empty() => reading.meant().to_string(),
        _ => word_of(reading),
    };
    saw(text).readings().iter().map(word).collect()
}

/// The cells of the table below a heading of the document.
fn table(heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.contains("|---"));
    rows.skip(1).map(|row| row.trim_matches('|').split('|').map(cell).collect()).collect()
}

#[test]
fn our_own_words_stay() {
    for (word, earlier, expected) in [
        ("as:24", "logon:24", Observed::from_logon(24)),
        ("tgs:7", "ticket:7", Observed::from_ticket_request(7)),
        ("ap:41", "endpoint:41", Observed::from_endpoint(41)),
    ] {
        for text in [word, earlier] {
            assert_eq!(saw(text).readings(), std::slice::from_ref(&expected), "{text}");
            assert_eq!(saw(text).note(), None);
            assert_eq!(saw(text).to_string(), text);
        }
    }
    for (word, expected) in [
        ("no-kdc", Observed::NoKdc),
        ("name-not-found", Observed::NameNotFound),
        ("unreachable", Observed::Unreachable),
        ("access-denied", Observed::AccessDenied),
        ("accepted", Observed::Accepted),
    ] {
        assert_eq!(saw(word).readings(), [expected], "{word}");
    }
    let bad = ["", "ap", "ap:", "ap:x", "ap:-1", "tls:41", "no-kdc:1", "AP:41", "what"];
    // Neither a constant nor a number of 32 bits.
    let others = ["WHAT", "what_else", "0x1234567880090322", "0xFFFFFFFF800903220"];
    for bad in bad.into_iter().chain(others) {
        let error = bad.parse::<Saw>().unwrap_err();
        assert!(matches!(error, SawError::Form { .. }), "{bad}");
    }
}

#[test]
fn a_status_of_windows_is_read_backwards() {
    let table: &[(&str, &[&str])] = &[
        ("0x80090322", &["ap:41"]),
        ("0X80090322", &["ap:41"]),
        ("80090322", &["ap:41"]),
        ("8009030e", &["no credentials to use", "tgs:32"]),
        ("0x80090322L", &["ap:41"]),
        ("0xFFFFFFFF80090322", &["ap:41"]),
        ("-2146893022", &["ap:41"]),
        ("−2146893022", &["ap:41"]),
        ("2148074274", &["ap:41"]),
        ("SEC_E_WRONG_PRINCIPAL", &["ap:41"]),
        ("sec_e_wrong_principal", &["ap:41"]),
        ("SEC_E_WRONG_PRINCIPAL (0x80090322)", &["ap:41"]),
        ("The following error with errorcode 0x80090322 occurred while using Kerberos", &["ap:41"]),
        (
            "-2144108387",
            &["ap:41", "no credentials to use", "tgs:32", "ap:37", "as:37", "ap:33", "tgs:14"],
        ),
        ("0x80090303", &["tgs:7"]),
        ("-2147024843", &["tgs:7"]),
        ("53", &["tgs:7"]),
        ("1326", &["as:24", "as:6", "as:18", "as:23", "as:31"]),
        ("0x8007052E", &["as:24", "as:6", "as:18", "as:23", "as:31"]),
        ("LogonFailure,PSSessionOpenFailed", &["as:24", "as:6", "as:18", "as:23", "as:31"]),
        ("1311", &["no domain controller answered"]),
        (
            "5",
            &[
                "the target knew the user and refused him: access denied (5)",
                "401 that does not offer the scheme that was asked for",
            ],
        ),
        ("CannotUseIPAddress,PSSessionOpenFailed", &["the target is an IP address"]),
        ("ERROR_WSMAN_NAME_NOT_RESOLVED", &["DNS does not know the target's name"]),
        (
            "2150859173",
            &["the endpoint answered with this fault of WS-Management; it knew the user"],
        ),
        ("E_ACCESSDENIED", &["the target knew the user and refused him: access denied (5)"]),
        ("41", &["ap:41", "as:41", "tgs:41"]),
        ("KRB_AP_ERR_MODIFIED", &["ap:41", "as:41", "tgs:41"]),
        ("7", &["tgs:7", "as:7"]),
        (
            "14",
            &[
                "tgs:14",
                "as:14",
                "the endpoint answered with this fault of WS-Management; it knew the user",
            ],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), *expected, "{text}");
    }
}

/// RFC 4120 7.5.9.
#[test]
fn a_code_has_the_same_name_when_it_is_read_and_shown() {
    for (code, name) in [
        (6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"),
        (7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"),
        (8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE"),
        (14, "KDC_ERR_ETYPE_NOSUPP"),
        (18, "KDC_ERR_CLIENT_REVOKED"),
        (23, "KDC_ERR_KEY_EXPIRED"),
        (24, "KDC_ERR_PREAUTH_FAILED"),
        (31, "KRB_AP_ERR_BAD_INTEGRITY"),
        (32, "KRB_AP_ERR_TKT_EXPIRED"),
        (33, "KRB_AP_ERR_TKT_NYV"),
        (35, "KRB_AP_ERR_NOT_US"),
        (37, "KRB_AP_ERR_SKEW"),
        (41, "KRB_AP_ERR_MODIFIED"),
        (44, "KRB_AP_ERR_BADKEYVER"),
        (45, "KRB_AP_ERR_NOKEY"),
    ] {
        let ticket = Observed::from_ticket_request(code);
        assert!(saw(name).readings().contains(&ticket), "{name}");
        let text = format!("the domain controller refused the ticket: {name} ({code})");
        assert_eq!(ticket.to_string(), text);
    }
}

#[test]
fn what_stays_open_is_said() {
    assert_eq!(saw("0x80090322").note(), None);
    assert_eq!(
        saw("0x80090303").note().unwrap(),
        "SEC_E_TARGET_UNKNOWN: the KDC knows no account for the SPN, KDC_ERR_S_PRINCIPAL_UNKNOWN \
         (7) (transcript): tgs:7 or as:7"
    );
    let note = saw("-2144108387").note().unwrap();
    assert_eq!(note.lines().count(), 7, "{note}");
    assert!(note.contains("SEC_E_NO_CREDENTIALS: no credentials to use (transcript)"));
    assert!(note.contains("KRB_AP_ERR_SKEW (37) (inferred): ap:37"));
    assert!(
        saw("5").note().is_some() && saw("41").note().is_some() && saw("1311").note().is_none()
    );
}

#[test]
fn a_status_was_never_on_the_wire() {
    for row in ROWS {
        for reading in saw(row.constant).readings() {
            let text = reading.to_string();
            assert!(text.starts_with(&format!("the client reports {}", row.constant)), "{text}");
            assert!(text.contains("nobody looked at the wire"), "{text}");
        }
    }
    // With its number as Windows prints it, and what it may stand for.
    for (text, number, meaning) in [
        (
            "SEC_E_WRONG_PRINCIPAL",
            "0x80090322",
            "the target answered KRB_AP_ERR_MODIFIED (41) (documented)",
        ),
        ("ERROR_WSMAN_HTTP_NOT_FOUND_STATUS", "0x80338113", "HTTP status 404 (documented)"),
        (
            "ERROR_ACCESS_DENIED",
            "5",
            "the target knew the user and refused him: access denied (5) (transcript)",
        ),
    ] {
        let expected = format!(
            "the client reports {text} ({number}), and nobody looked at the wire. It may stand for \
             this: {meaning}"
        );
        assert_eq!(saw(text).readings()[0].to_string(), expected);
    }
}

#[test]
fn what_is_not_known_says_so() {
    // 20 would be known as a hexadecimal number.
    for text in ["0x8009030F", "99", "20", "SEC_E_NOT_A_NAME", "0x80339999"] {
        assert!(matches!(text.parse::<Saw>(), Err(SawError::Unknown { .. })), "{text}");
    }
    for text in ["CreateRemoteRunspaceFailed", "PSSessionOpenFailed"] {
        assert!(matches!(text.parse::<Saw>(), Err(SawError::SaysNothing { .. })), "{text}");
    }
    for (text, hint) in [
        ("what", "it is as:CODE, tgs:CODE, ap:CODE, no-kdc,"),
        ("99", "docs/client-status.md has the known ones"),
        ("PSSessionOpenFailed", "give the errorcode in the message"),
    ] {
        let error = text.parse::<Saw>().unwrap_err();
        assert_eq!(error.code(), "SPNFIX-SAW", "{text}");
        assert!(error.hint().starts_with(hint), "{text}: {}", error.hint());
    }
}

#[test]
fn the_conditions_are_those_of_the_document() {
    let rows = table("Conditions");
    assert_eq!(rows.len(), 18);
    for row in &rows {
        let [cause, status, wsman, id, certainty, ..] = row.as_slice() else { panic!("{row:?}") };
        let (constant, value) = status.split_once("` ").unwrap();
        let of = |row: &&Row| row.constant == constant && row.cause == cause;
        let ours = ROWS.iter().find(of).unwrap_or_else(|| panic!("{status} {cause}"));
        assert_eq!(number(value), Some(ours.number), "{status}");
        assert_eq!(number(wsman), Some(ours.wsman), "{status}");
        let signed = i32::from_ne_bytes(ours.wsman.to_ne_bytes()).to_string();
        let ours_id = format!("{},PSSessionOpenFailed", ours.id.unwrap_or(&signed));
        assert_eq!(*id, ours_id);
        assert!(ROWS.iter().any(|row| row.cause == cause && row.certainty.name() == certainty));
        for text in [constant, value, wsman, id] {
            let readings = saw(text).readings().to_vec();
            let named = |reading: &Observed| matches!(reading, Observed::ClientStatus(status) if status.cause == *cause);
            assert!(readings.iter().any(named), "{text}: {cause}");
        }
    }
    for row in ROWS {
        assert!(rows.iter().any(|cells| cells[0] == row.cause), "{}", row.cause);
    }
}

#[test]
fn the_kerberos_codes_are_those_of_the_document() {
    let mut ours: Vec<(u32, &str, &str, &str)> = Vec::new();
    for row in ROWS {
        if let Meaning::Code(code, reporter) = &row.meaning {
            let by = if *reporter == Reporter::Kdc { "KDC" } else { "endpoint" };
            ours.push((*code, by, row.constant, row.certainty.name()));
        }
    }
    ours.sort_unstable();
    let rows = table("Kerberos codes");
    let mut documented: Vec<(u32, &str, &str, &str)> = Vec::new();
    for row in &rows {
        let [code, by, status, certainty] = row.as_slice() else { panic!("{row:?}") };
        let code = code.split_once('(').unwrap().1.trim_end_matches(')').parse().unwrap();
        let by = if by.contains("KDC") { "KDC" } else { "endpoint" };
        documented.push((code, by, status.split_once("` ").unwrap().0, certainty));
    }
    documented.sort_unstable();
    assert_eq!(ours, documented);
}

#[test]
fn the_faults_are_those_of_the_document() {
    let rows = table("WSManFaults");
    assert_eq!(rows.len(), FAULTS.len());
    for (row, (code, constant, id)) in rows.iter().zip(FAULTS) {
        let signed = i32::from_ne_bytes(code.to_ne_bytes()).to_string();
        let id = format!("{},PSSessionOpenFailed", id.unwrap_or(&signed));
        let number = format!("0x{code:08X}");
        assert_eq!(*row, [code.to_string(), number.clone(), (*constant).to_owned(), id.clone()]);
        for text in [&code.to_string(), &number, &id] {
            assert!(!saw(text).readings().is_empty(), "{text}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "([\\PC:,-]|0x|SEC_E_|-2144108387){0,8}", any in ".{0,30}") {
        for text in [text, any] {
            match text.parse::<Saw>() {
                Ok(saw) => prop_assert!(!saw.readings().is_empty()),
                Err(error) => prop_assert!(!error.hint().is_empty()),
            }
        }
    }

    #[test]
    fn every_form_of_a_number_is_the_same(value in any::<u32>()) {
        let signed = i32::from_ne_bytes(value.to_ne_bytes());
        for text in [format!("{value:#x}"), format!("{value:#010X}"), value.to_string(), signed.to_string()] {
            prop_assert_eq!(number(&text), Some(value), "{}", text);
        }
    }
}
