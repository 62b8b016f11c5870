//! From an address to a protected and bound connection.

use std::io;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::access::{Bind, LdapAccess, Protection};
use super::connection::Connection;
use super::failure::{broken, check};
use super::tls;
use super::wire::answer::{BIND, EXTENDED};
use super::wire::channel::{Channel, Stream};
use super::wire::request;
use crate::directory::DirectoryError;

/// Connects, protects the connection and binds.
pub(super) async fn open(access: &LdapAccess) -> Result<Connection, DirectoryError> {
    refuse_careless(access)?;
    let address = access.address();
    let tcp = connect(access, address).await?;
    #[cfg_attr(
        not(feature = "kerberos"),
        expect(unused_variables, reason = "only Kerberos binds to it")
    )]
    let (stream, certificate) = match &access.protection {
        Protection::Ldaps(trust) => secured(tls::wrap(access, address, trust, tcp).await?),
        Protection::StartTls(trust) => {
            let plain = start_tls(access, address, tcp).await?;
            secured(tls::wrap(access, address, trust, plain).await?)
        }
        #[cfg(feature = "kerberos")]
        Protection::Sealed => (tcp, None),
    };
    let mut connection = Connection::new(Channel::new(stream), access.timeouts);
    match &access.bind {
        Bind::Simple { user, password } => {
            let doing = format!("bind as {user}");
            let id = connection.next_id();
            let message =
                zeroize::Zeroizing::new(request::simple_bind(id, user, password.reveal()));
            let patience = access.timeouts.connect;
            check(&connection.ask(id, &message, BIND, patience, &doing).await?, &doing)?;
        }
        #[cfg(feature = "kerberos")]
        Bind::Kerberos => {
            let bindings = certificate.as_deref().map(super::bindings::end_point).transpose()?;
            super::kerberos::bind(&mut connection, access, bindings).await?;
        }
    }
    Ok(connection)
}

/// Refuses a careless access before it connects. A password needs protection. An empty password
/// would bind anonymously (RFC 4513 sections 5.1.2 and 5.1.3).
fn refuse_careless(access: &LdapAccess) -> Result<(), DirectoryError> {
    let (user, password) = match &access.bind {
        Bind::Simple { user, password } => (user, password),
        #[cfg(feature = "kerberos")]
        Bind::Kerberos => return Ok(()),
    };
    if password.reveal().is_empty() {
        return Err(DirectoryError::NoPassword { user: user.clone() });
    }
    match access.protection {
        Protection::Ldaps(_) | Protection::StartTls(_) => Ok(()),
        #[cfg(feature = "kerberos")]
        Protection::Sealed => Err(DirectoryError::Unprotected { user: user.clone() }),
    }
}

async fn connect(access: &LdapAccess, address: &str) -> Result<Box<dyn Stream>, DirectoryError> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
    let tcp = timeout(access.timeouts.connect, TcpStream::connect(address)).await;
    let tcp = tcp.unwrap_or_else(|_| Err(late()));
    let unreachable = |source| DirectoryError::Unreachable { address: address.to_owned(), source };
    let tcp = tcp.map_err(unreachable)?;
    tcp.set_nodelay(true).map_err(unreachable)?;
    Ok(Box::new(tcp))
}

async fn start_tls(
    access: &LdapAccess,
    address: &str,
    tcp: Box<dyn Stream>,
) -> Result<Box<dyn Stream>, DirectoryError> {
    let doing = format!("start TLS with {address}");
    let mut plain = Connection::new(Channel::new(tcp), access.timeouts);
    let id = plain.next_id();
    let message = request::start_tls(id);
    check(&plain.ask(id, &message, EXTENDED, access.timeouts.connect, &doing).await?, &doing)?;
    plain.into_channel().into_stream().map_err(|error| broken(error, &doing))
}

/// The stream, and the certificate that protects it.
fn secured(
    tls: tokio_rustls::client::TlsStream<Box<dyn Stream>>,
) -> (Box<dyn Stream>, Option<Vec<u8>>) {
    let certificate = tls.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let certificate = certificate.map(|certificate| certificate.to_vec());
    (Box::new(tls), certificate)
}
