//! The tickets of a logon session. CLIENT keeps them between connections until a purge or a reset.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::engine::{ADMIN, ExecOutput};
use crate::lab::Client;
use crate::model::{Account, Error, Result, Role};
use crate::wire::{KeptTicket, ccache};

/// Gets a ticket for an SPN, and a ticket-granting ticket before that if there is none. The
/// password is standard input.
const GET: &str = r#"umask 077; mkdir -p "$1" || exit; export KRB5CCNAME="FILE:$1/cc"
[ -e "$1/cc" ] || kinit "$2" >/dev/null || exit
exec kvno -- "$3""#;

/// Takes a credential cache from standard input.
const KEEP: &str = r#"umask 077; rm -rf "$1" && mkdir -p "$1" && exec cat >"$1/cc""#;

/// Where CLIENT keeps them; the reset looks for this name.
pub(crate) const FOLDER: &str = "/tmp/spnlab.session";

/// The credential cache in that folder.
pub(super) const CACHE: &str = "/tmp/spnlab.session/cc";

impl Client<'_> {
    /// What `klist` says of the kept tickets; `None` if there are none.
    pub async fn klist(self) -> Result<Option<String>> {
        let command = ["sh", "-c", r#"[ ! -e "$1" ] || klist "$1""#, "klist", CACHE];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        let listed = ran.success(Role::Client, "klist")?;
        Ok((!listed.is_empty()).then_some(listed))
    }

    /// The kept tickets, oldest first.
    pub async fn kept_tickets(self) -> Result<Vec<KeptTicket>> {
        let bytes = self.ticket_cache().await?;
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        ccache::kept(&bytes).map_err(unreadable)
    }

    /// The credential cache of the kept tickets as it is. Empty: no tickets are kept.
    pub async fn ticket_cache(self) -> Result<Vec<u8>> {
        let command = ["sh", "-c", r#"[ ! -e "$1" ] || base64 -w0 "$1""#, "base64", CACHE];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        let read = ran.success(Role::Client, "base64")?;
        STANDARD.decode(read.trim()).map_err(|error| unreadable(error.to_string()))
    }

    /// Keeps the tickets of this credential cache instead of those that are kept.
    pub async fn keep_ticket_cache(self, cache: &[u8]) -> Result<()> {
        let ran =
            self.lab.exec(Role::Client, ADMIN, &["sh", "-c", KEEP, "cat", FOLDER], Some(cache));
        ran.await?.success(Role::Client, "the keeping of the tickets").map(drop)
    }

    /// Gets a ticket for this SPN and keeps it, as `klist get` does. If no tickets are kept, this
    /// user logs on first. Returns what `kvno` said, or `kinit` if the KDC refused the logon.
    pub async fn get_ticket(self, user: Account, spn: &str) -> Result<ExecOutput> {
        let command = ["sh", "-c", GET, "kvno", FOLDER, user.name, spn];
        let password = format!("{}\n", user.password);
        self.lab.exec(Role::Client, ADMIN, &command, Some(password.as_bytes())).await
    }

    /// Removes the kept tickets, as `klist purge` does. It is no error if there are none.
    pub async fn purge_tickets(self) -> Result<()> {
        let command = ["rm", "-rf", FOLDER];
        let ran = self.lab.exec(Role::Client, ADMIN, &command, None).await?;
        ran.success(Role::Client, "the purge of the tickets").map(drop)
    }
}

fn unreadable(detail: String) -> Error {
    Error::Unreadable { what: "the cache of the kept tickets".to_owned(), detail }
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
