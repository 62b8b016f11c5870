//! Makes one visit to the web site on MEM1 with Kerberos, by `curl --negotiate` from CLIENT, and
//! combines what the observers saw.

use std::fmt::Display;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use spnlab_agent::{Request, Visit, Visited};

use super::observe::CompleteWhen;
use super::watch::Watch;
use super::whose_key::WhoseKey;
use super::{PROGRAM_SOCKETS, combine};
use crate::client::{CaptureSlice, tickets};
use crate::engine::LogPosition;
use crate::evidence::EvidenceDir;
use crate::lab::Lab;
use crate::model::{Account, Error, KrbCode, Result, Role, SpnInventory, TgsFact};
use crate::wire::{
    ApStage, ConnectionKey, KdcStage, Sockets, Stages, Ticket, Time, Trace, Wire, ccache,
};

/// The beginning of the names of a visit's files.
const NAME: &str = "browse";

/// What the web site answered, and what Kerberos did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebVisit {
    /// The visited URL.
    pub url: String,
    /// HTTP status: 200, or 401 if the site could not use the ticket; 0 without an answer.
    pub http_status: u16,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The principal that the page greets: the one that the site's Kerberos accepted.
    pub user: Option<String>,
    /// What the KDC did, from the wire, and whose keys decrypt the ticket.
    pub tgs: TgsFact,
    /// The code of the KRB-ERROR in the site's 401, from the wire.
    pub on_the_wire: Option<KrbCode>,
    /// The words of the site's Kerberos about a ticket that it could not use.
    pub site_said: Option<String>,
    /// The accounts whose keys dc1 tried on the ticket.
    pub keys_tried: Vec<String>,
    /// `klist` after the visit.
    pub klist: String,
    /// Who held which SPN right after the visit; `None` if no KDC answered the client.
    #[serde(default)]
    pub spns: Option<SpnInventory>,
    /// What went over the wire.
    pub wire: Wire,
    /// The page.
    pub body: String,
}

impl WebVisit {
    /// Whether the site let a user in by Kerberos: the page greets a principal. The status 200
    /// alone proves nothing, because a site without authentication answers 200 too.
    pub fn logged_in(&self) -> bool {
        self.http_status == 200 && self.user.is_some()
    }

    /// The accounts whose keys decrypt the ticket for the site. Empty if the KDC issued none.
    pub fn encrypted_with_key_of(&self) -> &[String] {
        match &self.tgs {
            TgsFact::Issued(ticket) => &ticket.encrypted_with_key_of,
            _ => &[],
        }
    }

    /// Writes into the folder:
    ///
    /// - `<name>.json`;
    /// - `<name>.pcap` and `<name>.trace.txt` with what went over the wire;
    /// - `<name>.klist.txt`.
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
    /// A refusal of the site is an outcome, not an error. [`Error::Disagreement`]: the page, the
    /// site's log, the wire and the ticket do not tell the same story.
    pub async fn browse(&self, host: &str, user: Account) -> Result<WebVisit> {
        Box::pin(self.browse_watched(host, user, &Watch::default())).await
    }

    /// As [`Lab::browse`]. Keeps what the observers saw as `browse.json` and so on
    /// ([`WebVisit::write_to`]), and says what it waits for.
    ///
    /// # Errors
    /// Those of [`Lab::browse`]. If evidence was kept: [`Error::NotJudged`] with one of them.
    pub async fn browse_watched(
        &self,
        host: &str,
        user: Account,
        watch: &Watch,
    ) -> Result<WebVisit> {
        let log = self.log_of(Role::Mem1).end().await?;
        let asked = Visit { logon: user.logon(None), host: host.to_owned() };
        let visit = self.client().ask_captured(|| Request::Visit(asked.clone()));
        let (began, visited): (_, Visited) =
            self.say_when_slow(&asked.logon.folder, watch, visit).await?;
        let klist = visited.klist.clone();
        let mut wire = None;
        match self.judge_visit(host, user, log, (began, visited), &mut wire).await {
            Ok(visit) => {
                if let Some(folder) = &watch.evidence {
                    visit.write_to(folder, NAME)?;
                }
                Ok(visit)
            }
            Err(error) => Err(watch.not_judged(error, |folder| {
                folder.write(&format!("{NAME}.klist.txt"), &klist)?;
                wire.as_ref().map_or(Ok(()), |wire: &Wire| wire.write_to(folder, NAME))
            })),
        }
    }

    async fn judge_visit(
        &self,
        host: &str,
        user: Account,
        log: LogPosition,
        (began, visited): (Time, Visited),
        wire: &mut Option<Wire>,
    ) -> Result<WebVisit> {
        let unreadable = |detail: &dyn Display| Error::Unreadable {
            what: "the answer of a visit".to_owned(),
            detail: format!("{detail}; it said: {}", visited.error.trim()),
        };
        let http_status = visited.status;
        let (error, body) = (visited.error.trim().to_owned(), visited.page.trim().to_owned());
        let client: Option<SocketAddr> = match http_status {
            0 => None,
            _ => Some(visited.address.parse().map_err(|e| unreadable(&e))?),
        };
        let program = if client.is_some() { "curl" } else { "kinit" };
        let sockets = Sockets::read(&visited.sockets).map_err(|e| unreadable(&e))?;
        sockets
            .are_of(program, client)
            .map_err(|detail| Error::Unreadable { what: PROGRAM_SOCKETS.to_owned(), detail })?;
        let spn = format!("HTTP/{host}");
        let key =
            ConnectionKey { user: user.name, spn: &spn, client, sealed: false, cached: false };
        let until = client.map_or(CompleteWhen::MarkerSeen, CompleteWhen::ConnectionEnded);
        // Without a connection, the judge waits until the wire has the end of the logon.
        let confirmed =
            |trace: &Trace| Stages::read(&key, trace).authentication != KdcStage::Unanswered;
        let slice = CaptureSlice {
            began,
            position: visited.began.clone(),
            capture: visited.capture.0.clone(),
            sockets: Some(sockets),
        };
        let wire = &*wire.insert(self.observe_wire(until, slice, confirmed).await?);
        let stages = Stages::read(&key, &wire.trace);
        let user = greeted(&body);
        let disagree = |detail| Error::Disagreement { detail };
        let seen = Seen {
            http_status,
            listed: tickets::lists(&visited.klist, &spn),
            ticket: ccache::ticket(&visited.ccache.0, &spn).map_err(|e| unreadable(&e))?,
            user: user.as_deref(),
        };
        agree(&seen, &stages, &key, &wire.trace).map_err(disagree)?;
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
                let whose = self.whose_key(&key, &wire.trace, &visited.ccache.0).await?;
                combine::known_key_holder(&whose.decrypted_with)?;
                whose
            }
            _ => WhoseKey::default(),
        };
        let tgs = stages.tgs(whose.decrypted_with);
        let spns = match tgs {
            TgsFact::NotReached(None) => None,
            _ => Some(self.dc1().spns().await?),
        };
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
            klist: visited.klist,
            spns,
            wire: wire.clone(),
            body,
        })
    }

    /// What the site's Kerberos said on this connection, if it refused the ticket. Checks that the
    /// site's record of the request is what the client saw.
    async fn site_said(
        &self,
        client: SocketAddr,
        log: LogPosition,
        seen: &SiteRecord,
        refused: bool,
    ) -> Result<Option<String>> {
        let record = |line: &str| record(line, client);
        let record = self.log_of(Role::Mem1).find(log, true, record).await?;
        if record.as_ref() != Some(seen) {
            let detail = format!("the client of the site saw {seen:?}, its log has {record:?}");
            return Err(Error::Disagreement { detail });
        }
        if !refused {
            return Ok(None);
        }
        let said = |line: &str| refusal(line, client);
        let said = self.log_of(Role::Mem1).find(log, true, said).await?;
        if said.is_none() {
            let detail = "the site refused a ticket, and its log does not say why".to_owned();
            return Err(Error::Disagreement { detail });
        }
        Ok(said)
    }
}

/// What the client saw of a visit.
#[derive(Debug)]
struct Seen<'a> {
    /// The HTTP status from curl; 0 without a connection.
    http_status: u16,
    /// Whether klist names a ticket for the site.
    listed: bool,
    /// The ticket in the credential cache.
    ticket: Option<Ticket>,
    /// The principal that the page greets.
    user: Option<&'a str>,
}

/// Checks that the page, curl, the cache and the wire tell the same story.
fn agree(
    seen: &Seen<'_>,
    stages: &Stages,
    key: &ConnectionKey<'_>,
    trace: &Trace,
) -> std::result::Result<(), String> {
    let issued = match &stages.ticket {
        KdcStage::Issued(ticket) => Some(ticket),
        _ => None,
    };
    if issued.is_some() != seen.listed {
        return Err(format!(
            "the cache has {} ticket for the site, the wire has: {}",
            if seen.listed { "a" } else { "no" },
            stages.ticket
        ));
    }
    let presented = match &stages.ap {
        ApStage::Accepted(ticket) | ApStage::Refused { ticket, .. } => Some(ticket),
        ApStage::NotPresented | ApStage::Sealed => None,
    };
    // A ticket is its realm, sname, etype, kvno and the end of its cipher.
    let same = |ticket: Option<&Ticket>| ticket.is_none_or(|one| seen.ticket.as_ref() == Some(one));
    if issued.is_some() != seen.ticket.is_some() || !same(issued) || !same(presented) {
        return Err(format!(
            "the cache has {:?}, issued was {issued:?}, presented was {presented:?}",
            seen.ticket
        ));
    }
    let status = key.client.and_then(|client| trace.http_status(client));
    if status.unwrap_or_default() != seen.http_status {
        return Err(format!("curl has the HTTP status {}, the wire {status:?}", seen.http_status));
    }
    match (&stages.ap, seen.user) {
        (ApStage::Accepted(_), Some(user)) => key.same_client(trace, user),
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

/// The words of mod_auth_gssapi in the site's log about a ticket on this connection.
fn refusal(line: &str, client: SocketAddr) -> Option<String> {
    let (_, said) = line.split_once(&format!("[client {client}] "))?;
    said.starts_with("GSS ERROR").then(|| said.to_owned())
}

/// The principal in the page's greeting. Without authentication the server writes `(none)`.
fn greeted(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("Welcome, ")?;
    let (name, _) = rest.split_once(". ")?;
    name.contains('@').then(|| name.to_owned())
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
