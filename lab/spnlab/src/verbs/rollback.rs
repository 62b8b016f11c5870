//! `spnlab rollback`.

use super::question::confirm_domain;
use crate::cli::{ClientOptions, Rollback};
use crate::console::{Console, escaped};
use crate::directory::DirectoryChoice;
use crate::doing::Doing;
use crate::failure::Failure;
use crate::state::Last;

pub(super) async fn rollback(options: &Rollback, console: &Console) -> Result<u8, Failure> {
    let Rollback { lab, external, confirm } = options;
    let client = ClientOptions::default();
    let choice = DirectoryChoice::new(lab, external, &client);
    let directory = choice.open().await?;
    directory.works_for(console);
    let mut engineer = directory.engineer().await?;
    let domain = directory.external_domain(&mut engineer).await?;
    let journals = directory.journals(domain.as_ref());
    let (journal, name) = match journals.last().await? {
        Last::Found(journal, name) => (journal, name),
        Last::AllUndone(undone) => {
            let whose = match (choice, &domain) {
                (_, Some(external)) => format!("the domain {}", external.domain),
                (DirectoryChoice::Lab(name, _), None) => format!("the lab {name}"),
                (DirectoryChoice::External(..), None) => "this domain".to_owned(),
            };
            return Err(Failure::NothingToUndo { whose, undone });
        }
    };
    if let Some(external) = &domain {
        console.say(&format!("journal: {}", journal.display()));
        confirm_domain(external, confirm.as_deref(), console).await?;
    }
    let mut entries = journals.open(&name).await?;
    let remedy = entries.plan().remedy.to_string();
    console.begins(Doing::WRITING);
    let undone = engineer.rollback_journal(&mut entries).await;
    let undone = undone.map_err(|error| directory.failure(error))?;
    console.begins(Doing::Looking);
    console.document("rollback", &undone);
    console.done(&escaped(&format!("Taken back: {remedy}\n{undone}")));
    console.say(&directory.next_after_rollback());
    Ok(0)
}
