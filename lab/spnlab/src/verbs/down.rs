//! `spnlab down`.

use spnlab_harness::{list_labs, remove_labs};

use crate::console::Console;
use crate::failure::Failure;
use crate::state::Journals;

pub(super) async fn down(name: Option<&str>, console: &Console) -> Result<u8, Failure> {
    let labs = list_labs().await?;
    let removed = remove_labs(name).await?;
    for lab in labs.iter().filter(|lab| name.is_none_or(|name| lab.name == name)) {
        Journals::of_lab(&lab.session).forget();
    }
    console.document("down", &removed);
    if removed.is_empty() {
        console.say("nothing to remove");
    }
    for what in removed {
        console.print(&format!("removed {what}"));
    }
    Ok(0)
}
