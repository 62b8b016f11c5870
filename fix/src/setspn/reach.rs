//! From targets to directories.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Event, Listener};
use super::request::{Request, Target};
use crate::directory::Directory;
use crate::directory_error::DirectoryError;

/// Where to look: what `-T` says, else the current domain.
pub(super) fn targets(request: &Request) -> Vec<Target> {
    if request.targets.is_empty() { vec![Target::Current] } else { request.targets.clone() }
}

/// The directory of a domain; where there is none Windows' words for it are heard first.
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
