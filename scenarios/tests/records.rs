//! A record of another Samba is there because that Samba does otherwise, and for no other reason.

use std::path::Path;

use spnlab_harness::SambaVersion;

/// What a record says, without the head that `insta` writes.
fn body(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.splitn(3, "---\n").nth(2).unwrap_or_default().to_owned()
}

#[test]
fn a_record_of_another_samba_differs_from_the_common_one() {
    let common = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    for entry in std::fs::read_dir(&common).unwrap().map(Result::unwrap) {
        if !entry.file_type().unwrap().is_dir() {
            continue;
        }
        let folder = entry.file_name().into_string().unwrap();
        let version = folder.strip_prefix("samba-").and_then(SambaVersion::named);
        assert!(
            version.is_some_and(|one| one != SambaVersion::default()),
            "{folder}: whose is it?"
        );
        for record in std::fs::read_dir(entry.path()).unwrap().map(Result::unwrap) {
            let name = record.file_name();
            let (own, other) = (body(&record.path()), body(&common.join(&name)));
            assert_ne!(own, other, "{folder}/{} says what the common record says", name.display());
        }
    }
}
