//! A plan in the forms of other teams' tools, for the team that may write.
//!
//! Uses: client, directory, plan, text.

mod action;
mod cmd;
mod ldif;
mod powershell;
mod reg;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::plan::{Place, Plan};
use action::{Action, actions, undone};

/// A form for another team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandOff {
    /// Commands for `cmd.exe`: setspn and reg.
    Setspn,
    /// A PowerShell script for the ActiveDirectory module.
    PowerShell,
    /// LDIF change records (RFC 2849), for `ldifde` and `ldapmodify`. The directory only.
    Ldif,
    /// A file for regedit. The client's registry only.
    Reg,
}

impl HandOff {
    /// All forms.
    pub const ALL: [Self; 4] = [Self::Setspn, Self::PowerShell, Self::Ldif, Self::Reg];

    /// The name that the user types.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Setspn => "setspn",
            Self::PowerShell => "powershell",
            Self::Ldif => "ldif",
            Self::Reg => "reg",
        }
    }

    /// The usual extension of such a file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Setspn => "cmd",
            Self::PowerShell => "ps1",
            Self::Ldif => "ldif",
            Self::Reg => "reg",
        }
    }
}

impl fmt::Display for HandOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no hand-off named {0}: it is setspn, powershell, ldif or reg")]
pub struct NoSuchHandOff(pub String);

impl FromStr for HandOff {
    type Err = NoSuchHandOff;

    fn from_str(text: &str) -> Result<Self, NoSuchHandOff> {
        let found = Self::ALL.into_iter().find(|form| form.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| NoSuchHandOff(text.to_owned()))
    }
}

/// A value that a form cannot express safely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} cannot be written safely as {form}")]
pub struct HandOffError {
    /// In which form.
    pub form: HandOff,
    /// Where it is: in the directory or in the client's registry.
    pub place: Place,
    /// Which.
    pub value: String,
}

impl HandOffError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-HAND-OFF".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self.place {
            Place::Domain => {
                "LDIF can express every value of the directory; or let this program apply the plan"
            }
            Place::Client => {
                "type it into regedit on the client, or let this program apply the plan"
            }
        }
        .to_owned()
    }
}

/// A plan in one form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOff {
    /// Which.
    pub form: HandOff,
    /// The text that executes the plan.
    pub text: String,
    /// The text that undoes it.
    pub undo: String,
}

impl HandedOff {
    /// The file that executes the plan, as its program needs it. regedit reads UTF-16 with a byte
    /// order mark. PowerShell 5 needs the mark of UTF-8. The others take the text as it is.
    pub fn file(&self) -> Vec<u8> {
        encoded(self.form, &self.text)
    }

    /// The same for undoing.
    pub fn undo_file(&self) -> Vec<u8> {
        encoded(self.form, &self.undo)
    }
}

fn encoded(form: HandOff, text: &str) -> Vec<u8> {
    match form {
        HandOff::Reg => {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }
        HandOff::PowerShell => [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat(),
        HandOff::Setspn | HandOff::Ldif => text.as_bytes().to_vec(),
    }
}

impl Plan {
    /// Writes this plan, and its undoing, for another team's tools. A comment of the form names
    /// what the form cannot express, so that nobody takes the file for the whole plan.
    ///
    /// ```
    /// use spnfix::*;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
    ///     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
    ///     .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
    /// let (target, client) = ("mem1.contoso.com".parse()?, ClientProfile::default());
    /// let remedy = Remedy::RemoveRegistration { account: None };
    /// let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await?;
    /// let plan = plan(&seen, &target, &remedy, &client)?;
    ///
    /// let ldif = plan.hand_off(HandOff::Ldif)?;
    /// assert!(ldif.text.contains("delete: servicePrincipalName\n"));
    /// assert!(ldif.undo.contains("add: servicePrincipalName\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn hand_off(&self, form: HandOff) -> Result<HandedOff, HandOffError> {
        let (forth, back) = (actions(self), undone(self));
        let write = |title: &str, actions: &[Action<'_>]| match form {
            HandOff::Setspn => cmd::write(self, title, actions),
            HandOff::PowerShell => powershell::write(self, title, actions),
            HandOff::Ldif => Ok(ldif::write(self, title, actions)),
            HandOff::Reg => reg::write(self, title, actions),
        };
        let title = format!("{} for {}", self.remedy, self.target);
        let text = write(&title, &forth)?;
        let undo = write(&format!("undo: {title}"), &back)?;
        Ok(HandedOff { form, text, undo })
    }
}
