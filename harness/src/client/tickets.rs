//! The tickets of a logon session. CLIENT keeps them between connections until a purge or a reset.

use crate::engine::ADMIN;
use crate::lab::Client;
use crate::model::{Result, Role};

/// Where CLIENT keeps them; the reset looks for this name.
pub(crate) const FOLDER: &str = "/tmp/spnlab.session";

/// The credential cache in that folder.
const CACHE: &str = "/tmp/spnlab.session/cc";

impl Client<'_> {
    /// What `klist` says of the kept tickets; `None` if there are none.
    pub async fn klist(self) -> Result<Option<String>> {
        let command = ["sh", "-c", r#"[ ! -e "$1" ] || klist "$1""#, "klist", CACHE];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        let listed = ran.success(Role::Client, "klist")?;
        Ok((!listed.is_empty()).then_some(listed))
    }

    /// Removes the kept tickets, as `klist purge` does. It is no error if there are none.
    pub async fn purge_tickets(self) -> Result<()> {
        let command = ["rm", "-rf", FOLDER];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        ran.success(Role::Client, "the purge of the tickets").map(drop)
    }
}

/// Whether `klist`'s list holds a ticket for this SPN.
pub(crate) fn lists(klist: &str, spn: &str) -> bool {
    let servers = klist.lines().filter_map(|line| line.split_whitespace().last());
    servers.filter_map(|server| server.split_once('@')).any(|(name, _)| name == spn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_are_known_by_their_whole_name() {
        let klist = "Ticket cache: FILE:/tmp/cc\nDefault principal: trainer@CONTOSO.COM\n\n\
                     11/23/26 16:00:00  11/24/26 02:00:00  HTTP/mem1.contoso.com@CONTOSO.COM\n";
        assert!(lists(klist, "HTTP/mem1.contoso.com"));
        assert!(!lists(klist, "HTTP/mem1"));
        assert!(!lists("", "HTTP/mem1"));
    }
}
