//! `docs/client-status.md` is what the client's table says.

use winrm::client::status::document;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/client-status.md");

#[test]
#[expect(clippy::disallowed_methods, reason = "the one variable of this test program")]
fn the_document_is_written_from_the_table() {
    let written = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(FILE, &written).unwrap();
        return;
    }
    let found = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        found == written,
        "docs/client-status.md is not what the table says; write it anew with\n  \
         UPDATE_DOCS=1 cargo test -p winrm --test client_status"
    );
}
