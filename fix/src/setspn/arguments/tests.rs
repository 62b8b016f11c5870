use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::connect::{PasswordSource, TlsMode};
use crate::setspn::Target;

fn parsed(arguments: &[&str]) -> Result<Arguments, UsageError> {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    Arguments::parse(&arguments)
}

fn request(arguments: &[&str]) -> Request {
    parsed(arguments).unwrap().request
}

fn who(typed: &str, sort: Sort) -> Who {
    Who { typed: typed.to_owned(), sort }
}

#[test]
fn every_switch_is_read() {
    let either = |name: &str| who(name, Sort::Either);
    let web = || "http/daserver".parse().unwrap();
    let table: &[(&[&str], Command)] = &[
        (&[], Command::Help),
        (&["-?"], Command::Help),
        (&["/?"], Command::Help),
        (&["--help"], Command::Help),
        (&["-F", "-?", "x"], Command::Help),
        (&["mem1"], Command::List(either("mem1"))),
        (&["-l", "CONTOSO\\mem1"], Command::List(either("CONTOSO\\mem1"))),
        (&["-U", "web"], Command::List(who("web", Sort::User))),
        (&["-Q", "*/*"], Command::Query("*/*".parse().unwrap())),
        (&["/S", "http/daserver", "web"], Command::AddChecked(web(), either("web"))),
        (&["-U", "-s", "http/daserver", "web"], Command::AddChecked(web(), who("web", Sort::User))),
        (&["-a", "http/daserver", "-c", "mem1"], Command::Add(web(), who("mem1", Sort::Computer))),
        (&["-d", "odd", "mem1$"], Command::Delete("odd".to_owned(), either("mem1$"))),
        (&["-R", "daserver1"], Command::Reset(who("daserver1", Sort::Computer))),
        (&["-x"], Command::Duplicates { shadowed: false }),
        (&["--shadowed", "-X"], Command::Duplicates { shadowed: true }),
        (&["-L", "--", "-odd"], Command::List(either("-odd"))),
        (&["–X"], Command::Duplicates { shadowed: false }),
        (&["—shadowed", "−x"], Command::Duplicates { shadowed: true }),
        (&["–Q", "*/*"], Command::Query("*/*".parse().unwrap())),
        (&["-L", "—", "web"], Command::List(either("web"))),
        (&["-L", "svc_web@contoso.com"], Command::List(either("svc_web@contoso.com"))),
        (&["-D", "--", "“odd”", "svc–web"], Command::Delete("“odd”".to_owned(), either("svc–web"))),
        (&["-D", "HTTP/a@B", "web"], Command::Delete("HTTP/a@B".to_owned(), either("web"))),
    ];
    for (arguments, expected) in table {
        assert_eq!(request(arguments).command, *expected, "{arguments:?}");
    }
}

#[test]
fn modifiers_say_where() {
    let help = request(&["-T", "*", "-T", "bar", "-X"]);
    assert_eq!(help.targets, [Target::Current, Target::Named("bar".to_owned())]);
    assert_eq!((help.scope, help.progress), (Scope::Domain, true));
    let help = request(&["-T", "", "-Q", "*/daserver", "/f", "/P"]);
    assert_eq!(help.targets, [Target::Current]);
    assert_eq!((help.scope, help.progress), (Scope::Forest, false));
    assert_eq!(request(&["-F", "-S", "http/daserver", "daserver1"]).scope, Scope::Forest);
}

#[test]
fn nonsense_is_named() {
    let table: &[(&[&str], &str)] = &[
        (&["-Z"], "there is no switch -Z"),
        (&["-QX"], "there is no switch -QX"),
        (&["-"], "there is no switch -"),
        (&["/etc/passwd"], "there is no switch /etc/passwd"),
        (&["-Q", "a/b", "-L", "x"], "-Q and -L cannot be combined"),
        (&["-X", "-X"], "-X and -X cannot be combined"),
        (&["-C", "-U", "-L", "x"], "-C and -U cannot be combined"),
        (&["-F", "-L", "x"], "-L does not take -F"),
        (&["-P", "-S", "a/b", "x"], "-S does not take -P"),
        (&["-T", "bar", "-A", "a/b", "x"], "-A does not take -T"),
        (&["-U", "-Q", "a/b"], "-Q does not take -U"),
        (&["-U", "-R", "x"], "-R does not take -U"),
        (&["--shadowed", "-Q", "a/b"], "-Q does not take --shadowed"),
        (&["-F"], "-F says how, but no switch says what to do"),
        (&["-T"], "-T needs the name of a domain (\"\" or * is the current one)"),
        (&["-T", "-X"], "-T needs the name of a domain (\"\" or * is the current one)"),
        (&["-Q"], "-Q needs an SPN to look for, such as HTTP/mem1 or */mem1"),
        (&["-S", "a/b"], "-S needs the name of an account"),
        (&["-L", ""], "-L needs the name of an account"),
        (&["-X", "a/b"], "\"a/b\" is one argument too many"),
        (&["a", "b"], "\"b\" is one argument too many"),
        (
            &["-S", "ab", "x"],
            "\"ab\" is not an SPN: there is no slash between service class and host",
        ),
        (&["-A", "a/*", "x"], "\"a/*\" is not an SPN: '*' cannot be in the host"),
    ];
    for (arguments, expected) in table {
        let error = parsed(arguments).unwrap_err();
        assert_eq!(error.to_string(), *expected, "{arguments:?}");
        assert!(!error.hint().is_empty() && !error.code().is_empty());
    }
}

#[test]
fn what_was_pasted_is_named_with_the_right_one() {
    // Arguments, a part of the message, and the beginning of the hint.
    let table: &[(&[&str], &str, &str)] = &[
        (
            &["-Q", "“HTTP/web7.contoso.com”"],
            "has '“' (U+201C, left double quotation mark)",
            "the right quotes are \" and ': \"HTTP/web7.contoso.com\"",
        ),
        (&["-Q", "«HTTP/web7»"], "U+00AB", "the right quotes are \" and ': \"HTTP/web7\""),
        (
            &["-Q\u{a0}HTTP/web7"],
            "U+00A0 (no-break space)",
            "type a blank in its place: -Q HTTP/web7",
        ),
        (&["-Q", "\u{200b}HTTP/web7"], "U+200B (zero width space)", "leave it out"),
        (&["-L", "svc‑web"], "U+2011, non-breaking hyphen", "type - in its place: svc-web"),
        (&["-L", "–"], "U+2013, en dash", "type - in its place: -"),
        (&["-D", "’HTTP/web7’", "x"], "U+2019", "the right quotes are"),
        (&["-S", "HTTP／web7", "x"], "U+FF0F, fullwidth solidus", "type / in its place: HTTP/web7"),
        (&["-T", "“bar”", "-X"], "U+201C", "the right quotes are \" and ': \"bar\""),
        (&["-X", "--server", "“dc1”"], "U+201C", "the right quotes are \" and ': \"dc1\""),
        (&["-X", "--server\u{a0}dc1"], "U+00A0", "type a blank in its place: --server dc1"),
        (&["-X", "–server", "dc–1"], "U+2013", "type - in its place: dc-1"),
        (
            &["-S", "http://web7.contoso.com:5985/", "x"],
            "it is a URL",
            "write HTTP/web7.contoso.com,",
        ),
        (&["-Q", "https://web7.contoso.com"], "it is a URL", "write HTTP/web7.contoso.com"),
        (
            &["-S", "HTTP/web7@CONTOSO.COM", "x"],
            "a realm is no part",
            "leave the realm out: HTTP/web7",
        ),
        (&["-Q", "HTTP/web7@CONTOSO.COM"], "a realm is no part", "leave the realm out: HTTP/web7"),
        (&["-S", "HTTP@web7", "x"], "host-based name of GSSAPI", "write HTTP/web7"),
        (&["-S", "HTTP\\web7", "x"], "a backslash is no slash", "write HTTP/web7"),
        (
            &["-S", "HTTP/[fd00::1]", "web7"],
            "fd00::1 is an IPv6 address",
            "write the computer's name",
        ),
        (
            &["-S", "HTTP/fd00::1", "web7"],
            "fd00::1 is an IPv6 address",
            "write the computer's name",
        ),
        (
            &["-T", "a.txt", "b.txt", "-F", "-Q", "HTTP/web7"],
            "\"b.txt\" behind -T",
            "quote the star",
        ),
        (&["-F", "-Q", "HTTP/web7", "-T", "a", "b", "c"], "the shell's star", "quote the star"),
        (&["-T", "a", "b", "-X"], "the shell's star", "quote the star"),
    ];
    for (arguments, message, hint) in table {
        let error = parsed(arguments).unwrap_err();
        assert!(error.to_string().contains(message), "{arguments:?}: {error}");
        assert!(error.hint().starts_with(hint), "{arguments:?}: {}", error.hint());
    }
    // A file may have any name, and a password is not repeated.
    assert!(parsed(&["-X", "--ca", "“ca” – 1.pem"]).is_ok());
    let secret = parsed(&["-X", "--password", "“geheim”"]).unwrap_err();
    assert_eq!(secret, UsageError::Password);
    // One word behind -T is no star.
    assert!(parsed(&["-Q", "-T", "bar", "HTTP/web7"]).is_ok());
}

#[test]
fn long_options_say_how_to_connect() {
    let arguments = parsed(&[
        "-X",
        "--json",
        "--server",
        "dc1.contoso.com",
        "--address=127.0.0.1:636",
        "--ca",
        "ca.pem",
        "--tls",
        "starttls",
        "--user=a@contoso.com",
        "--password-file",
        "p",
        "--gc",
        "[::1]:3269",
        "--dns",
        "127.0.0.1",
        "--timeout",
        "9",
    ])
    .unwrap();
    assert!(arguments.json);
    let connection = arguments.connection;
    assert_eq!(connection.server.as_deref(), Some("dc1.contoso.com"));
    assert_eq!(connection.address.as_deref(), Some("127.0.0.1:636"));
    assert_eq!(connection.gc.as_deref(), Some("[::1]:3269"));
    assert_eq!(connection.dns.as_deref(), Some("127.0.0.1"));
    assert_eq!(connection.ca, Some(PathBuf::from("ca.pem")));
    assert_eq!(connection.tls, Some(TlsMode::StartTls));
    assert_eq!(connection.timeout, Some(Duration::from_secs(9)));
    let user = connection.user.unwrap();
    assert_eq!(user.name, "a@contoso.com");
    assert_eq!(user.password, PasswordSource::File(PathBuf::from("p")));
    let prompted = parsed(&["-X", "--user", "a"]).unwrap().connection.user.unwrap();
    assert_eq!(prompted.password, PasswordSource::Prompt);
    let piped = parsed(&["-X", "--user", "a", "--password-stdin"]).unwrap().connection.user;
    assert_eq!(piped.unwrap().password, PasswordSource::Stdin);
}

#[test]
fn version_and_colour() {
    let parsed = |arguments: &[&str]| parsed(arguments).unwrap();
    let version = parsed(&["-X", "--version"]);
    assert!(version.version && version.request.command == Command::Help);
    let table = [
        (&["-X"][..], Color::Auto),
        (&["-X", "--color", "auto"], Color::Auto),
        (&["-X", "--color=always"], Color::Always),
        (&["--color", "never", "-X"], Color::Never),
    ];
    for (arguments, expected) in table {
        let arguments = parsed(arguments);
        assert!(arguments.color == expected && !arguments.version);
    }
}

#[test]
fn odd_options_are_named() {
    let table: &[(&[&str], &str)] = &[
        (&["--password", "geheim"], "a password is never an argument"),
        (&["--password=geheim"], "a password is never an argument"),
        (&["--password-stdin"], "a password needs --user"),
        (
            &["--user", "a", "--password-stdin", "--password-file", "p"],
            "--password-file and --password-stdin cannot be combined",
        ),
        (&["-X", "--color", "red"], "--color cannot be \"red\": it is auto, always or never"),
        (&["-X", "--color"], "--color needs a value"),
        (&["--json=yes"], "\"yes\" is one argument too many"),
        (&["--server"], "--server needs a value"),
        (&["--server="], "--server needs a value"),
        (&["--server", "a", "--server", "b"], "--server is given twice"),
        (&["--tls", "ssl"], "--tls cannot be \"ssl\": it is ldaps or starttls"),
        (&["--address", "dc1"], "--address cannot be \"dc1\": it is host:port"),
        (&["--gc", "dc1:0"], "--gc cannot be \"dc1:0\": it is host:port"),
        (
            &["--timeout", "0"],
            "--timeout cannot be \"0\": it is a number of seconds from 1 to 86400",
        ),
        (&["--nonsense=geheim"], "there is no switch --nonsense"),
    ];
    for (options, expected) in table {
        let arguments: Vec<&str> = ["-X"].iter().chain(options.iter()).copied().collect();
        assert_eq!(parsed(&arguments).unwrap_err().to_string(), *expected, "{options:?}");
    }
}

proptest! {
    #[test]
    fn no_arguments_panic_and_every_error_says_something(
        arguments in proptest::collection::vec("(-|/|--)?[a-zA-Z?*\\\\/=:äÖ ]{0,9}", 0..6),
    ) {
        if let Err(error) = Arguments::parse(&arguments) {
            prop_assert!(!error.to_string().is_empty());
            prop_assert!(!error.hint().is_empty());
        }
    }

    #[test]
    fn no_pasted_argument_panics_or_is_taken_for_another(
        arguments in proptest::collection::vec("[-–—−‑/]{0,2}[a-zA-Z\u{a0}“”\u{200b}:@*]{0,5}", 0..5),
    ) {
        match Arguments::parse(&arguments) {
            Ok(_) => {}
            Err(error) => prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty()),
        }
    }

    #[test]
    fn any_dash_makes_the_same_switch(
        dash in prop::sample::select("‐‑‒–—―−﹘﹣－".chars().collect::<Vec<_>>()),
        letter in prop::sample::select("QqLlDd".chars().collect::<Vec<_>>()),
    ) {
        let words = ["a/b", "x"].into_iter().take(if "Dd".contains(letter) { 2 } else { 1 });
        let line = |switch: String| {
            Arguments::parse(&words.clone().map(str::to_owned).chain([switch]).collect::<Vec<_>>())
        };
        prop_assert_eq!(line(format!("{dash}{letter}")).unwrap(), line(format!("-{letter}")).unwrap());
        let long = |dash: &str| Arguments::parse(&["-X".to_owned(), format!("{dash}server=dc1")]);
        prop_assert_eq!(long(&dash.to_string()).unwrap(), long("--").unwrap());
    }

    #[test]
    fn case_dash_and_place_of_a_modifier_do_not_matter(
        upper in any::<bool>(), slash in any::<bool>(), before in any::<bool>(),
        modifier in prop::sample::select(vec!["F", "P"]), name in "[a-z]{1,5}",
    ) {
        let form = |letter: &str| {
            let dash = if slash { '/' } else { '-' };
            let letter = if upper { letter.to_owned() } else { letter.to_lowercase() };
            format!("{dash}{letter}")
        };
        let spn = format!("http/{name}");
        let (modified, query) = (form(modifier), form("Q"));
        let typed = if before { [&modified, &query, &spn] } else { [&query, &spn, &modified] };
        let plain = [&format!("-{modifier}"), "-Q", &spn].map(str::to_owned);
        prop_assert_eq!(
            Arguments::parse(&typed.map(Clone::clone)).unwrap(),
            Arguments::parse(&plain).unwrap()
        );
    }

    #[test]
    fn what_was_typed_is_what_is_asked_for(
        name in "[a-zA-Z0-9_]{2,12}\\$?", host in "[a-z0-9.]{1,12}", port in 1u16..,
    ) {
        let spn = format!("HTTP/{host}:{port}");
        for (switch, checked) in [("-S", true), ("-A", false)] {
            let typed = [switch, &spn, &name].map(str::to_owned);
            let (asked, account) = match Arguments::parse(&typed).unwrap().request.command {
                Command::AddChecked(asked, account) if checked => (asked, account),
                Command::Add(asked, account) if !checked => (asked, account),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(asked.to_string(), spn.clone());
            prop_assert_eq!(account, who(&name, Sort::Either));
        }
    }
}
