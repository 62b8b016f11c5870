//! From targets to directories.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Event, Listener};
use super::request::{Request, Target};
use crate::directory::{Directory, DirectoryError};

/// The targets of `-T`, else the current domain.
pub(super) fn targets(request: &Request) -> Vec<Target> {
    if request.targets.is_empty() { vec![Target::Current] } else { request.targets.clone() }
}

/// The directory of a domain. If there is none, it first reports Windows' words for that.
pub(super) async fn reach<'a>(
    domains: &'a mut dyn Domains,
    listener: &mut dyn Listener,
    domain: Option<&'a str>,
) -> Result<&'a mut (dyn Directory + 'a), SetspnError> {
    let reached = domains.reach(domain).await;
    if let Err(SetspnError::Directory(
        DirectoryError::Unreachable { .. } | DirectoryError::TimedOut { .. },
    )) = &reached
    {
        listener.hear(Event::ServerDown { domain: domain.unwrap_or_default() })?;
    }
    reached
}
