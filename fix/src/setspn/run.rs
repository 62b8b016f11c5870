//! One run of `setspn`.

use super::change;
use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Event, Listener};
use super::find::{Found, find};
use super::outcome::Outcome;
use super::reach::{reach, targets};
use super::report;
use super::request::{Command, Request, Who};
use crate::directory::{Directory, Scope};
use crate::names::{Spn, SpnPattern};

/// Executes the request, and reports the events to `listener`.
///
/// `-S`, `-A`, `-D` and `-R` add or delete single values and change nothing else. After an error of
/// the listener it writes nothing.
///
/// ```
/// use spnfix::InMemoryDirectory;
/// use spnfix::setspn::{Arguments, OneDomain, Outcome, Progress, WindowsText, run};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_user("svc_web", &[]);
/// let typed = ["-s", "HTTP/mem1", "svc_web"].map(str::to_owned);
/// let request = Arguments::parse(&typed).unwrap().request;
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let mut text = WindowsText::new(&mut out, &mut err, Progress::Line);
/// let outcome = run(&request, &mut OneDomain(&mut dir), &mut text).await?;
/// assert_eq!(outcome, Outcome::Done);
/// assert_eq!(String::from_utf8(out).unwrap(), "\
/// Checking domain DC=contoso,DC=com
///
/// Registering ServicePrincipalNames for CN=svc_web,CN=Users,DC=contoso,DC=com
/// \tHTTP/mem1
/// Updated object
/// ");
/// # Ok::<(), spnfix::setspn::SetspnError>(()) }).unwrap();
/// ```
pub async fn run(
    request: &Request,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    match &request.command {
        Command::Help => Ok(Outcome::Done),
        Command::Query(pattern) => query(request, pattern, domains, listener).await,
        Command::List(who) => list(who, domains, listener).await,
        Command::AddChecked(spn, who) => {
            change::add_checked(request, spn, who, domains, listener).await
        }
        Command::Add(spn, who) => change::add(spn, who, domains, listener).await,
        Command::Delete(spn, who) => change::delete(spn, who, domains, listener).await,
        Command::Reset(who) => change::reset(who, domains, listener).await,
        Command::Duplicates { shadowed } => {
            report::report(request, *shadowed, domains, listener).await
        }
    }
}

/// `-Q`, once for each target.
async fn query(
    request: &Request,
    pattern: &SpnPattern,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    let mut anywhere = false;
    for target in targets(request) {
        let dir = reach(domains, listener, target.name()).await?;
        let domain = dir.domain().await?;
        listener
            .hear(Event::Checking { scope: request.scope, root: domain.root(request.scope) })?;
        let holders = dir.search(pattern, request.scope).await?;
        for holder in &holders {
            listener.hear(Event::Holder(holder))?;
        }
        listener.hear(Event::Queried { found: !holders.is_empty() })?;
        anywhere |= !holders.is_empty();
        if holders.is_empty()
            && let Some(hint) = behind_the_alias(pattern, request.scope, dir).await
        {
            listener.hear(Event::Hint(&hint))?;
        }
    }
    Ok(if anywhere { Outcome::Done } else { Outcome::NotFound })
}

/// Who holds the name behind an alias that nobody holds. It is what a KDC looks for next. The query
/// has its answer already, so an error here is not one of the run.
async fn behind_the_alias(
    pattern: &SpnPattern,
    scope: Scope,
    dir: &mut dyn Directory,
) -> Option<String> {
    // With a star it is no SPN.
    let spn: Spn = pattern.to_string().parse().ok()?;
    let other = dir.mappings().await.ok()?.alias_of(&spn)?;
    let holders = dir.holders(std::slice::from_ref(&other), scope).await.ok()?;
    let names: Vec<&str> = holders.iter().map(|holder| holder.dn.as_str()).collect();
    let alias = format!("{} is an alias of {}", spn.class(), other.class());
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{alias}, and {one} holds {other}")),
        several => Some(format!(
            "{alias}, and {} accounts hold {other}: {}. In one domain, two holders mean no ticket \
             for either name. setspn -X --shadowed says which one should have it",
            several.len(),
            several.join("; "),
        )),
    }
}

/// `-L`
async fn list(
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Outcome, SetspnError> {
    match find(who, domains, listener).await? {
        Found::Account(account, _) => {
            listener.hear(Event::Listed(&account))?;
            Ok(Outcome::Done)
        }
        Found::Nobody(nobody) => nobody.tell(who, false, listener),
    }
}
