//! `spnlab klist`: the tickets of the logon session.

use std::sync::Arc;

use serde_json::json;
use spnlab_harness::Lab;

use crate::cli::{Klist, TicketAction, name_option};
use crate::console::{Console, escaped};
use crate::failure::Failure;

pub(super) async fn klist(options: &Klist, console: &Console) -> Result<u8, Failure> {
    let lab = Arc::new(Lab::attach(&options.lab.name).await?);
    if options.action == Some(TicketAction::Purge) {
        console.works(&lab, None);
        lab.client().purge_tickets().await?;
        console.document("klist", &json!({ "purged": true }));
        console.done("the tickets are purged: the next connect asks the domain controller anew");
        return Ok(0);
    }
    let tickets = lab.client().klist().await?;
    console.document("klist", &json!({ "tickets": tickets }));
    if let Some(tickets) = tickets {
        console.pass_on(&escaped(&tickets.replace('\t', "    ")));
    } else {
        console.print("no tickets are kept");
        let option = name_option(&options.lab.name);
        console.say(&format!("next: spnlab connect --keep-tickets{option}"));
    }
    Ok(0)
}
