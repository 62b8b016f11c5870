//! The stages AS and TGS, each with its own error number.

use super::report::{AsStage, Report, TgsStage};
use super::status::Condition;
use crate::gss::{Context, Credential, GssError, Mech, Name, Step};
use crate::kerberos::token;
use crate::kerberos::{ErrorCode, numbers};

/// The source of the initial credentials.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CredentialSource<'a> {
    /// Asks the KDC, and writes a fresh cache to the path if there is one.
    Password { user: &'a str, password: &'a str, ccache: Option<&'a str> },
    /// Uses existing tickets: of this cache or the default one, of this user or any.
    Cache { user: Option<&'a str>, ccache: Option<&'a str> },
}

/// The credential whose cache has the service ticket, and the ticket's SPN.
pub(crate) struct ServiceTicket {
    pub(crate) credential: Credential,
    pub(crate) target: Name,
}

/// Stage AS. `None`: it failed, and the report says how.
pub(crate) fn initial_credentials(
    source: CredentialSource<'_>,
    report: &mut Report,
) -> Option<Credential> {
    let result = match source {
        CredentialSource::Password { user, password, ccache } => {
            by_password(user, password, ccache, report)
        }
        CredentialSource::Cache { user, ccache } => from_cache(user, ccache, report),
    };
    match result {
        Ok(credential) => Some(credential),
        Err(error) => {
            fail_as(&error, report);
            None
        }
    }
}

fn by_password(
    user: &str,
    password: &str,
    ccache: Option<&str>,
    report: &mut Report,
) -> Result<Credential, GssError> {
    let name = Name::principal(user)?;
    report.principal = name.display()?;
    if let Some(path) = ccache {
        // After a failure, the tickets of an earlier run would be false evidence.
        let _ = std::fs::remove_file(path);
    }
    let credential = Credential::with_password(&name, password)?;
    report.as_stage.result = "issued";
    // It needs a cache in any case: the credential in hand would ask the KDC again.
    let residual =
        ccache.map_or_else(|| "MEMORY:winrm-client".to_owned(), |path| format!("FILE:{path}"));
    credential.store_into(&residual)?;
    report.ccache = ccache.map(str::to_owned);
    Credential::from_cache(Some(&name), Some(&residual))
}

fn from_cache(
    user: Option<&str>,
    ccache: Option<&str>,
    report: &mut Report,
) -> Result<Credential, GssError> {
    let name = user.map(Name::principal).transpose()?;
    if let Some(name) = &name {
        report.principal = name.display()?;
    }
    let residual = ccache.map(|path| format!("FILE:{path}"));
    report.ccache = ccache.map(str::to_owned);
    let credential = Credential::from_cache(name.as_ref(), residual.as_deref())?;
    report.principal = credential.principal()?;
    report.as_stage.result = "cached";
    Ok(credential)
}

fn fail_as(error: &GssError, report: &mut Report) {
    let unreachable = numbers::unreachable_name(error.minor);
    let code = error.code();
    report.as_stage = AsStage {
        result: if unreachable.is_some() { "unreachable" } else { "refused" },
        code,
        name: code.map(|code| ErrorCode::new(code).name).or(unreachable),
        text: Some(error.text.clone()),
    };
    let condition = match (unreachable, code) {
        (Some(_), _) => Some(Condition::NoAuthority),
        (None, Some(code)) => Condition::of_kdc(code),
        // No Kerberos number: there were no credentials.
        (None, None) => Some(Condition::NoCredentials),
    };
    if let Some(condition) = condition {
        report.would_show(condition);
    }
}

/// Stage TGS: gets the service ticket into the credential's cache.
///
/// It uses the bare krb5 mechanism, whose minor status is the KDC's own number. SPNEGO would
/// renumber it. The client reads the token and never sends it. The next context is the endpoint's,
/// with the ticket that is now in the cache.
pub(crate) fn service_ticket(
    credential: &Credential,
    spn: &str,
    report: &mut Report,
) -> Option<Name> {
    let step = Name::principal(spn).map(|name| {
        let step = Context::default().initiate(credential, &name, Mech::Krb5, None);
        (name, step)
    });
    let (name, token) = match step {
        Ok((name, Step::Complete(Some(token)) | Step::Continue(token))) => (name, token),
        Ok((_, Step::Failed(_, error))) | Err(error) => {
            fail_tgs(&error, report);
            return None;
        }
        Ok((_, Step::Complete(None))) => {
            report.tgs = TgsStage::refused(None, None, "no token was made".to_owned());
            return None;
        }
    };
    match token::initial(&token) {
        Ok(token::InitialToken { ticket: Some(facts), .. }) => {
            report.tgs = TgsStage::issued(&facts);
            Some(name)
        }
        Ok(_) => None,
        Err(error) => {
            report.tgs = TgsStage::refused(None, None, error.to_string());
            None
        }
    }
}

fn fail_tgs(error: &GssError, report: &mut Report) {
    let unreachable = numbers::unreachable_name(error.minor);
    let code = error.code();
    report.tgs = TgsStage::refused(code, unreachable, error.text.clone());
    let condition = match unreachable {
        Some(_) => Some(Condition::NoAuthority),
        None => code.and_then(Condition::of_kdc),
    };
    if let Some(condition) = condition {
        report.would_show(condition);
    }
}
