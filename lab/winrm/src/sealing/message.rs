//! Sealed messages: GSS wrap tokens in the byte order that Windows writes (MS-WSMV 2.2.9.1).
//!
//! MIT's `gss_wrap` puts the checksum at the end (RFC 4121 section 4.2.4). Windows rotates it to
//! the front, so that a "signature" of fixed size comes first. To get the same bytes, this module
//! rotates MIT's token by the trailer's length and sets its RRC field. `gss_unwrap` honours RRC, so
//! the other direction is a concatenation. This works for AES only. RC4 tokens (RFC 4757) have
//! another form, and this module refuses them.

use super::multipart::{self, Label, MultipartError};
use crate::gss::{Context, GssError};
use thiserror::Error;

/// Why a message cannot be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SealError {
    /// The context uses another cipher than AES.
    #[error("the session key is not an AES key, and only AES messages can be sealed for WinRM")]
    NotAes,
    /// The body has a damaged layout.
    #[error(transparent)]
    Layout(#[from] MultipartError),
    /// The plaintext's length differs from the announced one.
    #[error("the sealed message holds {found} bytes, but announces {announced}")]
    Length {
        /// `Length=` in the header.
        announced: usize,
        /// The length of the decrypted text.
        found: usize,
    },
    /// The message was replayed, or another one was lost before it.
    #[error("the sealed message is out of sequence")]
    Sequence,
    /// GSSAPI refused.
    #[error("GSSAPI refuses the message: {0}")]
    Gss(#[from] GssError),
}

/// Whether the sequence number of a message must be the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    /// Strict, because an endpoint must not execute a replayed request.
    Strict,
    /// Windows endpoints send 0 in every answer. A client matches answers by RelatesTo.
    Lenient,
}

/// Splits a wrap token into Windows' signature and data.
fn rotate(mut token: Vec<u8>, plaintext: usize) -> Result<(Vec<u8>, Vec<u8>), SealError> {
    let overhead = token.len().checked_sub(plaintext).ok_or(SealError::NotAes)?;
    // The checksum and the encrypted copy of the 16-byte header, by etype (RFC 3962, RFC 8009).
    let trailer: u8 = match overhead {
        60 => 28,
        64 => 32,
        72 => 40,
        _ => return Err(SealError::NotAes),
    };
    let header = token.first_chunk_mut::<16>().ok_or(SealError::NotAes)?;
    if header[..2] != [0x05, 0x04] || header[4..8] != [0; 4] {
        return Err(SealError::NotAes);
    }
    header[7] = trailer;
    let trailer = usize::from(trailer);
    token[16..].rotate_right(trailer);
    let data = token.split_off(32 + trailer);
    Ok((token, data))
}

/// Seals a SOAP message into a body.
pub fn seal(
    context: &mut Context,
    label: Label,
    kind: &str,
    text: &[u8],
) -> Result<Vec<u8>, SealError> {
    let token = context.wrap(text)?;
    let (signature, data) = rotate(token, text.len())?;
    Ok(multipart::write(label, kind, text.len(), &signature, &data))
}

/// An opened message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedMessage {
    /// The label of the part that held it. The HTTP `Content-Type` must have the same label.
    pub label: Label,
    /// The media type of the message inside.
    pub kind: String,
    /// The message.
    pub text: Vec<u8>,
}

/// Opens a body.
pub fn open(
    context: &mut Context,
    body: &[u8],
    sequence: Sequence,
) -> Result<OpenedMessage, SealError> {
    let part = multipart::read(body)?;
    // Token id 05 04 is RFC 4121's wrap token. RC4 has 02 01 after a GSS header.
    if !part.signature.starts_with(&[0x05, 0x04]) {
        return Err(SealError::NotAes);
    }
    let (text, in_sequence) = context.unwrap(&[part.signature, part.data].concat())?;
    if !in_sequence && sequence == Sequence::Strict {
        return Err(SealError::Sequence);
    }
    if text.len() != part.length {
        return Err(SealError::Length { announced: part.length, found: text.len() });
    }
    Ok(OpenedMessage { label: part.label, kind: part.original_type, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(overhead: usize, plaintext: usize) -> Vec<u8> {
        let mut token = vec![5, 4, 7, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        token.extend((0..overhead + plaintext - 16).map(|n| u8::try_from(n % 251).unwrap()));
        token
    }

    #[test]
    fn signature_sizes_by_etype() {
        for (overhead, trailer) in [(60, 28u8), (64, 32), (72, 40)] {
            let original = token(overhead, 100);
            let (signature, data) = rotate(original.clone(), 100).unwrap();
            assert_eq!((signature.len(), data.len()), (32 + usize::from(trailer), 100));
            assert_eq!(signature[4..8], [0, 0, 0, trailer]);
            let mut back = [signature, data].concat();
            back[16..].rotate_left(usize::from(trailer));
            back[7] = 0;
            assert_eq!(back, original);
        }
    }

    #[test]
    fn anything_but_aes_is_refused() {
        assert_eq!(rotate(token(48, 10), 10), Err(SealError::NotAes));
        assert_eq!(rotate(vec![0x60; 70], 10), Err(SealError::NotAes));
        assert_eq!(rotate(vec![5, 4], 10), Err(SealError::NotAes));
        let mut rotated = token(60, 10);
        rotated[7] = 28;
        assert_eq!(rotate(rotated, 10), Err(SealError::NotAes));
    }
}
