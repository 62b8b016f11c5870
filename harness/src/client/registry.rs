//! The registry of CLIENT: Samba's own registry store, at the key of the article. The agent runs
//! Samba's own tool on it. Scenarios compare that with the tool alone.

use std::collections::BTreeSet;

use spnlab_agent::{REGISTRY_STORE, Ran, Request, says_not_found};

use crate::engine::{ADMIN, ExecOutput};
use crate::lab::Client;
use crate::model::{Error, Result, Role};

/// The article's key.
pub(crate) const KEY: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client";

impl Client<'_> {
    /// Reads a REG_SZ value below the WSMAN client key; `None` if it is not there.
    ///
    /// # Errors
    /// Also for a value of another type: nobody may take its data for a text.
    pub async fn registry_get(self, value: &str) -> Result<Option<String>> {
        let ran = self.registry(&["getvalue", KEY, value]).await?;
        if ran.status == 0 {
            let detail = format!("{value} is no REG_SZ: {}", ran.stdout.trim());
            let unreadable = || Error::Unreadable { what: "CLIENT's registry".to_owned(), detail };
            return reg_sz(&ran.stdout).map(Some).ok_or_else(unreadable);
        }
        if says_not_there(&ran) {
            return Ok(None);
        }
        ran.success(Role::Client, "net registry getvalue").map(Some)
    }

    /// Sets a REG_SZ value below the WSMAN client key and reads it back.
    pub async fn registry_set(self, value: &str, data: &str) -> Result<()> {
        let set = self.registry(&["setvalue", "--", KEY, value, "sz", data]).await?;
        set.success(Role::Client, "net registry setvalue")?;
        let now = self.registry_get(value).await?;
        if now.as_deref() == Some(data) {
            return Ok(());
        }
        let detail = format!("{value} was set to {data:?} and reads {now:?}");
        Err(Error::Unreadable { what: "CLIENT's registry".to_owned(), detail })
    }

    /// Sets a value of another type below the WSMAN client key with Samba's own tool: `dword`, or
    /// `multi_sz` with one text.
    pub async fn registry_set_as(self, value: &str, kind: &str, data: &str) -> Result<()> {
        let set = self.net_registry(&["setvalue", KEY, value, kind, data]).await?;
        set.success(Role::Client, "net registry setvalue").map(drop)
    }

    /// Deletes a value below the WSMAN client key; one that is not there is no error.
    pub async fn registry_delete(self, value: &str) -> Result<()> {
        let ran = self.registry(&["deletevalue", KEY, value]).await?;
        if says_not_there(&ran) {
            return Ok(());
        }
        ran.success(Role::Client, "net registry deletevalue").map(drop)
    }

    /// Every value below the WSMAN client key, as Samba's own tool lists them.
    pub async fn registry_values(self) -> Result<Vec<RegistryEntry>> {
        let listed = self.net_registry(&["enumerate", KEY]).await?;
        Ok(entries(&listed.success(Role::Client, "net registry enumerate")?))
    }

    /// What the lab and Samba's own tool read of a value below the WSMAN client key.
    pub async fn registry_readings(self, value: &str) -> Result<[String; 2]> {
        let ours = self.registry(&["getvalue", KEY, value]).await?;
        let ours = ours.success(Role::Client, "net registry getvalue")?;
        let samba = self.net_registry(&["getvalue", KEY, value]).await?;
        Ok([ours, samba.success(Role::Client, "net registry getvalue")?])
    }

    /// The records of the store as Samba's own tool lists them.
    pub(crate) async fn registry_records(self) -> Result<BTreeSet<String>> {
        let ran = self.lab.exec(Role::Client, ADMIN, &["tdbdump", REGISTRY_STORE], None).await?;
        let said = ran.success(Role::Client, "tdbdump")?;
        Ok(said.split("}\n").map(str::to_owned).collect())
    }

    /// The lab and its engineer read and write the registry by this.
    async fn registry(self, words: &[&str]) -> Result<ExecOutput> {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        let ran: Ran = self.lab.ask(Role::Client, ADMIN, Request::NetRegistry { words }).await?;
        Ok(ran.into())
    }

    pub(crate) async fn net_registry(self, words: &[&str]) -> Result<ExecOutput> {
        let command: Vec<&str> = ["net", "registry"].iter().chain(words).copied().collect();
        self.lab.exec(Role::Client, ADMIN, &command, None).await
    }
}

/// A value of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryEntry {
    /// Its name.
    pub name: String,
    /// Its type, such as `REG_SZ`.
    pub kind: String,
    /// Its data, as text.
    pub data: String,
}

/// The values that Samba's tool lists. A blank line follows each of them.
fn entries(listed: &str) -> Vec<RegistryEntry> {
    let entry = |block: &str| {
        let field = |name: &str| {
            let line = block.lines().find(|line| line.trim_start().starts_with(name))?;
            Some(line.split_once('=')?.1.trim().to_owned())
        };
        let data = field("Value ")?;
        let data = data.strip_prefix('"').and_then(|data| data.strip_suffix('"')).unwrap_or(&data);
        Some(RegistryEntry {
            name: field("Valuename")?,
            kind: field("Type")?,
            data: data.to_owned(),
        })
    };
    listed.split("\n\n").filter_map(entry).collect()
}

/// The data of the answer, if its type is REG_SZ.
fn reg_sz(said: &str) -> Option<String> {
    let (kind, value) = said.split_once('\n')?;
    let (_, kind) = kind.split_once('=')?;
    let (_, value) = value.split_once('"')?;
    let (value, _) = value.rsplit_once('"')?;
    (kind.trim() == "REG_SZ").then(|| value.to_owned())
}

/// The value, or its key, does not exist.
fn says_not_there(ran: &ExecOutput) -> bool {
    ran.status != 0 && (says_not_found(&ran.stdout) || says_not_found(&ran.stderr))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_listed_with_their_types() {
        let listed = "Valuename  = spn_prefix\nType       = REG_SZ\nValue      = \"WSMAN\"\n\n\
                      Valuename  = two\nType       = REG_DWORD\nValue      = 5\n\n";
        let entry = |name: &str, kind: &str, data: &str| RegistryEntry {
            name: name.to_owned(),
            kind: kind.to_owned(),
            data: data.to_owned(),
        };
        let expected = [entry("spn_prefix", "REG_SZ", "WSMAN"), entry("two", "REG_DWORD", "5")];
        assert_eq!(entries(listed), expected);
        assert_eq!(entries(""), []);
    }

    #[test]
    fn only_a_text_is_read_as_one() {
        let said = |kind, value| format!("Type       = {kind}\nValue      = {value}\n");
        assert_eq!(reg_sz(&said("REG_SZ", "\"WSMAN \"")).as_deref(), Some("WSMAN "));
        assert_eq!(reg_sz(&said("REG_SZ", "\"\"")).as_deref(), Some(""));
        assert_eq!(reg_sz(&said("REG_DWORD", "1")), None);
        assert_eq!(reg_sz(&said("REG_EXPAND_SZ", "\"HOST\"")), None);
    }
}
