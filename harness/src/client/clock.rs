//! The clock of CLIENT's programs. CLIENT keeps it until a reset, and its agent gives it to each
//! program that connects (`lab/agent/src/attempt.rs`).

use crate::engine::ADMIN;
use crate::lab::Client;
use crate::model::{Error, Result, Role};

/// The file that the agent reads. The reset removes files that begin with `/tmp/spnlab.`.
pub(super) const FILE: &str = "/tmp/spnlab.clock";

/// Writes the file, or removes it if the clock is right.
const SET: &str = r#"if [ "$2" = +0 ]; then rm -f "$1"; else echo "$2" >"$1"; fi"#;
const READ: &str = r#"[ ! -e "$1" ] || cat "$1""#;

impl Client<'_> {
    /// Sets the clock of the programs that connect: so many seconds ahead of the others' clocks.
    pub async fn set_clock(self, ahead: i32) -> Result<()> {
        let ahead = format!("{ahead:+}");
        let command = ["sh", "-c", SET, "clock", FILE, &ahead];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        ran.success(Role::Client, "the clock").map(drop)
    }

    /// How many seconds that clock is ahead of the others.
    pub async fn clock(self) -> Result<i32> {
        let command = ["sh", "-c", READ, "clock", FILE];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        let said = ran.success(Role::Client, "the clock")?;
        let what = || "CLIENT's clock".to_owned();
        match said.trim() {
            "" => Ok(0),
            text => text
                .parse()
                .map_err(|_| Error::Unreadable { what: what(), detail: text.to_owned() }),
        }
    }
}
