//! One visit to the web site on MEM1 with Kerberos, by `curl --negotiate` from CLIENT.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::lab::Lab;
use crate::labels::Role;
use crate::topology::Account;

/// Runs in CLIENT: a fresh credential cache, then one request. Prints the body and the status.
const VISIT: &str = r#"
read -r password
folder=$(mktemp -d /tmp/spnlab.XXXXXX)
trap 'rm -rf "$folder"' EXIT
export KRB5CCNAME="FILE:$folder/cc"
if ! printf '%s\n' "$password" | kinit "$2" >/dev/null; then
  printf '\n--status--\n000'
  exit 90
fi
curl --silent --show-error --negotiate --user : --max-time 20 \
     --write-out '\n--status--\n%{http_code}' "http://$1/"
"#;

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
        let command = ["sh", "-c", VISIT, "visit", host, user.name];
        let password = format!("{}\n", user.password);
        let ran =
            self.exec(Role::Client, Some("admin"), &command, Some(password.as_bytes())).await?;
        let unreadable = || Error::Unreadable {
            what: "curl's answer".to_owned(),
            detail: format!("{}{}", ran.stdout, ran.stderr),
        };
        let (body, status) = ran.stdout.rsplit_once("\n--status--\n").ok_or_else(unreadable)?;
        let http_status = status.trim().parse().map_err(|_| unreadable())?;
        Ok(WebVisit {
            url: format!("http://{host}/"),
            http_status,
            error: (ran.status != 0).then(|| ran.stderr.trim().to_owned()),
            user: greeted(body),
            body: body.trim().to_owned(),
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
