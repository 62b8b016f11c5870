//! `spnlab rollback`.

use super::question::confirm_domain;
use crate::cli::{ClientOptions, Rollback};
use crate::console::{Console, escaped};
use crate::directory::DirectoryChoice;
use crate::failure::Failure;

pub(super) async fn rollback(options: &Rollback, console: &Console) -> Result<u8, Failure> {
    let Rollback { lab, external, confirm } = options;
    let client = ClientOptions::default();
    let choice = DirectoryChoice::new(lab, external, &client);
    let directory = choice.open().await?;
    let mut engineer = directory.engineer().await?;
    let domain = directory.external_domain(&mut engineer).await?;
    let Some(journal) = directory.journals(domain.as_ref()).last() else {
        let whose = match (choice, &domain) {
            (_, Some(external)) => format!("the domain {}", external.domain),
            (DirectoryChoice::Lab(name, _), None) => format!("the lab {name}"),
            (DirectoryChoice::External(..), None) => "this domain".to_owned(),
        };
        return Err(Failure::NothingToUndo { whose });
    };
    if let Some(external) = &domain {
        console.say(&format!("journal: {}", journal.display()));
        confirm_domain(external, confirm.as_deref(), console).await?;
    }
    let undone = engineer.rollback(&journal).await?;
    console.document("rollback", &undone);
    console.print(&escaped(&undone.to_string()));
    console.say(&directory.next_after_rollback());
    Ok(0)
}
