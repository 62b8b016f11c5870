//! A Unix shell of a part that has none of Windows' commands, by `docker exec`.
//!
//! Uses: no other room.

use std::io::IsTerminal;
use std::sync::Arc;

use spnlab_harness::{Error, Lab, Role};
use tokio::process::Command;

use crate::console::Console;
use crate::failure::Failure;

/// Prints the numbers of a user and of its group.
const IDS: &str = r#"echo "$(id -u "$1"):$(id -g "$1")""#;

/// Opens the shell, and returns its status.
///
/// On dc1 it is that of the user of Samba, who owns the directory. On MEM1 it is that of trainer,
/// who may read neither the computer's keys nor those of the web site.
pub(crate) async fn unix(lab: &Arc<Lab>, part: Role, console: &Console) -> Result<u8, Failure> {
    let (user, folder, note) = match part {
        Role::Dc1 => ("samba", "/var/lib/samba", "samba-tool and ldbsearch read its directory"),
        _ => ("trainer", "/home/trainer", "as a WinRM session has it; no key of MEM1 is readable"),
    };
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if terminal {
        console.say(&format!("{part}: a Unix shell as {user} ({note}); exit leaves it"));
    }
    // The engine does not find MEM1's users: they are in a file that MEM1 makes when it starts.
    let ids = lab.exec(part, None, &["sh", "-c", IDS, "id", user], None).await?;
    let ids = ids.success(part, "id")?;
    let container = lab.container_name(part);
    let how = if terminal { "-it" } else { "-i" };
    let home = format!("HOME={folder}");
    let words = ["exec", how, "-u", ids.trim(), "-w", folder, "-e", &home, &container, "bash"];
    let status = Command::new("docker").args(words).status().await;
    let status = status.map_err(|source| {
        Failure::from(Error::Io { action: "run docker exec".to_owned(), source })
    })?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
