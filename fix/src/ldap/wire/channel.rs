//! Whole messages of limited length over a stream.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::answer::Message;
use super::ber::{Malformed, lengths};

/// What TCP and TLS have in common.
pub(in crate::ldap) trait Stream:
    AsyncRead + AsyncWrite + Send + Sync + Unpin
{
}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// Protects the bytes of a stream (RFC 4422 section 3.7).
pub(in crate::ldap) trait Seal: Send + Sync {
    /// Most bytes that fit into one buffer for the server.
    fn fits(&self) -> usize;
    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> io::Result<()>;
    fn unwrap(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> io::Result<()>;
}

/// Longest message that is read: the most that a domain controller itself accepts
/// (MaxReceiveBuffer, MS-ADTS 3.1.1.3.4.6). An entry with 1500 SPNs is a hundredth of it.
const LONGEST_MESSAGE: usize = 10 << 20;
/// Longest sealed buffer that is read. The bind states it to the server (RFC 4752 section 3.1).
pub(in crate::ldap) const LONGEST_BUFFER: usize = 1 << 20;
/// Bytes of one read.
const CHUNK: usize = 64 << 10;

/// Why there is no message.
#[derive(Debug, thiserror::Error)]
pub(in crate::ldap) enum Broken {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the server sends what is no LDAP: {0}")]
    Malformed(#[from] Malformed),
    #[error("the server sends a {what} of {length} bytes; at most {limit} are taken")]
    TooLong { what: &'static str, length: usize, limit: usize },
    #[error("the server closed the connection")]
    Closed,
    #[error("the server closed the connection within a message")]
    Cut,
    #[error("an earlier question was given up while it was being sent")]
    Spoiled,
}

pub(in crate::ldap) struct Channel {
    stream: Box<dyn Stream>,
    seal: Option<Box<dyn Seal>>,
    /// Clear bytes. Those before `read` are consumed.
    clear: Vec<u8>,
    read: usize,
    /// Start of the message that was received last.
    last: usize,
    /// Bytes of an incomplete sealed buffer.
    sealed: Vec<u8>,
    /// Set while a message goes out. After a send that was cut short, nothing can follow.
    sending: bool,
}

impl Channel {
    pub(in crate::ldap) fn new(stream: Box<dyn Stream>) -> Self {
        let (clear, sealed) = (Vec::new(), Vec::new());
        Self { stream, seal: None, clear, read: 0, last: 0, sealed, sending: false }
    }

    /// Returns the stream, for TLS to use. It refuses early bytes (RFC 4511 section 4.14.1: nothing
    /// may be on the way): anybody could have sent them.
    pub(in crate::ldap) fn into_stream(self) -> Result<Box<dyn Stream>, Broken> {
        if self.clear.len() > self.read {
            return Err(Malformed("bytes before the TLS handshake").into());
        }
        Ok(self.stream)
    }

    /// Seals everything from now on.
    #[cfg(feature = "kerberos")]
    pub(in crate::ldap) fn seal(&mut self, seal: Box<dyn Seal>) -> Result<(), Broken> {
        if self.clear.len() > self.read {
            return Err(Malformed("unsealed bytes after the bind").into());
        }
        self.seal = Some(seal);
        Ok(())
    }

    pub(in crate::ldap) async fn send(&mut self, message: &[u8]) -> Result<(), Broken> {
        if self.sending {
            return Err(Broken::Spoiled);
        }
        self.sending = true;
        match &mut self.seal {
            None => self.stream.write_all(message).await?,
            Some(seal) => {
                let mut out = Vec::with_capacity(message.len() + 128);
                for piece in message.chunks(seal.fits().max(1)) {
                    seal.wrap(piece, &mut out)?;
                }
                self.stream.write_all(&out).await?;
            }
        }
        self.stream.flush().await?;
        self.sending = false;
        Ok(())
    }

    /// The next message. If the caller cancels it half-way, no byte is lost.
    pub(in crate::ldap) async fn receive(&mut self) -> Result<Message<'_>, Broken> {
        let length = loop {
            if let Some(length) = self.whole()? {
                break length;
            }
            self.fill().await?;
        };
        self.last = self.read;
        self.read += length;
        self.last()
    }

    /// The message that was received last, again.
    pub(in crate::ldap) fn last(&self) -> Result<Message<'_>, Broken> {
        Ok(Message::read(&self.clear[self.last..self.read])?)
    }

    /// Length of the message at the front, if all of it is there.
    fn whole(&self) -> Result<Option<usize>, Broken> {
        let waiting = &self.clear[self.read..];
        if waiting.first().is_some_and(|tag| *tag != super::ber::SEQUENCE) {
            return Err(Malformed("a message starts with another tag").into());
        }
        let Some((head, body)) = lengths(waiting)? else { return Ok(None) };
        let length = head.saturating_add(body);
        within("message", length, LONGEST_MESSAGE)?;
        Ok((waiting.len() >= length).then_some(length))
    }

    async fn fill(&mut self) -> Result<(), Broken> {
        if self.read > 0 {
            self.clear.drain(..self.read);
            (self.read, self.last) = (0, 0);
        }
        let target = if self.seal.is_some() { &mut self.sealed } else { &mut self.clear };
        target.reserve(CHUNK);
        if self.stream.read_buf(target).await? == 0 {
            let between = self.clear.is_empty() && self.sealed.is_empty();
            return Err(if between { Broken::Closed } else { Broken::Cut });
        }
        if let Some(seal) = &mut self.seal {
            let mut at = 0;
            while let Some(prefix) = self.sealed[at..].first_chunk::<4>() {
                let length = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
                within("sealed buffer", length, LONGEST_BUFFER)?;
                let Some(buffer) = self.sealed[at + 4..].get(..length) else { break };
                seal.unwrap(buffer, &mut self.clear)?;
                at += 4 + length;
            }
            self.sealed.drain(..at);
        }
        Ok(())
    }

    /// Closes the stream.
    pub(in crate::ldap) async fn close(mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }
}

fn within(what: &'static str, length: usize, limit: usize) -> Result<(), Broken> {
    if length > limit { Err(Broken::TooLong { what, length, limit }) } else { Ok(()) }
}

#[cfg(feature = "kerberos")]
#[cfg(test)]
#[path = "channel_tests.rs"]
mod tests;
