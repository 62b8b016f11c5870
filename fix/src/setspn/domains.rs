//! Where the directories come from.

use std::pin::Pin;

use super::error::SetspnError;
use crate::directory::Directory;
use crate::names::same;

/// The future result of connecting to a domain.
pub type Reached<'a> =
    Pin<Box<dyn Future<Output = Result<&'a mut (dyn Directory + 'a), SetspnError>> + Send + 'a>>;

/// The domains of a run. One run may need several: each `-T`, and the domain of `DOMAIN\account`.
pub trait Domains: Send {
    /// The directory of a domain, by NetBIOS or DNS name. `None` is the current domain.
    fn reach<'a>(&'a mut self, domain: Option<&'a str>) -> Reached<'a>;
}

/// This directory, if it serves that domain or no domain is named; else
/// [`SetspnError::NoSuchDomain`].
pub async fn serving<'a>(
    dir: &'a mut (dyn Directory + 'a),
    domain: Option<&str>,
) -> Result<&'a mut (dyn Directory + 'a), SetspnError> {
    if let Some(name) = domain {
        let served = dir.domain().await?;
        let netbios = served.netbios.as_deref();
        if !same(name, &served.dns_name()) && !netbios.is_some_and(|netbios| same(name, netbios)) {
            return Err(SetspnError::NoSuchDomain { domain: name.to_owned() });
        }
    }
    Ok(dir)
}

/// Exactly one directory. It accepts the names of its own domain.
pub struct OneDomain<'d>(pub &'d mut dyn Directory);

impl std::fmt::Debug for OneDomain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneDomain")
    }
}

impl Domains for OneDomain<'_> {
    fn reach<'a>(&'a mut self, domain: Option<&'a str>) -> Reached<'a> {
        Box::pin(serving(&mut *self.0, domain))
    }
}
