//! Kerberos binds: SASL GSSAPI (RFC 4752).

use std::io;
use std::sync::Mutex;
use std::time::Duration;

use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext};
use libgssapi::credential::{Cred, CredUsage};
use libgssapi::error::Error as GssError;
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_KRB5_PRINCIPAL, OidSet};
use tokio::time::timeout;

use super::access::{LdapAccess, Protection};
use super::connection::Connection;
use super::failure::{broken, check, unexpected};
use super::wire::answer::{BIND, LdapResult};
use super::wire::channel::{LONGEST_BUFFER, Seal};
use super::wire::request;
use crate::directory::{DirectoryError, KerberosProblem};

const MECHANISM: &str = "GSSAPI";
/// saslBindInProgress
const GO_ON: u32 = 14;
/// Kerberos tokens go back and forth once. Far more steps are no Kerberos.
const MOST_STEPS: u32 = 10;
/// The most that sealing adds to a buffer, with room to spare: headers, confounder, padding,
/// checksum.
const OVERHEAD: usize = 256;

const NO_LAYER: u8 = 1;
const CONFIDENTIALITY: u8 = 4;

/// Binds with the ticket in the cache, and seals the connection if it has no TLS.
pub(super) async fn bind(
    connection: &mut Connection,
    access: &LdapAccess,
    bindings: Option<Vec<u8>>,
) -> Result<(), DirectoryError> {
    let sealed = matches!(access.protection, Protection::Sealed);
    let bind = Exchange { access, principal: format!("ldap/{}", access.server_name), bindings };
    let (mut context, answer) = bind.establish(connection, sealed).await?;
    let doing = bind.doing();
    if answer.code != GO_ON {
        check(&answer, &doing)?;
        return Err(unexpected(&doing, "it ends before the security layer is agreed on"));
    }
    let offer = context.unwrap(&answer.sasl).map_err(|error| bind.failed(error))?;
    let (choice, most) = choose(&offer, sealed).map_err(|reason| unexpected(&doing, reason))?;
    let choice = context.wrap(false, &choice).map_err(|error| bind.failed(error))?;
    let answer = bind.send(connection, &choice).await?;
    check(&answer, &doing)?;
    if sealed {
        let seal = KerberosSeal { context: Mutex::new(context), fits: most - OVERHEAD };
        connection.channel().seal(Box::new(seal)).map_err(|error| broken(error, &doing))?;
    }
    Ok(())
}

/// The realm of the user whose ticket is in the cache.
pub(super) async fn realm(patience: Duration) -> Result<String, DirectoryError> {
    let doing = "read the ticket cache";
    let work = tokio::task::spawn_blocking(|| {
        let kerberos = OidSet::singleton(GSS_MECH_KRB5)?;
        let user = Cred::acquire(None, None, CredUsage::Initiate, Some(&kerberos))?.name()?;
        Ok(String::from_utf8_lossy(&user.display_name()?).into_owned())
    });
    let Ok(done) = timeout(patience, work).await else {
        return Err(DirectoryError::TimedOut { doing: doing.to_owned(), after: patience });
    };
    let user = done.map_err(|error| unexpected(doing, error.to_string()))?;
    let user = user.map_err(|error| failed("a domain controller", error))?;
    let (_, realm) =
        user.rsplit_once('@').ok_or_else(|| unexpected(doing, format!("{user} is in no realm")))?;
    Ok(realm.to_owned())
}

/// From the server's offer to our choice and the longest buffer that the server takes (RFC 4752
/// section 3.1): one byte of layers, three bytes of length.
fn choose(offer: &[u8], sealed: bool) -> Result<([u8; 4], usize), &'static str> {
    let [layers, length @ ..] =
        <[u8; 4]>::try_from(offer).map_err(|_| "its offer of security layers is not four bytes")?;
    let most = length.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
    let layer = if sealed { CONFIDENTIALITY } else { NO_LAYER };
    if layers & layer == 0 {
        return Err(if sealed {
            "it offers no confidentiality"
        } else {
            "it insists on a security layer inside TLS"
        });
    }
    if !sealed {
        return Ok(([NO_LAYER, 0, 0, 0], most));
    }
    if most < 4 * OVERHEAD {
        return Err("it takes no buffers of a useful length");
    }
    let [.., a, b, c] = LONGEST_BUFFER.to_be_bytes();
    Ok(([CONFIDENTIALITY, a, b, c], most))
}

struct Exchange<'a> {
    access: &'a LdapAccess,
    principal: String,
    bindings: Option<Vec<u8>>,
}

impl Exchange<'_> {
    fn doing(&self) -> String {
        format!("bind with Kerberos as a client of {}", self.principal)
    }

    /// Client and server authenticate. Returns the server's next answer too.
    async fn establish(
        &self,
        connection: &mut Connection,
        sealed: bool,
    ) -> Result<(ClientCtx, LdapResult), DirectoryError> {
        let mut flags = CtxFlags::GSS_C_MUTUAL_FLAG;
        if sealed {
            let layers = CtxFlags::GSS_C_CONF_FLAG | CtxFlags::GSS_C_INTEG_FLAG;
            flags |= layers | CtxFlags::GSS_C_SEQUENCE_FLAG | CtxFlags::GSS_C_REPLAY_FLAG;
        }
        // With no realm the library asks the user's own KDC, which knows the way to others
        // (RFC 6806). Without '@' it would take the default realm, which may be missing or wrong.
        // A host-based name would follow reverse DNS.
        let name =
            Name::new(format!("{}@", self.principal).as_bytes(), Some(GSS_NT_KRB5_PRINCIPAL))
                .map_err(|error| self.failed(error))?;
        let mut context = ClientCtx::new(None, name, flags, Some(GSS_MECH_KRB5));
        let mut token = Vec::new();
        for _ in 0..MOST_STEPS {
            let (stepped, output) = self.step(context, token).await?;
            context = stepped;
            let complete = context.open().unwrap_or(false);
            let answer = self.send(connection, output.as_deref().unwrap_or_default()).await?;
            if complete {
                let agreed = context.flags().map_err(|error| self.failed(error))?;
                if !agreed.contains(flags) {
                    return Err(unexpected(&self.doing(), "it does not agree to what is needed"));
                }
                return Ok((context, answer));
            }
            if answer.code != GO_ON {
                check(&answer, &self.doing())?;
                return Err(unexpected(&self.doing(), "the server does not prove who it is"));
            }
            token = answer.sasl;
        }
        Err(unexpected(&self.doing(), "it goes on without end"))
    }

    /// One step of GSSAPI. It may talk to the KDC, so it runs on a thread that may block.
    async fn step(
        &self,
        mut context: ClientCtx,
        token: Vec<u8>,
    ) -> Result<(ClientCtx, Option<Vec<u8>>), DirectoryError> {
        let bindings = self.bindings.clone();
        let work = tokio::task::spawn_blocking(move || {
            let token = (!token.is_empty()).then_some(token.as_slice());
            let output = context.step(token, bindings.as_deref());
            (context, output.map(|output| output.map(|token| token.to_vec())))
        });
        let patience = self.access.timeouts.operation;
        let Ok(done) = timeout(patience, work).await else {
            let doing = format!("get a ticket for {}", self.principal);
            return Err(DirectoryError::TimedOut { doing, after: patience });
        };
        let (context, output) =
            done.map_err(|error| unexpected(&self.doing(), error.to_string()))?;
        Ok((context, output.map_err(|error| self.failed(error))?))
    }

    async fn send(
        &self,
        connection: &mut Connection,
        token: &[u8],
    ) -> Result<LdapResult, DirectoryError> {
        let id = connection.next_id();
        let message = request::sasl_bind(id, MECHANISM, token);
        let doing = self.doing();
        connection.ask(id, &message, BIND, self.access.timeouts.connect, &doing).await
    }

    fn failed(&self, error: GssError) -> DirectoryError {
        failed(&self.principal, error)
    }
}

fn failed(principal: &str, error: GssError) -> DirectoryError {
    DirectoryError::Kerberos {
        principal: principal.to_owned(),
        problem: problem(error.minor.cast_signed()),
        text: error.to_string(),
    }
}

/// The library counts the numbers of RFC 4120 section 7.5.9 from a base. Its own numbers follow.
fn problem(minor: i32) -> KerberosProblem {
    const BASE: i32 = -1_765_328_384;
    match minor.wrapping_sub(BASE) {
        7 => KerberosProblem::UnknownServer,
        // The cache is missing or empty.
        141 | 195 => KerberosProblem::NoTicket,
        32 => KerberosProblem::TicketExpired,
        37 => KerberosProblem::ClockSkew,
        154 | 156 => KerberosProblem::KdcUnreachable,
        _ => KerberosProblem::Other,
    }
}

/// Seals and unseals the bytes of the connection.
struct KerberosSeal {
    /// Never contended: the context may move between threads, but two threads never use it at once.
    context: Mutex<ClientCtx>,
    fits: usize,
}

impl KerberosSeal {
    fn context(&mut self) -> &mut ClientCtx {
        self.context.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Seal for KerberosSeal {
    fn fits(&self) -> usize {
        self.fits
    }

    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let sealed = self.context().wrap(true, plain).map_err(io::Error::other)?;
        let length = u32::try_from(sealed.len()).map_err(io::Error::other)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&sealed);
        Ok(())
    }

    fn unwrap(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(&self.context().unwrap(sealed).map_err(io::Error::other)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_that_offers_the_layer_is_accepted() {
        let table: &[(&[u8], bool, bool)] = &[
            (&[7, 0xa0, 0, 0], true, true),
            (&[3, 0xa0, 0, 0], true, false),
            (&[4, 0, 0, 16], true, false),
            (&[1, 0, 0, 0], false, true),
            (&[6, 0xa0, 0, 0], false, false),
            (&[7, 0, 0], true, false),
            (&[], false, false),
        ];
        for (offer, sealed, fine) in table {
            assert_eq!(choose(offer, *sealed).is_ok(), *fine, "{offer:?} {sealed}");
        }
    }
}
