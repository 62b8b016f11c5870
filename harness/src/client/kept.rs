//! What CLIENT keeps beside the tickets until a reset, each under a name.

use crate::engine::ADMIN;
use crate::lab::Client;
use crate::model::{Result, Role};

const SAVE: &str = r#"umask 077; cat >"$1.new" && mv "$1.new" "$1""#;
const READ: &str = r#"[ ! -e "$1" ] || cat "$1""#;

/// The file of a name. The reset removes files that begin with `/tmp/spnlab.`.
pub(super) fn file(name: &str) -> String {
    format!("/tmp/spnlab.{name}")
}

impl Client<'_> {
    /// Keeps a text until the next reset, instead of the one that has this name.
    pub async fn keep(self, name: &str, text: &[u8]) -> Result<()> {
        let command = ["sh", "-c", SAVE, "save", &file(name)];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, Some(text)).await?;
        ran.success(Role::Client, &format!("the {name}")).map(drop)
    }

    /// The text that is kept under this name; empty if there is none.
    pub async fn kept(self, name: &str) -> Result<String> {
        let command = ["sh", "-c", READ, "read", &file(name)];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        ran.success(Role::Client, &format!("the {name}"))
    }
}
