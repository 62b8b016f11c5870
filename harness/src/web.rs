//! One visit to the web site on MEM1 with Kerberos, by `curl --negotiate` from CLIENT, and what went over
//! the wire in it.

use std::net::SocketAddr;
use std::time::SystemTime;

use serde::Serialize;

use crate::attempt::WhoseKey;
use crate::error::{Error, Result};
use crate::evidence::{CAPTURE, EvidenceDir};
use crate::follow::Place;
use crate::lab::Lab;
use crate::labels::Role;
use crate::outcome::{KrbCode, TgsFact};
use crate::script_parts::ScriptParts;
use crate::session_tickets;
use crate::topology::Account;
use crate::wire::{ApStage, KdcStage, Question, Stages, Time, Trace, Wire};

/// Runs in CLIENT.
const VISIT: &str = concat!(include_str!("scripts/parts.pl"), include_str!("scripts/visit.pl"));

/// What the web site answered, and what Kerberos did.
#[derive(Debug, Clone, Serialize)]
pub struct WebVisit {
    /// Address that was visited.
    pub url: String,
    /// HTTP status: 200, or 401 where the site could not use the ticket; 0 without an answer.
    pub http_status: u16,
    /// Why there was no answer.
    pub error: Option<String>,
    /// Whom the page greets: the principal that the site's own Kerberos accepted.
    pub user: Option<String>,
    /// What the KDC did, from the wire, and whose keys decrypt the ticket.
    pub tgs: TgsFact,
    /// The code of the KRB-ERROR in the site's 401, from the wire.
    pub on_the_wire: Option<KrbCode>,
    /// What the site's own Kerberos said of a ticket that it could not use.
    pub site_said: Option<String>,
    /// Accounts whose keys were tried on the ticket.
    pub keys_tried: Vec<String>,
    /// `klist` after the visit.
    pub klist: String,
    /// What went over the wire.
    pub wire: Wire,
    /// The page.
    pub body: String,
}

impl WebVisit {
    /// Whether the site let a user in by Kerberos. A page without a greeting does not count: a site
    /// that asks nobody who they are answers 200 too.
    pub fn logged_in(&self) -> bool {
        self.http_status == 200 && self.user.is_some()
    }

    /// Accounts whose keys decrypt the ticket for the site: tried with every account's key. Nobody,
    /// where the KDC issued none.
    pub fn encrypted_with_key_of(&self) -> &[String] {
        match &self.tgs {
            TgsFact::Issued(ticket) => &ticket.encrypted_with_key_of,
            _ => &[],
        }
    }

    /// Writes into the folder: `<name>.json`, `<name>.pcap` and `<name>.trace.txt` with what went over
    /// the wire, and `<name>.klist.txt`.
    ///
    /// # Errors
    /// [`Error::Io`]: a file cannot be written.
    pub fn write_to(&self, folder: &EvidenceDir, name: &str) -> Result<()> {
        folder.write_json(&format!("{name}.json"), self)?;
        folder.write(&format!("{name}.klist.txt"), &self.klist)?;
        self.wire.write_to(folder, name)
    }
}

/// One request in the site's log.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SiteRecord {
    http_status: u16,
    user: Option<String>,
}

impl Lab {
    /// Visits `http://<host>/` as `user` with Kerberos.
    ///
    /// # Errors
    /// A site that refuses is no error. [`Error::Disagreement`]: the page, the site's log, the wire and
    /// the ticket do not tell the same story.
    pub async fn browse(&self, host: &str, user: Account) -> Result<WebVisit> {
        let log = self.end_of_log(Role::Mem1).await?;
        let command = ["perl", "-e", VISIT, "--", CAPTURE, host, user.name];
        let password = format!("{}\n", user.password);
        let began = Time::from(SystemTime::now());
        let ran = self.exec_raw(Role::Client, Some("admin"), &command, password.as_bytes()).await?;
        let said = ScriptParts::of("the answer of a visit", ran)?;
        let line = |name| Ok::<_, Error>(said.text(name)?.trim().to_owned());
        let (status, error, body) = (line("status")?, line("error")?, line("page")?);
        let http_status: u16 = status.parse().map_err(|e| said.unreadable(e))?;
        let klist = said.text("klist")?.into_owned();
        let cut = said.cut(began)?;
        let client: Option<SocketAddr> = match http_status {
            0 => None,
            _ => Some(line("address")?.parse().map_err(|e| said.unreadable(e))?),
        };
        let spn = format!("HTTP/{host}");
        let question =
            Question { user: user.name, spn: &spn, client, sealed: false, cached: false };
        // Without a connection the logon is all there is.
        let told =
            |trace: &Trace| Stages::read(&question, trace).authentication != KdcStage::Unanswered;
        let wire = self.observe_wire(client, cut, told).await?;
        let stages = Stages::read(&question, &wire.trace);
        let user = greeted(&body);
        let disagree = |detail| Error::Disagreement { detail };
        agree(&stages, session_tickets::lists(&klist, &spn), user.as_deref()).map_err(disagree)?;
        let site_said = match client {
            Some(client) => {
                let seen = SiteRecord { http_status, user: user.clone() };
                let refused = matches!(stages.ap, ApStage::Refused { .. });
                self.site_said(client, log, &seen, refused).await?
            }
            None => None,
        };
        let whose = match stages.ticket {
            KdcStage::Issued(_) => {
                self.whose_key(&question, &wire.trace, said.bytes("ccache")?).await?
            }
            _ => WhoseKey::default(),
        };
        let tgs = stages.tgs(whose.decrypted_with);
        Ok(WebVisit {
            url: format!("http://{host}/"),
            http_status,
            error: Some(error).filter(|error| !error.is_empty()),
            user,
            tgs,
            on_the_wire: match stages.ap {
                ApStage::Refused { code, .. } => code,
                _ => None,
            },
            site_said,
            keys_tried: whose.tried,
            klist,
            wire,
            body,
        })
    }

    /// What the site's Kerberos said on this connection, if it refused the ticket; its record of the
    /// request must be what the client saw.
    async fn site_said(
        &self,
        client: SocketAddr,
        log: Place,
        seen: &SiteRecord,
        refused: bool,
    ) -> Result<Option<String>> {
        let record = |line: &str| record(line, client);
        let record = self.find_in_log(Role::Mem1, log, true, record).await?;
        if record.as_ref() != Some(seen) {
            let detail = format!("the client of the site saw {seen:?}, its log has {record:?}");
            return Err(Error::Disagreement { detail });
        }
        if !refused {
            return Ok(None);
        }
        let said = |line: &str| refusal(line, client);
        let said = self.find_in_log(Role::Mem1, log, true, said).await?;
        if said.is_none() {
            let detail = "the site refused a ticket, and its log does not say why".to_owned();
            return Err(Error::Disagreement { detail });
        }
        Ok(said)
    }
}

/// The page, the cache and the wire must tell the same story.
fn agree(stages: &Stages, has_ticket: bool, user: Option<&str>) -> std::result::Result<(), String> {
    let issued = matches!(stages.ticket, KdcStage::Issued(_));
    if issued != has_ticket {
        return Err(format!(
            "the cache has {} ticket for the site, the wire has: {}",
            if has_ticket { "a" } else { "no" },
            stages.ticket
        ));
    }
    match (&stages.ap, user) {
        (ApStage::Accepted(_), Some(_)) => Ok(()),
        (ApStage::Accepted(_), None) => Err("the site proved itself and greets nobody".to_owned()),
        (other, Some(user)) => Err(format!("the site greets {user}, the wire has {other:?}")),
        (_, None) => Ok(()),
    }
}

/// The site's record of a request on this connection: `httpd: ADDRESS:PORT STATUS user=NAME …`.
fn record(line: &str, client: SocketAddr) -> Option<SiteRecord> {
    let mut words = line.strip_prefix("httpd: ")?.split(' ');
    if words.next()? != client.to_string() {
        return None;
    }
    let http_status = words.next()?.parse().ok()?;
    let user = words.next()?.strip_prefix("user=")?;
    Some(SiteRecord { http_status, user: (user != "-").then(|| user.to_owned()) })
}

/// What mod_auth_gssapi says in the site's log of a ticket on this connection.
fn refusal(line: &str, client: SocketAddr) -> Option<String> {
    let (_, said) = line.split_once(&format!("[client {client}] "))?;
    said.starts_with("GSS ERROR").then(|| said.to_owned())
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

    #[test]
    fn the_site_s_log_is_read_for_one_connection() {
        let client = "172.18.0.4:52116".parse().unwrap();
        let line =
            "httpd: 172.18.0.4:52116 200 user=trainer@CONTOSO.COM host=mem1 \"GET / HTTP/1.1\"";
        let seen = record(line, client).unwrap();
        assert_eq!((seen.http_status, seen.user.as_deref()), (200, Some("trainer@CONTOSO.COM")));
        let nobody = record(&line.replace("trainer@CONTOSO.COM", "-"), client).unwrap();
        assert_eq!(nobody.user, None);
        assert_eq!(record(line, "172.18.0.4:5211".parse().unwrap()), None);
        let line = "[x] [client 172.18.0.4:52116] GSS ERROR In Negotiate Auth: no key";
        assert_eq!(refusal(line, client).unwrap(), "GSS ERROR In Negotiate Auth: no key");
        assert_eq!(refusal(line, "172.18.0.4:5211".parse().unwrap()), None);
    }

    #[test]
    fn page_cache_and_wire_tell_one_story() {
        let client = "192.168.176.4:1".parse().unwrap();
        let question = |spn| Question {
            user: "trainer",
            spn,
            client: Some(client),
            sealed: false,
            cached: false,
        };
        let trace = crate::wire::decode(include_bytes!("../tests/wire/web.pcap")).unwrap();
        let site = trace.messages.iter().find_map(|message| match &message.body {
            crate::wire::Body::ApReq(_) => Some(message.from.address),
            _ => None,
        });
        let question = Question { client: site, ..question("HTTP/www.contoso.com") };
        let stages = Stages::read(&question, &trace);
        assert_eq!(agree(&stages, true, Some("trainer@CONTOSO.COM")), Ok(()));
        assert!(agree(&stages, true, None).unwrap_err().contains("greets nobody"));
        assert!(
            agree(&stages, false, Some("trainer@CONTOSO.COM")).unwrap_err().contains("no ticket")
        );
        let elsewhere = Stages::read(&Question { client: None, ..question }, &trace);
        let said = agree(&elsewhere, true, Some("trainer@CONTOSO.COM")).unwrap_err();
        assert!(said.contains("NotPresented"), "{said}");
    }
}
