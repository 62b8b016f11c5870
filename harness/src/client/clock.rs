//! The clock of CLIENT's programs. CLIENT keeps it until a reset, and its agent gives it to each
//! program that connects (`lab/agent/src/attempt.rs`).

use super::kept;
use crate::engine::ADMIN;
use crate::lab::Client;
use crate::model::{Error, Result, Role};

/// The name under which CLIENT keeps it. The agent reads the file.
const NAME: &str = "clock";

/// Writes the file, or removes it if the clock is right.
const SET: &str = r#"if [ "$2" = +0 ]; then rm -f "$1"; else echo "$2" >"$1"; fi"#;

/// The file that the agent reads.
pub(super) fn file() -> String {
    kept::file(NAME)
}

impl Client<'_> {
    /// Sets the clock of the programs that connect: so many seconds ahead of the others' clocks.
    pub async fn set_clock(self, ahead: i32) -> Result<()> {
        let ahead = format!("{ahead:+}");
        let command = ["sh", "-c", SET, "clock", &file(), &ahead];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        ran.success(Role::Client, "the clock").map(drop)
    }

    /// How many seconds that clock is ahead of the others.
    pub async fn clock(self) -> Result<i32> {
        let said = self.kept(NAME).await?;
        let what = || "CLIENT's clock".to_owned();
        match said.trim() {
            "" => Ok(0),
            text => text
                .parse()
                .map_err(|_| Error::Unreadable { what: what(), detail: text.to_owned() }),
        }
    }
}
