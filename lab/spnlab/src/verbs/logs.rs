//! `spnlab logs`.

use spnlab_harness::{Error, Lab, Role};

use crate::cli::Part;
use crate::console::Console;
use crate::failure::Failure;

pub(super) async fn logs(name: &str, part: Option<Part>, console: &Console) -> Result<u8, Failure> {
    let logs = Lab::logs_of(name).await?;
    let roles = match part {
        None => vec![Role::Dc1, Role::Dc2, Role::Mem1, Role::Client],
        Some(Part::Dc1) => vec![Role::Dc1],
        Some(Part::Dc2) => vec![Role::Dc2],
        Some(Part::Mem1) => vec![Role::Mem1],
        Some(Part::Client) => vec![Role::Client],
    };
    if let (Some(_), [only]) = (part, roles.as_slice())
        && !logs.iter().any(|(role, _)| role == only)
    {
        let (name, part) = (name.to_owned(), *only);
        return Err(Error::LabIncomplete { name, part }.into());
    }
    let mut all = serde_json::Map::new();
    for (role, log) in logs.into_iter().filter(|(role, _)| roles.contains(role)) {
        for line in log.lines() {
            console.print(&format!("{role:<7}| {line}"));
        }
        all.insert(role.to_string(), log.into());
    }
    console.document("logs", &all);
    Ok(0)
}
