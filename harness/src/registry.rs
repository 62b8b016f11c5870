//! The registry of CLIENT: Samba's own registry store, at the very key of the article. Scenarios hold what is
//! read and written here to Samba's own tool.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::exec::ExecOutput;
use crate::lab::Lab;
use crate::labels::Role;

/// The article's key.
const KEY: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client";

/// The store's file in CLIENT.
const STORE: &str = "/var/lib/spnlab/registry/registry.tdb";
/// Runs in CLIENT: reads and writes the store (`lab/images/client/registry`).
const REGISTRY: &str = "(our $registry //= do '/usr/lib/spnlab/registry' || die $@ || $!)->(@_)";

impl Lab {
    /// Reads a REG_SZ value below the WSMAN client key; `None` if it is not there.
    ///
    /// # Errors
    /// Also for a value of another type: nobody may take its data for a text.
    pub async fn registry_get(&self, value: &str) -> Result<Option<String>> {
        let ran = self.registry("get", &[KEY, value]).await?;
        if ran.status == 0 {
            let detail = format!("{value} is no REG_SZ: {}", ran.stdout.trim());
            let unreadable = || Error::Unreadable { what: "CLIENT's registry".to_owned(), detail };
            return reg_sz(&ran.stdout).map(Some).ok_or_else(unreadable);
        }
        if says_not_there(&ran) {
            return Ok(None);
        }
        ran.success(Role::Client, "registry get").map(Some)
    }

    /// Sets a REG_SZ value below the WSMAN client key and reads it back.
    pub async fn registry_set(&self, value: &str, data: &str) -> Result<()> {
        let set = self.registry("set", &[KEY, value, data]).await?;
        set.success(Role::Client, "registry set")?;
        let now = self.registry_get(value).await?;
        if now.as_deref() == Some(data) {
            return Ok(());
        }
        let detail = format!("{value} was set to {data:?} and reads {now:?}");
        Err(Error::Unreadable { what: "CLIENT's registry".to_owned(), detail })
    }

    /// Sets a value of another type below the WSMAN client key by Samba's own tool: `dword`, or `multi_sz`
    /// with one text.
    pub async fn registry_set_as(&self, value: &str, kind: &str, data: &str) -> Result<()> {
        let set = self.net_registry(&["setvalue", KEY, value, kind, data]).await?;
        set.success(Role::Client, "net registry setvalue").map(drop)
    }

    /// Deletes a value below the WSMAN client key; one that is not there is no error.
    pub async fn registry_delete(&self, value: &str) -> Result<()> {
        let ran = self.registry("delete", &[KEY, value]).await?;
        if says_not_there(&ran) {
            return Ok(());
        }
        ran.success(Role::Client, "registry delete").map(drop)
    }

    /// What the lab and Samba's own tool read of a value below the WSMAN client key.
    pub async fn registry_readings(&self, value: &str) -> Result<[String; 2]> {
        let ours =
            self.registry("get", &[KEY, value]).await?.success(Role::Client, "registry get")?;
        let samba = self.net_registry(&["getvalue", KEY, value]).await?;
        Ok([ours, samba.success(Role::Client, "net registry getvalue")?])
    }

    /// Has the lab set a REG_SZ value below the WSMAN client key and delete it again, and then Samba's own
    /// tool; each begins with the store of the image. Returns the records of the store that only one of the
    /// two left there, after either step.
    pub async fn registry_writings(&self, value: &str, data: &str) -> Result<Vec<String>> {
        self.reset_client().await?;
        self.registry_set(value, data).await?;
        let set = self.registry_records().await?;
        self.registry_delete(value).await?;
        let deleted = self.registry_records().await?;
        self.reset_client().await?;
        let ran = self.net_registry(&["setvalue", KEY, value, "sz", data]).await?;
        ran.success(Role::Client, "net registry setvalue")?;
        let differ = |ours: &BTreeSet<String>, samba: &BTreeSet<String>| -> Vec<String> {
            ours.symmetric_difference(samba).cloned().collect()
        };
        let mut all = differ(&set, &self.registry_records().await?);
        let ran = self.net_registry(&["deletevalue", KEY, value]).await?;
        ran.success(Role::Client, "net registry deletevalue")?;
        all.extend(differ(&deleted, &self.registry_records().await?));
        Ok(all)
    }

    /// The records of the store as Samba's own tool lists them.
    async fn registry_records(&self) -> Result<BTreeSet<String>> {
        let ran = self.exec(Role::Client, Some("admin"), &["tdbdump", STORE], None).await?;
        let said = ran.success(Role::Client, "tdbdump")?;
        Ok(said.split("}\n").map(str::to_owned).collect())
    }

    /// The lab and its engineer read and write the registry by this; Samba's own tool takes 50 ms.
    async fn registry(&self, verb: &str, words: &[&str]) -> Result<ExecOutput> {
        self.call(Role::Client, Some("admin"), REGISTRY, &[&[verb], words].concat()).await
    }

    async fn net_registry(&self, words: &[&str]) -> Result<ExecOutput> {
        let command: Vec<&str> = ["net", "registry"].iter().chain(words).copied().collect();
        self.exec(Role::Client, Some("admin"), &command, None).await
    }
}

/// The data of the answer, if its type is REG_SZ.
fn reg_sz(said: &str) -> Option<String> {
    let (kind, value) = said.split_once('\n')?;
    let (_, kind) = kind.split_once('=')?;
    let (_, value) = value.split_once('"')?;
    let (value, _) = value.rsplit_once('"')?;
    (kind.trim() == "REG_SZ").then(|| value.to_owned())
}

/// The value, or its key, does not exist: ERROR_FILE_NOT_FOUND (2) by its two names.
fn says_not_there(ran: &ExecOutput) -> bool {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    ran.status != 0 && (said.contains("WERR_FILE_NOT_FOUND") || said.contains("WERR_BADFILE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_is_read_as_one() {
        let said = |kind, value| format!("Type       = {kind}\nValue      = {value}\n");
        assert_eq!(reg_sz(&said("REG_SZ", "\"WSMAN \"")).as_deref(), Some("WSMAN "));
        assert_eq!(reg_sz(&said("REG_SZ", "\"\"")).as_deref(), Some(""));
        assert_eq!(reg_sz(&said("REG_DWORD", "1")), None);
        assert_eq!(reg_sz(&said("REG_EXPAND_SZ", "\"HOST\"")), None);
    }
}
