//! When the witnesses (`tests/witnesses`) may be skipped, and when they must fail: with real pip
//! and cargo, and an index that is not there or holds something else than the lists say.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "witnesses/missing.rs"]
mod missing;
#[path = "witnesses/packages.rs"]
mod packages;
#[path = "witnesses/winrm_rs.rs"]
mod winrm_rs;

use std::net::TcpListener;
use std::path::Path;

use missing::Missing;

/// An address of this machine where nobody listens: its port was free a moment ago.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// The hash of an empty file.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn an_index_that_does_not_answer_skips() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}/simple", nobody());
    let missing = packages::fetch(folder.path(), &packages::LISTS, Some(&url)).unwrap_err();
    let Missing::Skipped(reason) = missing else { panic!("{missing:?}") };
    assert!(reason.starts_with("the package index does not answer: "), "{reason}");
    // Nothing was tried after that.
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
}

/// An index in a folder, as pip reads one: a page that names the package's only file.
fn index_with(root: &Path, content: &[u8]) -> String {
    let file = "spnlab_witness_probe-1.0-py3-none-any.whl";
    let page = root.join("simple/spnlab-witness-probe");
    std::fs::create_dir_all(&page).unwrap();
    std::fs::write(page.join(file), content).unwrap();
    std::fs::write(page.join("index.html"), format!("<a href=\"{file}\">{file}</a>")).unwrap();
    format!("file://{}/simple", root.display())
}

/// What is said when pip is asked for this version, with the hash of an empty file, and the index's
/// only version, 1.0, holds this.
fn broken(version: &str, content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let index = index_with(folder.path(), content);
    let list = format!("spnlab-witness-probe=={version} --hash=sha256:{OF_NOTHING}\n");
    let fetched = packages::fetch(folder.path(), &[("wheels", &list)], Some(&index));
    let Err(Missing::Broken(reason)) = fetched else { panic!("{fetched:?}") };
    reason
}

#[test]
fn a_wrong_hash_fails() {
    let reason = broken("1.0", b"something else");
    assert!(reason.contains("DO NOT MATCH THE HASHES"), "{reason}");
}

#[test]
fn a_package_that_the_index_does_not_have_fails() {
    let reason = broken("2.0", b"");
    assert!(reason.contains("spnlab-witness-probe==2.0"), "{reason}");
}

#[test]
fn crates_io_that_does_not_answer_skips() {
    let folder = tempfile::tempdir().unwrap();
    // Without what was fetched before, and with a proxy that is not there.
    let home = folder.path().join("cargo").display().to_string();
    let proxy = nobody();
    let unreachable =
        [("CARGO_HOME", home.as_str()), ("CARGO_HTTP_PROXY", &proxy), ("CARGO_NET_RETRY", "0")];
    let built = winrm_rs::build(winrm_rs::SOURCES.as_ref(), folder.path(), &unreachable);
    let Err(Missing::Skipped(reason)) = built else { panic!("{built:?}") };
    assert!(reason.starts_with("cargo fetch: error: "), "{reason}");
}

#[test]
fn a_lock_file_that_does_not_fit_and_a_program_that_does_not_build_fail() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let build = || {
        let built = winrm_rs::build(folder.path(), &folder.path().join("target"), &[]);
        let Err(Missing::Broken(reason)) = built else { panic!("{built:?}") };
        reason
    };
    write(
        "Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n",
    );
    write("src/main.rs", "fn main() { rustc }\n");
    write("Cargo.lock", "version = 4\n");
    let reason = build();
    assert!(reason.contains("--locked"), "{reason}");
    write("Cargo.lock", "version = 4\n[[package]]\nname = \"a\"\nversion = \"0.0.0\"\n");
    let reason = build();
    assert!(reason.starts_with("cargo build: error[E0425]"), "{reason}");
}
