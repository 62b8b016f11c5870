//! One connection: paged searches and single-value writes, one at a time.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::access::Timeouts;
use super::failure::{broken, check, notice, unexpected, within};
use super::filter::Filter;
use super::progress::Progress;
use super::wire::answer::{
    DONE, ENTRY, EXTENDED, Entry, INTERMEDIATE, LdapResult, MODIFIED, Message, REFERENCE,
};
use super::wire::channel::Channel;
use super::wire::request::{self, Change, Depth, Search};
use crate::directory::{DirectoryError, LdapCode};
use crate::names::fold;

/// Active Directory's MaxPageSize. It refuses more per page.
const PAGE: u32 = 1000;
/// Most entries of an answer that is collected. A name is on a handful of accounts.
const MOST_FOUND: usize = 100_000;

pub(super) struct Connection {
    channel: Channel,
    last_id: u32,
    timeouts: Timeouts,
}

/// Where to search.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) dn: &'a str,
    pub(super) depth: Depth,
}

/// How a page ended.
struct PageEnd {
    result: LdapResult,
    cookie: Vec<u8>,
    entries: u32,
    /// A hash of the entries' names.
    names: u64,
}

impl Connection {
    pub(super) fn new(channel: Channel, timeouts: Timeouts) -> Self {
        Self { channel, last_id: 0, timeouts }
    }

    pub(super) fn into_channel(self) -> Channel {
        self.channel
    }

    #[cfg(feature = "kerberos")]
    pub(super) fn channel(&mut self) -> &mut Channel {
        &mut self.channel
    }

    pub(super) fn next_id(&mut self) -> u32 {
        // RFC 4511 section 4.1.1.1: up to 2^31 - 1. Zero is the server's own.
        self.last_id = self.last_id % 0x7fff_ffff + 1;
        self.last_id
    }

    /// Sends a question and waits for its one answer.
    pub(super) async fn ask(
        &mut self,
        id: u32,
        message: &[u8],
        answer: u8,
        patience: Duration,
        doing: &str,
    ) -> Result<LdapResult, DirectoryError> {
        let work = async {
            self.channel.send(message).await.map_err(|error| broken(error, doing))?;
            let message = answer_to(&mut self.channel, id, doing).await?;
            if message.kind != answer {
                return Err(odd_kind(doing));
            }
            message.result().map_err(|error| broken(error.into(), doing))
        };
        within(patience, doing, work).await
    }

    /// The time limits.
    pub(super) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// All entries that a filter finds, page by page. The caller sets the time limit. It skips
    /// references to other servers: the domain is searched here, the forest in the global catalog.
    pub(super) async fn search(
        &mut self,
        base: Base<'_>,
        filter: &Filter,
        attributes: &[&str],
        doing: &str,
    ) -> Result<Vec<Entry>, DirectoryError> {
        let (mut entries, mut places) = (Vec::new(), HashMap::new());
        let take = |entry: Entry| {
            // An object that is moved during the search may come twice. It is the same object.
            match places.entry(fold(&entry.dn)) {
                Occupied(place) if entries[*place.get()] == entry => return Ok(()),
                Occupied(_) => {
                    let reason = format!("it gives {} twice, and differently", entry.dn);
                    return Err(unexpected(doing, reason));
                }
                Vacant(place) => place.insert(entries.len()),
            };
            entries.push(entry);
            if entries.len() > MOST_FOUND {
                return Err(unexpected(doing, format!("it names more than {MOST_FOUND} entries")));
            }
            Ok(())
        };
        let patience = self.timeouts.operation;
        self.pages(base, filter, attributes, patience, doing, take).await?;
        Ok(entries)
    }

    /// Passes on all entries that a filter finds, as they come.
    pub(super) async fn each(
        &mut self,
        base: Base<'_>,
        filter: &Filter,
        attributes: &[&str],
        doing: &str,
        take: impl FnMut(Entry) -> Result<(), DirectoryError>,
    ) -> Result<(), DirectoryError> {
        self.pages(base, filter, attributes, self.timeouts.page, doing, take).await
    }

    async fn pages(
        &mut self,
        base: Base<'_>,
        filter: &Filter,
        attributes: &[&str],
        patience: Duration,
        doing: &str,
        mut take: impl FnMut(Entry) -> Result<(), DirectoryError>,
    ) -> Result<(), DirectoryError> {
        let (mut cookie, mut progress) = (Vec::new(), Progress::new());
        loop {
            let id = self.next_id();
            let question = Search {
                base: base.dn,
                depth: base.depth,
                filter,
                attributes,
                page: Some((PAGE, &cookie)),
            };
            let question = request::search(id, &question);
            let page = page(&mut self.channel, id, &question, base, doing, &mut take);
            let end = within(patience, doing, page).await?;
            check(&end.result, doing)?;
            if end.cookie.is_empty() {
                return Ok(());
            }
            progress.page(end.entries, end.names).map_err(|why| unexpected(doing, why))?;
            cookie = end.cookie;
        }
    }

    /// The one entry at a DN.
    pub(super) async fn read(
        &mut self,
        dn: &str,
        attributes: &[&str],
        doing: &str,
    ) -> Result<Option<Entry>, DirectoryError> {
        let (filter, patience) = (Filter::Has("objectClass"), self.timeouts.operation);
        let base = Base { dn, depth: Depth::Base };
        let id = self.next_id();
        let question =
            Search { base: dn, depth: Depth::Base, filter: &filter, attributes, page: None };
        let (question, mut found) = (request::search(id, &question), None);
        let take = &mut |entry| match found.replace(entry) {
            None => Ok(()),
            Some(_) => Err(unexpected(doing, "it names several entries for one name")),
        };
        let page = page(&mut self.channel, id, &question, base, doing, take);
        let end = within(patience, doing, page).await?;
        if LdapCode(end.result.code) == LdapCode::NO_SUCH_OBJECT {
            return Ok(None);
        }
        check(&end.result, doing)?;
        Ok(found)
    }

    /// Adds or deletes one value of an attribute.
    pub(super) async fn change(
        &mut self,
        dn: &str,
        change: Change,
        attribute: &str,
        value: &str,
    ) -> Result<(), DirectoryError> {
        let doing = match change {
            Change::Add => format!("add {value} to {dn}"),
            Change::Delete => format!("delete {value} from {dn}"),
        };
        // U+FFFD stands for bytes that are no text. The user cannot mean this very value.
        if [dn, value].iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
            return Err(unexpected(&doing, "it is not proper UTF-8 in the directory"));
        }
        let id = self.next_id();
        let message = request::modify(id, dn, change, attribute, value);
        let patience = self.timeouts.operation;
        check(&self.ask(id, &message, MODIFIED, patience, &doing).await?, &doing)
    }

    /// Unbinds.
    pub(super) async fn close(mut self) {
        let message = request::unbind(self.next_id());
        let goodbye = async {
            // An unbind has no answer, and the socket closes in any case.
            let _ = self.channel.send(&message).await;
            let _ = self.channel.close().await;
        };
        let _ = tokio::time::timeout(self.timeouts.connect, goodbye).await;
    }
}

/// Sends a search and reads its answers to the end of the page.
async fn page(
    channel: &mut Channel,
    id: u32,
    question: &[u8],
    base: Base<'_>,
    doing: &str,
    take: &mut impl FnMut(Entry) -> Result<(), DirectoryError>,
) -> Result<PageEnd, DirectoryError> {
    channel.send(question).await.map_err(|error| broken(error, doing))?;
    let (mut entries, mut names) = (0, DefaultHasher::new());
    loop {
        let message = answer_to(channel, id, doing).await?;
        match message.kind {
            ENTRY => {
                entries += 1;
                if entries > PAGE {
                    return Err(unexpected(doing, format!("a page has more than {PAGE} entries")));
                }
                let entry = message.entry().map_err(|error| unexpected(doing, error.0))?;
                if !belongs(&entry.dn, base) {
                    let reason = format!("it names {}, which is not below {}", entry.dn, base.dn);
                    return Err(unexpected(doing, reason));
                }
                entry.dn.hash(&mut names);
                take(entry)?;
            }
            REFERENCE | INTERMEDIATE => {}
            DONE => {
                let lost = |error: super::wire::ber::Malformed| unexpected(doing, error.0);
                let result = message.result().map_err(lost)?;
                let cookie = message.cookie().map_err(lost)?;
                return Ok(PageEnd { result, cookie, entries, names: names.finish() });
            }
            _ => return Err(odd_kind(doing)),
        }
    }
}

/// The next message that answers this question.
async fn answer_to<'a>(
    channel: &'a mut Channel,
    id: u32,
    doing: &str,
) -> Result<Message<'a>, DirectoryError> {
    loop {
        let message = channel.receive().await.map_err(|error| broken(error, doing))?;
        if message.id == 0 && message.kind == EXTENDED {
            let result = message.result().map_err(|error| broken(error.into(), doing))?;
            return Err(notice(&result, doing));
        }
        if message.id == id {
            return channel.last().map_err(|error| broken(error, doing));
        }
        // Skips late answers to an earlier question.
        if message.id == 0 || message.id > id {
            return Err(DirectoryError::Lost {
                doing: doing.to_owned(),
                source: "the server answers a question that was not asked".into(),
            });
        }
    }
}

fn odd_kind(doing: &str) -> DirectoryError {
    let source = "the server answers with another operation than was asked".into();
    DirectoryError::Lost { doing: doing.to_owned(), source }
}

/// Whether a search below this base may find this entry.
fn belongs(dn: &str, base: Base<'_>) -> bool {
    // The base is a GUID in place of a name. The caller knows which entry to expect.
    if base.dn.starts_with('<') {
        return true;
    }
    if base.dn.is_empty() {
        return base.depth != Depth::Base || dn.is_empty();
    }
    let (dn, root) = (fold(dn), fold(base.dn));
    let above = dn.strip_suffix(&root);
    above.is_some_and(|above| match base.depth {
        Depth::Base => above.is_empty(),
        Depth::OneLevel | Depth::Subtree => above.is_empty() || above.ends_with(','),
    })
}
