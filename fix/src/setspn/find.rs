//! From a name to an account.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Event, Listener};
use super::outcome::Outcome;
use super::reach::reach;
use super::request::Who;
use crate::directory::{Account, Directory, DirectoryError};
use crate::names::{AccountName, fold};

/// ERROR_NO_SUCH_USER
const NO_SUCH_USER: u32 = 0x525;
/// ERROR_NO_SUCH_DOMAIN
const NO_SUCH_DOMAIN: u32 = 0x54B;

/// The result for a name.
pub(super) enum Found {
    /// An account, and its domain as typed. `None` is the current domain.
    Account(Account, Option<String>),
    /// No account.
    Nobody(Nobody),
}

/// Why there is no account.
pub(super) struct Nobody {
    /// Windows' number.
    code: u32,
    /// The next step, if the text itself says what is wrong with it.
    hint: Option<String>,
}

impl Nobody {
    /// No such user.
    pub(super) fn user(hint: Option<String>) -> Self {
        Self { code: NO_SUCH_USER, hint }
    }

    /// No such domain.
    fn domain() -> Self {
        Self { code: NO_SUCH_DOMAIN, hint: None }
    }

    /// Reports it; `edit`: the run would have changed the account.
    pub(super) fn tell(
        &self,
        who: &Who,
        edit: bool,
        listener: &mut dyn Listener,
    ) -> Result<Outcome, SetspnError> {
        let (name, code, hint) = (&who.typed, self.code, self.hint.as_deref());
        listener.hear(Event::NoAccount { name, code, edit, hint })?;
        Ok(Outcome::NoAccount)
    }
}

pub(super) async fn find(
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Found, SetspnError> {
    // If the text cannot be an account name, no account has it.
    let name = match who.name() {
        Ok(name) => name,
        Err(error) => return Ok(Found::Nobody(Nobody::user(Some(error.hint())))),
    };
    let mut home = name.domain();
    let dir = match reach(domains, listener, home).await {
        // The suffix of a UPN need not be the name of a domain.
        Err(SetspnError::NoSuchDomain { .. }) if name.upn().is_some() => {
            home = None;
            reach(domains, listener, None).await?
        }
        Err(SetspnError::NoSuchDomain { .. }) => return Ok(Found::Nobody(Nobody::domain())),
        reached => reached?,
    };
    match dir.account(&name).await {
        Ok(Some(account)) => Ok(Found::Account(account, home.map(str::to_owned))),
        Ok(None) => Ok(Found::Nobody(Nobody::user(lost_backslash(dir, &name).await?))),
        Err(DirectoryError::OtherDomain { .. }) if name.upn().is_some() => {
            let hint = "no account here has this UPN; write DOMAIN\\name, which says the domain";
            let dotted = name.domain().is_some_and(|suffix| suffix.contains('.'));
            Ok(Found::Nobody(Nobody::user(dotted.then(|| hint.to_owned()))))
        }
        Err(DirectoryError::OtherDomain { .. }) => Ok(Found::Nobody(Nobody::domain())),
        Err(error) => Err(error.into()),
    }
}

/// The next step for `CONTOSOsvc_web`: a shell has taken the backslash of `CONTOSO\svc_web`.
async fn lost_backslash(
    dir: &mut dyn Directory,
    name: &AccountName,
) -> Result<Option<String>, SetspnError> {
    if name.domain().is_some() {
        return Ok(None);
    }
    let domain = dir.domain().await?;
    let names = [Some(domain.dns_name()), domain.netbios];
    // Folding keeps the number of characters.
    let behind = |domain: &String| -> Option<String> {
        fold(name.name())
            .starts_with(&fold(domain))
            .then(|| name.name().chars().skip(domain.chars().count()).collect())
    };
    let lost = names.into_iter().flatten().filter(|domain| !domain.is_empty()).find_map(|domain| {
        let rest = behind(&domain).filter(|rest| !rest.trim_matches('$').is_empty())?;
        Some(format!("a shell takes a backslash away; quote it: '{domain}\\{rest}'"))
    });
    Ok(lost)
}
