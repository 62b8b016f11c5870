//! The tickets of a logon session. CLIENT keeps them between connections until a purge or a reset.

use crate::engine::ADMIN;
use crate::lab::Client;
use crate::model::{Result, Role};

/// Where CLIENT keeps them; the reset looks for this name.
pub(crate) const FOLDER: &str = "/tmp/spnlab.session";

impl Client<'_> {
    /// Removes the kept tickets, as `klist purge` does.
    pub async fn purge_tickets(self) -> Result<()> {
        let command = ["rm", "-r", FOLDER];
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
