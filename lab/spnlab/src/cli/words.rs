//! The words of the command line before clap reads them: what was pasted, and what is for another
//! program.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, Error, Parser};
use spnfix::{PastedError, dashed, shown};

use super::Cli;

/// Options whose values may have any character: names of files, remote commands, and names that
/// have a check of their own.
const ANY_VALUE: [&str; 6] =
    ["-c", "--command", "--evidence", "--ca", "--password-file", "--account"];

/// Options of `spnlab setspn` itself; those of the first list take a value.
const OF_SETSPN: (&[&str], &[&str]) =
    (&["--user", "--name"], &["--json", "--quiet", "--help", "-h"]);

impl Cli {
    /// Reads the words, the program's name first.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        Self::try_parse_from(checked(words)?)
    }
}

/// The words with the dashes that were meant, and `--` in front of what is for another program.
/// Refuses other pasted characters.
fn checked(words: impl IntoIterator<Item = OsString>) -> Result<Vec<OsString>, Error> {
    let mut words = words.into_iter();
    let mut checked: Vec<OsString> = words.next().into_iter().collect();
    let mut verb: Option<String> = None;
    while let Some(word) = words.next() {
        let Some(typed) = word.to_str() else {
            checked.push(word);
            continue;
        };
        let text = dashed(typed).into_owned();
        let (option, attached) = match text.split_once('=') {
            Some((option, _)) => (option, true),
            None => (text.as_str(), false),
        };
        let goes_on = match verb.as_deref() {
            Some("setspn") => !is_own(option, attached),
            Some("test") => true,
            _ => false,
        };
        if text == "--" || goes_on {
            checked.push("--".into());
            checked.extend((text != "--").then_some(word));
            break;
        }
        let any_value = ANY_VALUE.contains(&option);
        // `-c` may have its value behind it without a blank.
        if !(any_value || typed.starts_with("-c")) {
            PastedError::check(&text).map_err(|error| refused(&error))?;
        }
        if verb.is_none() && !text.starts_with('-') {
            verb = Some(text.clone());
        }
        let own_value = verb.as_deref() == Some("setspn") && OF_SETSPN.0.contains(&option);
        let value = if any_value && !attached {
            words.next()
        } else if own_value && !attached {
            words.next().map(plain).transpose()?
        } else {
            None
        };
        checked.push(text.into());
        checked.extend(value);
    }
    checked.extend(words);
    Ok(checked)
}

/// Whether it is an option of `spnlab setspn`, not of the program `setspn`.
fn is_own(option: &str, attached: bool) -> bool {
    OF_SETSPN.0.contains(&option) || !attached && OF_SETSPN.1.contains(&option)
}

fn plain(word: OsString) -> Result<OsString, Error> {
    let text = word.to_str().unwrap_or_default();
    PastedError::check(text).map_err(|error| refused(&error))?;
    Ok(word)
}

fn refused(error: &PastedError) -> Error {
    let text = format!("{}\nhint: {}", shown(error), shown(error.hint()));
    Cli::command().error(ErrorKind::InvalidValue, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Verb;

    fn read(words: &[&str]) -> Result<Cli, Error> {
        Cli::read(["spnlab"].iter().chain(words).map(OsString::from))
    }

    fn to_setspn(words: &[&str]) -> (String, String, Vec<String>) {
        let Verb::Setspn(options) = read(words).unwrap().verb else { panic!("{words:?}") };
        (options.user, options.lab.name, options.arguments)
    }

    #[test]
    fn what_follows_setspn_goes_on_untouched() {
        let lines: &[&[&str]] = &[
            &["-q", "http/mem1.contoso.com"],
            &["-Q", "HTTP/mem1"],
            &["–Q", "“HTTP/mem1”"],
            &["-X", "--json", "--quiet", "--name", "x", "--user", "y"],
            &["-?"],
            &["/?"],
            &["mem1"],
            &["-V"],
            &["-L", "--", "-odd"],
            &["--shadowed", "-X"],
            &["--version"],
            &["-h=x"],
            &[],
        ];
        for line in lines {
            let expected: Vec<String> = line.iter().map(ToString::to_string).collect();
            let (user, name) = ("spn_operator".to_owned(), "lab".to_owned());
            assert_eq!(
                to_setspn(&[&["setspn"][..], *line].concat()),
                (user, name, expected.clone())
            );
            let own = ["-q", "setspn", "--user", "trainer", "—name=x"];
            let own = [&own[..], *line].concat();
            let (user, name) = ("trainer".to_owned(), "x".to_owned());
            assert_eq!(to_setspn(&own), (user, name, expected));
        }
        assert_eq!(to_setspn(&["setspn", "--", "-q", "x"]).2, ["-q", "x"]);
        let cli = read(&["setspn", "--json", "-q", "x"]).unwrap();
        assert!(cli.json && !cli.quiet);
    }

    #[test]
    fn what_follows_test_goes_on_untouched() {
        let after_test = |words: &[&str]| match read(words).unwrap().verb {
            Verb::Test { words } => words,
            _ => panic!("{words:?}"),
        };
        for words in [&["--help"][..], &["--json", "x", "-q"], &["--name", "“a”"], &[]] {
            assert_eq!(after_test(&[&["-q", "test"][..], words].concat()), words);
        }
    }

    #[test]
    fn dashes_are_dashes_and_the_rest_is_named() {
        let cli = read(&["–q", "diagnose", "—server", "dc1", "−−json", "–saw", "−2144108387"]);
        let cli = cli.unwrap();
        let Verb::Diagnose(options) = cli.verb else { panic!() };
        assert!(cli.quiet && cli.json);
        assert_eq!(options.external.server.as_deref(), Some("dc1"));
        assert_eq!(options.saw.unwrap().readings().len(), 7);
        for (words, number) in [
            (&["diagnose", "“mem1”"][..], "U+201C"),
            (&["diagnose", "mem–1"], "U+2013"),
            (&["diagnose", "--server\u{a0}dc1"], "U+00A0"),
            (&["diagnose", "--server=‹dc1›"], "U+2039"),
            (&["diagnose", "--server", "dc\u{200b}1"], "U+200B"),
            (&["status", "--name", "’lab’"], "U+2019"),
            (&["setspn", "--user", "“trainer”", "-X"], "U+201C"),
            (&["fix", "--option", "1", "--account", "«svc_web»"], "U+00AB"),
        ] {
            let error = read(words).unwrap_err();
            assert!(error.to_string().contains(number), "{words:?}: {error}");
            assert!(error.to_string().contains("hint: "), "{words:?}: {error}");
            assert_eq!(error.exit_code(), 2);
        }
        // A command for the host, and the name of a folder, may have any character.
        for words in [
            &["connect", "-c", "—x “y”"][..],
            &["connect", "-cecho “y”"],
            &["connect", "--command=“y”"],
            &["browse", "--evidence", "“a” – b"],
        ] {
            assert!(read(words).is_ok(), "{words:?}");
        }
    }

    #[test]
    fn a_lab_has_a_name() {
        let error = read(&["status", "--name", ""]).unwrap_err().to_string();
        assert!(error.contains("the name of a lab is empty"), "{error}");
        assert!(read(&["status", "--name", " "]).is_err());
    }
}
