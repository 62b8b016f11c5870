use std::fmt::Write as _;

use super::*;

#[cfg(feature = "kerberos")]
mod mit;

/// What the files' texts say: the default realm, and the KDCs of CONTOSO.COM.
fn read(texts: &[&str]) -> (Option<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let paths = written(folder.path(), texts);
    let conf = Krb5Conf::read(&paths);
    assert_eq!(conf.passed_over, None, "{texts:?}");
    let kdcs = conf.kdcs("contoso.com").into_iter().map(str::to_owned).collect();
    (conf.default_realm().map(str::to_owned), kdcs)
}

fn written(folder: &Path, texts: &[&str]) -> Vec<PathBuf> {
    let files = texts.iter().enumerate().map(|(at, text)| {
        let path = folder.join(format!("krb5-{at}.conf"));
        fs::write(&path, text).unwrap();
        path
    });
    files.collect()
}

fn realm(body: &str) -> String {
    format!("[realms]\n CONTOSO.COM = {{\n{body}\n }}\n")
}

#[test]
fn every_spelling_of_the_default_realm_is_read() {
    for text in [
        "[libdefaults]\ndefault_realm=CONTOSO.COM",
        "[libdefaults]\n\tdefault_realm\t=\tCONTOSO.COM \t\n",
        "[libdefaults]\n default_realm = \"CONTOSO.COM\"\n",
        "[libdefaults]\n default_realm = \"CONTOSO.COM\" # ours\n",
        "[libdefaults]\r\n default_realm = CONTOSO.COM\r\n",
        "[libdefaults] \n\n; x = y\n# z\n default_realm = CONTOSO.COM\n",
        "[libdefaults]*\n default_realm* = CONTOSO.COM\n default_realm = OTHER\n",
        "= a comment }\n [x]\n[libdefaults]\n default_realm = CONTOSO.COM\n",
        "[realms]\n[libdefaults]\n default_realm = CONTOSO.COM\n default_realm = OTHER\n",
        "[libdefaults]\n[realms]\n A = {\n}\n[libdefaults]\n default_realm = CONTOSO.COM\n",
        "[libdefaults]\n [appdefaults]\n default_realm = OTHER\n [libdefaults]\n default_realm = CONTOSO.COM\n",
        "[libdefaults]\n sub = {\n default_realm = OTHER\n }\n default_realm = CONTOSO.COM\n",
    ] {
        assert_eq!(read(&[text]).0.as_deref(), Some("CONTOSO.COM"), "{text}");
    }
}

#[test]
fn every_spelling_of_a_kdc_is_read() {
    let table: [(String, &[&str]); 25] = [
        (realm("kdc = dc1:88\n  kdc=dc2"), &["dc1", "dc2"]),
        (realm("kdc = \"dc1\""), &["dc1"]),
        (realm("kdc = \"dc1:88\" ; first"), &["dc1"]),
        (realm("kdc = dc1 88"), &["dc1"]),
        (realm("kdc = dc1\t88"), &["dc1"]),
        (realm("kdc = [fd00::1]:88\n kdc = [fd00::2]"), &["fd00::1", "fd00::2"]),
        (realm("v4_name_convert = {\n host = {\n rcmd = host\n }\n }\n kdc = dc1"), &["dc1"]),
        (realm("auth_to_local_names =\n {\n a = b\n }\n kdc = dc1"), &["dc1"]),
        // The star of a relation means nothing.
        (realm("kdc* = dc1\n kdc = dc2"), &["dc1", "dc2"]),
        (realm("master_kdc = dc1"), &["dc1"]),
        (realm("primary_kdc = dc1\n master_kdc = dc2"), &["dc1"]),
        (realm("master_kdc = dc2\n kdc = dc1"), &["dc1"]),
        (realm("kdc = https://proxy.contoso.com/KdcProxy"), &[]),
        (realm("kdc = https://proxy.contoso.com/KdcProxy\n kdc = dc1"), &["dc1"]),
        (realm("kdc = /run/kdc.socket"), &[]),
        (realm("kdc = 88"), &[]),
        (realm("kdc = tcp/dc1"), &["dc1"]),
        (realm("admin_server = dc1"), &[]),
        (realm("kdc = dc1") + &realm("kdc = dc2"), &["dc1", "dc2"]),
        ("[realms]\n contoso.com =\n\t{\n kdc = dc1\n }\n".to_owned(), &["dc1"]),
        ("[realms]\n CONTOSO.COM={ \n kdc = dc1\n } \n".to_owned(), &["dc1"]),
        ("[realms]\r\n CONTOSO.COM = {\r\n  kdc = dc1\r\n }\r\n".to_owned(), &["dc1"]),
        ("[realms]\n A = {\n kdc = no\n }\n CONTOSO.COM = {\n kdc = dc1\n".to_owned(), &["dc1"]),
        // A section is final for later files only.
        (
            "[realms]\n CONTOSO.COM = {\n kdc = dc1\n }*\n".to_owned() + &realm("kdc = dc2"),
            &["dc1", "dc2"],
        ),
        ("[realms]\n CONTOSO.COM = {\n }\n kdc = no\n".to_owned(), &[]),
    ];
    for (text, expected) in table {
        assert_eq!(read(&[&text]).1, expected, "{text}");
    }
}

/// `KRB5_CONFIG` may name several files. The values of the first come first.
#[test]
fn what_a_later_file_says_comes_later() {
    let (one, two) = (realm("kdc = dc1"), realm("kdc = dc2"));
    assert_eq!(read(&[&one, &two]).1, ["dc1", "dc2"]);
    let realm_of = |name: &str| format!("[libdefaults]\n default_realm = {name}\n");
    assert_eq!(read(&[&realm_of("A"), &realm_of("B")]).0.as_deref(), Some("A"));
    let last_word = one.replacen("[realms]", "[realms]*", 1);
    assert_eq!(read(&[&last_word, &two]).1, ["dc1"]);
}

#[test]
fn what_no_library_reads_is_named_with_its_line() {
    for (text, why) in [
        ("[libdefaults]\n x", "line 2: '=' is missing"),
        ("[libdefaults\n", "line 1: ']' is missing"),
        ("[a] b\n", "line 1: more text is after ']'"),
        ("[a]\n}\n", "line 2: '}' closes nothing"),
        ("[a]\n b =\n c\n", "line 3: '{' is missing"),
        ("[a]\n b = {\n[c]\n", "line 3: a section begins inside of braces"),
        ("[a]\n = b\n", "line 2: no single name is before '='"),
        ("[a]\n b c = d\n", "line 2: no single name is before '='"),
        ("module /lib/x.so:y\n", "line 1: it names a module"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let said = Krb5Conf::read(&written(folder.path(), &[text])).passed_over.unwrap();
        assert!(said.contains(&format!("krb5-0.conf: {why}")), "{text}: {said}");
    }
}

#[test]
fn what_is_included_is_read_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    file("d/b.conf", &realm("kdc = dc3"));
    file("d/a_1", &realm("kdc = dc2"));
    file("d/.hidden.conf", &realm("kdc = no"));
    file("d/old.conf~", &realm("kdc = no"));
    // The braces of a file are its own.
    let one = file("one", "[libdefaults]\n default_realm = CONTOSO.COM\n sub = {\n");
    let d = folder.path().join("d").display().to_string();
    let text = realm(&format!("kdc = dc1\nincludedir \t{d}\r\ninclude {one}\n kdc = dc4"));
    let conf = Krb5Conf::read(&[file("top", &text).into()]);
    assert_eq!(conf.default_realm(), Some("CONTOSO.COM"));
    assert_eq!(conf.kdcs("CONTOSO.COM"), ["dc1", "dc2", "dc3", "dc4"]);
    assert_eq!((conf.passed_over, conf.trap), (None, None));
    // A folder among the files of KRB5_CONFIG is read as with `includedir`.
    assert_eq!(Krb5Conf::read(&[d.into()]).kdcs("CONTOSO.COM"), ["dc2", "dc3"]);
    let nothing = Krb5Conf::read(&[folder.path().join("nosuch")]);
    assert_eq!(nothing.default_realm(), None);
    assert!(nothing.passed_over.unwrap().contains("nosuch: No such file"));
}

/// Eight files that each include all eight: a reader that only limits the depth would read 8^8
/// files.
#[test]
fn files_that_include_each_other_are_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |at: usize| folder.path().join(format!("{at}.conf"));
    let mut includes = format!("includedir {}\n", folder.path().display());
    for at in 0..8 {
        writeln!(includes, "include {}", path(at).display()).unwrap();
        // The same file under another name.
        let link = folder.path().join(format!("link{at}"));
        std::os::unix::fs::symlink(path(at), &link).unwrap();
        writeln!(includes, "include {}", link.display()).unwrap();
    }
    for at in 0..8 {
        fs::write(path(at), includes.clone() + &realm(&format!("kdc = dc{at}"))).unwrap();
    }
    let conf = Krb5Conf::read(&[path(0)]);
    let mut kdcs = conf.kdcs("CONTOSO.COM");
    kdcs.sort_unstable();
    assert_eq!(kdcs, ["dc0", "dc1", "dc2", "dc3", "dc4", "dc5", "dc6", "dc7"]);
    assert_eq!(conf.passed_over, None);
    // MIT's library would use up its stack.
    assert!(conf.trap.unwrap().ends_with(": it includes itself"));
}

#[test]
fn pipes_devices_and_floods_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let long = folder.path().join("long");
    fs::File::create(&long).unwrap().set_len(MOST_BYTES + 1).unwrap();
    let top = folder.path().join("top");
    let read = |path: &Path| Krb5Conf::read(&[path.to_owned()]);
    let realm = "[libdefaults]\n default_realm = CONTOSO.COM\n";
    let table = [
        (pipe.clone(), "no regular file"),
        (PathBuf::from("/dev/zero"), "no regular file"),
        (long, "it has more than"),
    ];
    for (path, why) in table {
        let said = |conf: &Krb5Conf| {
            let said = conf.passed_over.clone().unwrap();
            assert!(said.starts_with(path.to_str().unwrap()) && said.contains(why), "{said}");
            assert_eq!(conf.trap.is_some(), why == "no regular file", "{said}");
        };
        said(&read(&path));
        fs::write(&top, format!("include {}\n{realm}", path.display())).unwrap();
        let conf = read(&top);
        assert_eq!(conf.default_realm(), Some("CONTOSO.COM"));
        said(&conf);
    }
    let many: Vec<_> = (0..2 * MOST_NAMES).map(|at| format!("include /no/{at}\n")).collect();
    fs::write(&top, many.concat() + realm).unwrap();
    assert_eq!(read(&top).default_realm(), Some("CONTOSO.COM"));
    // The longest chain that is allowed. Each link is a file of its own.
    let deep = |at: usize| folder.path().join(format!("deep{at}"));
    for at in 0..2 * MOST_NAMES {
        fs::write(deep(at), format!("include {}\n{realm}", deep(at + 1).display())).unwrap();
    }
    let conf = read(&deep(0));
    assert_eq!(conf.default_realm(), Some("CONTOSO.COM"));
    assert!(conf.passed_over.unwrap().contains("more than 256 files"));
}
