//! The registry of CLIENT: Samba's own registry store, at the very key of the article.

use crate::error::{Error, Result};
use crate::exec::ExecOutput;
use crate::lab::Lab;
use crate::labels::Role;

/// The article's key.
const KEY: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client";

impl Lab {
    /// Reads a REG_SZ value below the WSMAN client key; `None` if it is not there.
    pub async fn registry_get(&self, value: &str) -> Result<Option<String>> {
        let ran = self.net_registry(&["getvalueraw", KEY, value]).await?;
        if ran.status == 0 {
            return Ok(Some(ran.stdout.trim_end_matches(['\r', '\n', '\0']).to_owned()));
        }
        if says_not_there(&ran) {
            return Ok(None);
        }
        ran.success(Role::Client, "net registry getvalueraw").map(Some)
    }

    /// Sets a REG_SZ value below the WSMAN client key and reads it back.
    pub async fn registry_set(&self, value: &str, data: &str) -> Result<()> {
        let set = self.net_registry(&["setvalue", KEY, value, "sz", data]).await?;
        set.success(Role::Client, "net registry setvalue")?;
        let now = self.registry_get(value).await?;
        if now.as_deref() == Some(data) {
            return Ok(());
        }
        let detail = format!("{value} was set to {data:?} and reads {now:?}");
        Err(Error::Unreadable { what: "CLIENT's registry".to_owned(), detail })
    }

    /// Deletes a value below the WSMAN client key; one that is not there is no error.
    pub async fn registry_delete(&self, value: &str) -> Result<()> {
        let ran = self.net_registry(&["deletevalue", KEY, value]).await?;
        if ran.status == 0 || says_not_there(&ran) {
            return Ok(());
        }
        ran.success(Role::Client, "net registry deletevalue").map(drop)
    }

    async fn net_registry(&self, words: &[&str]) -> Result<ExecOutput> {
        let command: Vec<&str> = ["net", "registry"].iter().chain(words).copied().collect();
        self.exec(Role::Client, Some("admin"), &command, None).await
    }
}

/// The value, or its key, does not exist: ERROR_FILE_NOT_FOUND (2) by its two names.
fn says_not_there(ran: &ExecOutput) -> bool {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    ran.status != 0 && (said.contains("WERR_FILE_NOT_FOUND") || said.contains("WERR_BADFILE"))
}
