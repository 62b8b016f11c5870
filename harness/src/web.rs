//! One visit to the web site on MEM1 with Kerberos, by `curl --negotiate` from CLIENT.

use serde::Serialize;

use crate::attempt::parts_of;
use crate::error::{Error, Result};
use crate::lab::Lab;
use crate::labels::Role;
use crate::session_tickets;
use crate::topology::Account;

/// Runs in CLIENT.
const VISIT: &str = concat!(include_str!("scripts/parts.pl"), include_str!("scripts/visit.pl"));

/// What the web site answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WebVisit {
    /// Address that was visited.
    pub url: String,
    /// HTTP status: 200, or 401 where the site could not use the ticket; 0 without an answer.
    pub http_status: u16,
    /// Why there was no answer.
    pub error: Option<String>,
    /// Whom the page greets: the principal that the site's own Kerberos accepted.
    pub user: Option<String>,
    /// Accounts whose keys decrypt the ticket for the site: tried with every account's key. Nobody, where
    /// the KDC issued none.
    pub encrypted_with_key_of: Vec<String>,
    /// The page.
    pub body: String,
}

impl WebVisit {
    /// Whether the site let a user in by Kerberos. A page without a greeting does not count: a site
    /// that asks nobody who they are answers 200 too.
    pub fn logged_in(&self) -> bool {
        self.http_status == 200 && self.user.is_some()
    }
}

impl Lab {
    /// Visits `http://<host>/` as `user` with Kerberos.
    pub async fn browse(&self, host: &str, user: Account) -> Result<WebVisit> {
        let command = ["perl", "-e", VISIT, "--", host, user.name];
        let password = format!("{}\n", user.password);
        let ran = self.exec_raw(Role::Client, Some("admin"), &command, password.as_bytes()).await?;
        let unreadable = |detail: String| Error::Unreadable {
            what: "the answer of a visit".to_owned(),
            detail: format!("{detail}; it said: {}", String::from_utf8_lossy(&ran.stderr).trim()),
        };
        let parts = parts_of(&ran.stdout).map_err(unreadable)?;
        let part = |name: &str| {
            let found = parts.iter().find(|(is, _)| is == name).map(|&(_, bytes)| bytes);
            found.ok_or_else(|| unreadable(format!("it has no {name}")))
        };
        let text = |name| Ok::<_, Error>(String::from_utf8_lossy(part(name)?).trim().to_owned());
        let (spn, ccache) = (format!("HTTP/{host}"), part("ccache")?);
        let (error, body) = (text("error")?, text("page")?);
        let whose = if session_tickets::lists(&text("klist")?, &spn) {
            self.whose_key(&spn, ccache).await?.decrypted_with
        } else {
            Vec::new()
        };
        Ok(WebVisit {
            url: format!("http://{host}/"),
            http_status: text("status")?.parse().map_err(|_| unreadable("no status".into()))?,
            error: Some(error).filter(|error| !error.is_empty()),
            user: greeted(&body),
            encrypted_with_key_of: whose,
            body,
        })
    }
}

/// The principal in the page's greeting; the server writes `(none)` for a visitor it did not ask.
fn greeted(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("Welcome, ")?;
    let (name, _) = rest.split_once(". ")?;
    name.contains('@').then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_principal_counts_as_a_greeting() {
        let page = |name| format!("<p>Welcome, {name}. This is the web site.</p>");
        assert_eq!(greeted(&page("trainer@CONTOSO.COM")).as_deref(), Some("trainer@CONTOSO.COM"));
        assert_eq!(greeted(&page("(none)")), None);
        assert_eq!(greeted("401 Unauthorized"), None);
    }
}
