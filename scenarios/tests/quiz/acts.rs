//! What people do to a broken lab: options by the engineer, setspn, and the work of an
//! administrator.

use spnfix::Error;
use spnlab_engineer::{ArticleOption, Engineer};
use spnlab_harness::{Account, AccountChange, Lab, accounts};

/// One thing that somebody does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Act {
    /// An option of the article, for mem1.contoso.com.
    Apply(ArticleOption),
    /// An option that is refused.
    Refused(ArticleOption),
    /// `setspn`, as Administrator.
    Setspn(&'static str),
    /// The registry value spn_prefix.
    Prefix(&'static str),
    /// `klist purge`.
    Purge,
    Clocks,
    Winrm,
    Dc,
    MachinePassword,
    Registry,
    /// A new password for the account, or its end.
    Account(Account, AccountChange),
}

impl Act {
    pub(crate) async fn perform(self, lab: &Lab) -> Result<(), String> {
        match self {
            Self::Apply(option) => apply(lab, option).await.map_err(text),
            Self::Refused(option) => match apply(lab, option).await {
                Ok(()) => Err("it was not refused".to_owned()),
                Err(_) => Ok(()),
            },
            Self::Setspn(line) => {
                let words: Vec<&str> = line.split(' ').collect();
                let ran =
                    lab.client().setspn(accounts::ADMINISTRATOR, &words).await.map_err(text)?;
                if ran.status == 0 { Ok(()) } else { Err(format!("{ran:?}")) }
            }
            Self::Prefix(value) => {
                lab.client().registry_set("spn_prefix", value).await.map_err(text)
            }
            Self::Purge => lab.client().purge_tickets().await.map_err(text),
            Self::Clocks => did(&lab.mend_clocks().await.map_err(text)?),
            Self::Winrm => did(&lab.mend_winrm().await.map_err(text)?),
            Self::Dc => did(&lab.mend_parts().await.map_err(text)?),
            Self::MachinePassword => lab.mend_machine_password().await.map_err(text),
            Self::Registry => lab.client().registry_delete("spn_prefix").await.map_err(text),
            Self::Account(account, change) => {
                lab.dc1().change_account(account, change).await.map_err(text)
            }
        }
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A mend that found nothing is no attempt.
fn did(lines: &[String]) -> Result<(), String> {
    if lines.is_empty() { Err("there was nothing to mend".to_owned()) } else { Ok(()) }
}

/// Applies the option as the engineer does. An option may have nothing to do.
async fn apply(lab: &Lab, option: ArticleOption) -> Result<(), Error> {
    let mut engineer = Engineer::at(lab).await?;
    let plan = engineer.plan("mem1.contoso.com", option).await?;
    if plan.is_nothing_to_do() {
        return Ok(());
    }
    let folder = tempfile::tempdir().unwrap();
    engineer.apply(&plan, &folder.path().join("journal.json")).await.map(drop)
}
