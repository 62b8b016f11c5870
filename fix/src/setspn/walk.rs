//! One walk through a directory.

use std::collections::BTreeSet;
use std::io;

use super::error::SetspnError;
use super::event::{Event, Listener};
use crate::directory::{Directory, Scope};
use crate::names::fold;

/// Passes the DN and the folded SPNs of every account to `take`, and reports progress. If one
/// account stores an SPN in two spellings, the SPN comes once: it is no duplicate.
pub(super) async fn walk(
    dir: &mut dyn Directory,
    scope: Scope,
    entries: &mut u64,
    listener: &mut dyn Listener,
    mut take: impl FnMut(&str, BTreeSet<String>) + Send,
) -> Result<(), SetspnError> {
    let mut heard: io::Result<()> = Ok(());
    let mut visit = |dn: &str, spns: &[String]| {
        *entries += 1;
        if heard.is_ok() {
            heard = listener.hear(Event::Walked { entries: *entries, scope });
        }
        take(dn, spns.iter().map(|spn| fold(spn)).collect());
    };
    dir.every_holder(scope, &mut visit).await?;
    Ok(heard?)
}
