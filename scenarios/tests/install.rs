//! `ci/setup --install`: the installed programs need no checkout, and start a lab in any folder.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// What is installed beside the programs, and begins with these words.
const FILES: [(&str, &str); 7] = [
    ("share/man/man1/setspn.1", ".\\\""),
    ("share/man/man1/spnlab.1", ".ie"),
    ("share/man/man1/spnlab-fix.1", ".ie"),
    ("share/man/man1/spnlab-test-merge.1", ".ie"),
    ("share/bash-completion/completions/setspn", "# Completions"),
    ("share/zsh/site-functions/_spnlab", "#compdef spnlab"),
    ("share/fish/vendor_completions.d/spnlab.fish", "#"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The standard output of a command that succeeds.
fn said(command: &mut Command) -> String {
    let ran = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "{command:?}\n{}{}", text(&ran.stdout), text(&ran.stderr));
    text(&ran.stdout)
}

/// The installed programs, and a folder that has nothing of the checkout.
struct Installed {
    prefix: TempDir,
    elsewhere: TempDir,
    lab: String,
}

impl Installed {
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.prefix.path().join("bin").join(program));
        command.current_dir(self.elsewhere.path());
        command.env_remove("SPNLAB_PROGRAMS").env("XDG_STATE_HOME", self.elsewhere.path());
        command
    }

    fn spnlab(&self, verb: &str, words: &[&str]) -> String {
        said(self.command("spnlab").args([verb, "--name", &self.lab]).args(words))
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        // It is no error if there is no such lab.
        let _ = self.command("spnlab").args(["down", "--name", &self.lab]).output();
    }
}

#[test]
fn every_script_asks_cargo_where_it_builds() {
    let elsewhere = "/tmp/of build.target-dir";
    let built = ["-c", "source ci/lib.sh && built"];
    let mut bash = Command::new("bash");
    bash.args(built).current_dir(root()).env_remove("CARGO_TARGET_DIR");
    assert_eq!(said(bash.env("CARGO_BUILD_TARGET_DIR", elsewhere)).trim(), elsewhere);
    let mut scripts = 0;
    for entry in std::fs::read_dir(root().join("ci")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(script) = std::fs::read_to_string(&path) else { continue };
        scripts += 1;
        for guess in ["CARGO_TARGET_DIR:-", "target/debug/", "target/release/"] {
            let found = script.lines().find(|line| {
                line.contains(guess) && !line.contains("$target/") && !line.starts_with('#')
            });
            assert_eq!(found, None, "{} guesses", path.display());
        }
    }
    assert!(scripts > 5, "only {scripts} scripts were read");
}

#[test]
fn the_installed_programs_work_in_any_folder() {
    let (prefix, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let lab = format!("installed-{}", std::process::id());
    let installed = Installed { prefix, elsewhere, lab };
    let prefix = installed.prefix.path();
    said(Command::new(root().join("ci/setup")).args(["--dev", "--install"]).arg(prefix));

    for (file, begins) in FILES {
        let text = std::fs::read_to_string(prefix.join(file)).unwrap();
        assert!(text.starts_with(begins), "{file}: {text}");
    }
    let registered = "source \"$1\"; complete -p spnlab";
    let script = prefix.join("share/bash-completion/completions/spnlab");
    said(Command::new("bash").args(["--norc", "-c", registered, "bash"]).arg(script));
    assert!(said(installed.command("setspn").arg("--version")).starts_with("setspn "));

    installed.spnlab("up", &[]);
    assert!(installed.spnlab("setspn", &["-L", "MEM1"]).contains("HOST/mem1.contoso.com"));
    assert!(installed.spnlab("connect", &["-c", "hostname"]).contains("mem1"));
    installed.spnlab("down", &[]);
    let smoke = ["test", "--tags", "@smoke", "--labs", "2"];
    let smoke = said(installed.command("spnlab").args(smoke));
    assert!(smoke.ends_with(" passed, 0 failed, 0 skipped\n"), "{smoke}");
}

#[test]
fn a_wrong_argument_or_prefix_is_named() {
    let setup = |words: &[&str]| {
        let ran = Command::new(root().join("ci/setup")).args(words).output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
    };
    let (status, said) = setup(&["--instal"]);
    assert_eq!(status, Some(2));
    assert!(said.starts_with("error [SPNLAB-USAGE]: ci/setup: --instal "), "{said}");
    assert!(said.contains("ci/setup --install [PREFIX]"), "{said}");
    let (status, said) = setup(&["--install", "/dev/null/x"]);
    assert_eq!(status, Some(4));
    assert!(said.starts_with("error [SPNLAB-SETUP-PREFIX]: "), "{said}");
}
