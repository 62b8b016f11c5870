//! The keys of all accounts, for a program that opens a capture.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::lab::Dc;
use crate::model::{Error, Result};

/// Prints keytabs, one a line: those of the image, and those of the accounts whose keys have
/// changed since.
const KEYTABS: &str = r#"
set -eu
now=$(mktemp -d)
trap 'rm -rf "$now"' EXIT
/usr/lib/spnlab/keys-now "$now" /var/lib/spnlab/keytabs/versions >&2
for keytab in /var/lib/spnlab/keytabs/*.keytab "$now"/*.keytab; do
  [ ! -e "$keytab" ] || { base64 -w0 "$keytab"; echo; }
done
"#;

impl Dc<'_> {
    /// The keys of all accounts: those of the image, which also fit tickets from before a password
    /// change, and those that have changed since. Each is a keytab of MIT krb5.
    pub async fn keytabs(self) -> Result<Vec<Vec<u8>>> {
        let ran = self.lab.exec(self.role, None, &["sh", "-c", KEYTABS], None).await?;
        let said = ran.success(self.role, "keys-now")?;
        let read = |line: &str| {
            STANDARD.decode(line).map_err(|error| Error::Unreadable {
                what: "a keytab of the lab".to_owned(),
                detail: error.to_string(),
            })
        };
        said.lines().map(read).collect()
    }
}
