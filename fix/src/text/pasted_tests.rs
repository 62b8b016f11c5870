use proptest::prelude::*;

use super::*;

fn message(text: &str) -> (String, String) {
    let error = PastedError::check(text).unwrap_err();
    (error.to_string(), error.hint())
}

fn meaning(wanted: Means) -> Vec<char> {
    let rows = TABLE.iter().filter(|(.., means)| *means == wanted);
    rows.flat_map(|(first, last, ..)| *first..=*last).collect()
}

#[test]
fn a_character_is_named_with_the_right_one() {
    let table = [
        (
            "HTTP/web–7",
            "\"HTTP/web–7\" has '–' (U+2013, en dash)",
            "type - in its place: HTTP/web-7",
        ),
        (
            "“HTTP/web7.contoso.com”",
            "\"“HTTP/web7.contoso.com”\" has '“' (U+201C, left double quotation mark)",
            "the right quotes are \" and ': \"HTTP/web7.contoso.com\"",
        ),
        (
            "«web7»",
            "\"«web7»\" has '«' (U+00AB, left-pointing double angle quotation mark)",
            "the right quotes are \" and ': \"web7\"",
        ),
        (
            "-Q\u{a0}HTTP/web7",
            "\"-Q\\u{a0}HTTP/web7\" has U+00A0 (no-break space)",
            "type a blank in its place: -Q HTTP/web7",
        ),
        (
            "we\u{200b}b7",
            "\"we\\u{200b}b7\" has U+200B (zero width space)",
            "leave it out, it cannot be seen: web7",
        ),
        (
            "HTTP／web7",
            "\"HTTP／web7\" has '／' (U+FF0F, fullwidth solidus)",
            "type / in its place: HTTP/web7",
        ),
        (
            "\"web7\"",
            "\"\\\"web7\\\"\" has '\"' (U+0022, quotation mark)",
            "the right quotes are \" and ': \"web7\"",
        ),
    ];
    for (text, error, hint) in table {
        assert_eq!(message(text), (error.to_owned(), hint.to_owned()));
    }
}

#[test]
fn dashes_in_front_of_an_option_are_dashes() {
    let table = [
        ("–Q", "-Q"),
        ("—x", "-x"),
        ("−2144108387", "-2144108387"),
        ("–server", "--server"),
        ("—server=dc1", "--server=dc1"),
        ("–-server", "--server"),
        ("-–server", "--server"),
        ("––server", "--server"),
        ("—", "--"),
        ("––", "--"),
        ("–", "–"),
        ("-Q", "-Q"),
        ("--server", "--server"),
        ("mem–1", "mem–1"),
        ("", ""),
        ("–Q\u{a0}HTTP/web7", "-Q\u{a0}HTTP/web7"),
    ];
    for (typed, meant) in table {
        assert_eq!(dashed(typed), meant, "{typed}");
    }
    // The list of the issue.
    for number in (0x2010..=0x2015).chain([0x2212, 0xfe58, 0xfe63, 0xff0d]) {
        let dash = char::from_u32(number).unwrap();
        assert_eq!(dashed(&format!("{dash}Q")), "-Q", "U+{number:04X}");
    }
}

#[test]
fn names_of_all_languages_pass() {
    for text in ["web7", "CONTOSO\\svc_web", "O'Neil", "Größe", "中文", "ウェブ", "Ａ", "a\tb", "-"]
    {
        assert_eq!(PastedError::check(text), Ok(()), "{text}");
    }
}

#[test]
fn no_two_rows_have_one_character() {
    for (at, (first, last, ..)) in TABLE.iter().enumerate() {
        assert!(first <= last && !first.is_ascii());
        let others = TABLE.iter().enumerate().filter(|(other, _)| *other != at);
        for (_, (other, end, ..)) in others {
            assert!(last < other || first > end, "{first:?} {other:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_dash_works_or_is_named(
        dash in prop::sample::select(meaning(Means::Dash)),
        count in 1usize..4, word in "[a-zA-Z][a-z-]{0,8}",
    ) {
        let typed = format!("{}{word}", dash.to_string().repeat(count));
        let meant = dashed(&typed).into_owned();
        let right = [format!("-{word}"), format!("--{word}")];
        prop_assert!(right.contains(&meant), "{}", meant);
        let inside = format!("{word}{dash}{word}");
        prop_assert_eq!(dashed(&inside), inside.as_str());
        let error = PastedError::check(&inside).unwrap_err();
        let (number, right) = (format!("U+{:04X}", u32::from(dash)), format!("{word}-{word}"));
        prop_assert!(error.to_string().contains(&number) && error.hint().ends_with(&right));
    }

    #[test]
    fn any_quote_blank_or_unseen_character_is_named(
        odd in prop::sample::select(
            [Means::Quote, Means::Blank, Means::Nothing].map(meaning).concat()),
        word in "[a-z0-9]{1,8}",
    ) {
        for text in [format!("{odd}{word}"), format!("{word}{odd}"), format!("{odd}{word}{odd}")] {
            let error = PastedError::check(&text).unwrap_err();
            let number = format!("U+{:04X}", u32::from(odd));
            prop_assert!(error.to_string().contains(&number), "{}", error);
            prop_assert!(error.hint().contains(&word), "{}", error.hint());
        }
    }

    #[test]
    fn no_text_panics_and_the_right_text_is_right(text in "\\PC{0,12}", any in ".{0,12}") {
        for text in [text, any] {
            dashed(&text);
            if let Err(error) = PastedError::check(&text) {
                let right = error.right();
                prop_assert!(!right.chars().any(|c| Pasted::of(c).is_some()), "{:?}", right);
                prop_assert!(!error.hint().is_empty());
            }
        }
    }

    #[test]
    fn what_the_keyboard_has_stays(text in "[ -~]{0,20}") {
        prop_assert_eq!(dashed(&text), text.as_str());
        if Pasted::around(&text).is_none() {
            prop_assert_eq!(PastedError::check(&text), Ok(()));
        }
    }
}
