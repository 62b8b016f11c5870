//! Runs `setspn` on the administrator's workstation, with a ticket of its user.

use crate::error::{Error, Result};
use crate::exec::ExecOutput;
use crate::lab::Lab;
use crate::labels::Role;
use crate::topology::Account;

/// Runs in CLIENT: a credential cache of its own, a TGT, then the program with its arguments.
const RUN: &str = r#"
user=$1
shift
read -r password
cache=$(mktemp /tmp/spnlab.XXXXXX)
export KRB5CCNAME="FILE:$cache"
trap 'rm -f "$cache"' EXIT
said=$(printf '%s\n' "$password" | kinit "$user" 2>&1) || { printf '%s\n' "$said" >&2; exit 96; }
/usr/lib/spnlab/bin/setspn "$@"
"#;
/// The script's exit status when there is no TGT.
const NO_TICKET: i64 = 96;

impl Lab {
    /// Runs `setspn` in CLIENT as this user; the arguments are setspn's own.
    pub async fn setspn(&self, user: Account, arguments: &[&str]) -> Result<ExecOutput> {
        let mut command = vec!["bash", "-c", RUN, "setspn", user.name];
        command.extend(arguments);
        let password = format!("{}\n", user.password);
        let ran =
            self.exec(Role::Client, Some("admin"), &command, Some(password.as_bytes())).await?;
        if ran.status == NO_TICKET {
            return Err(Error::Exec {
                part: Role::Client,
                command: "kinit".to_owned(),
                status: ran.status,
                stderr: ran.stderr.trim().to_owned(),
            });
        }
        Ok(ran)
    }
}
