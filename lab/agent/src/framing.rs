//! The framing of messages. A message is a head in JSON and the raw bytes that belong to it. The
//! head is one frame, and so is each field of raw bytes. A frame is a length in four bytes
//! (big-endian), then the bytes.

use std::fmt;
use std::io;

use bytes::Bytes;
use futures::{SinkExt, TryStreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec};

/// The longest frame. A packet capture takes up to 48 MB.
const MOST: usize = 64 << 20;

/// Bytes that travel in a frame of their own. They may be a password, so `Debug` shows only their
/// number.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Raw(pub Vec<u8>);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl From<Vec<u8>> for Raw {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// A message. serde skips its fields of type [`Raw`], and [`Message::raw`] lists them.
pub trait Message: Serialize + DeserializeOwned {
    /// The raw fields, in the order in which they follow the head.
    fn raw(&mut self) -> Vec<&mut Raw> {
        Vec::new()
    }
}

impl Message for () {}
impl Message for String {}
impl Message for Vec<String> {}

impl<T: Message> Message for Option<T> {
    fn raw(&mut self) -> Vec<&mut Raw> {
        self.as_mut().map_or_else(Vec::new, Message::raw)
    }
}

/// An answer, or why there is none.
impl<T: Message> Message for Result<T, String> {
    fn raw(&mut self) -> Vec<&mut Raw> {
        self.as_mut().map_or_else(|_| Vec::new(), Message::raw)
    }
}

/// The codec of both directions.
pub fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder().max_frame_length(MOST).new_codec()
}

/// Sends a message.
///
/// # Errors
/// Those of the stream, and a frame that is too long: then nothing is sent, because the receiver
/// would wait for the rest of the message.
pub async fn send<M: Message>(
    frames: &mut FramedWrite<impl AsyncWrite + Unpin, LengthDelimitedCodec>,
    mut message: M,
) -> io::Result<()> {
    let raw: Vec<Raw> = message.raw().into_iter().map(std::mem::take).collect();
    let head = Raw(serde_json::to_vec(&message)?);
    let parts: Vec<Raw> = std::iter::once(head).chain(raw).collect();
    if let Some(Raw(bytes)) = parts.iter().find(|part| part.0.len() > MOST) {
        let said = format!("{} bytes are more than one frame may have ({MOST})", bytes.len());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, said));
    }
    for Raw(bytes) in parts {
        frames.feed(Bytes::from(bytes)).await?;
    }
    SinkExt::<Bytes>::flush(frames).await
}

/// Receives a message; `None` at the end of the stream.
///
/// # Errors
/// Those of the stream, an end inside a message, and a head that is no such message.
pub async fn receive<M: Message>(
    frames: &mut FramedRead<impl AsyncRead + Unpin, LengthDelimitedCodec>,
) -> io::Result<Option<M>> {
    let Some(head) = frames.try_next().await? else { return Ok(None) };
    let mut message: M = serde_json::from_slice(&head)?;
    for Raw(bytes) in message.raw() {
        *bytes = frames.try_next().await?.ok_or(io::ErrorKind::UnexpectedEof)?.into();
    }
    Ok(Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contents, Ran, Request, Run};

    async fn sent(message: impl Message) -> Vec<u8> {
        let mut frames = FramedWrite::new(Vec::new(), codec());
        send(&mut frames, message).await.unwrap();
        frames.into_inner()
    }

    async fn received<M: Message>(bytes: &[u8]) -> io::Result<Option<M>> {
        receive(&mut FramedRead::new(bytes, codec())).await
    }

    fn run(input: &[u8]) -> Request {
        Request::Run(Run {
            command: vec!["sh".into(), "-c".into(), "ü\n".into()],
            input: input.to_vec().into(),
        })
    }

    #[tokio::test]
    async fn a_head_and_its_bytes_are_frames_with_their_lengths() {
        // resident.py reads and writes these bytes.
        let head = "{\"run\":{\"command\":[\"sh\",\"-c\",\"ü\\n\"]}}".as_bytes();
        let length = u32::try_from(head.len()).unwrap().to_be_bytes();
        let expected = [&length[..], head, &[0, 0, 0, 2], b"\n\0"].concat();
        assert_eq!(sent(run(b"\n\0")).await, expected);
        let ran = Ran { status: 7, stdout: b"out".to_vec().into(), stderr: Raw::default() };
        let expected = b"\0\0\0\x13{\"Ok\":{\"status\":7}}\0\0\0\x03out\0\0\0\0";
        assert_eq!(sent(Ok::<_, String>(ran)).await, expected);
    }

    #[tokio::test]
    async fn what_is_sent_is_received() {
        let long = vec![7; 100_000];
        for input in [&b""[..], b"\0\xff\n", &long] {
            let bytes = sent(run(input)).await;
            let Some(Request::Run(run)) = received(&bytes).await.unwrap() else { panic!() };
            assert_eq!((run.command[2].as_str(), run.input.0.as_slice()), ("ü\n", input));
        }
        let none: Option<Contents> = None;
        assert_eq!(received::<Option<Contents>>(&sent(none).await).await.unwrap(), Some(None));
        let failed: Result<Contents, String> = Err("no such file".into());
        let bytes = sent(failed.clone()).await;
        assert_eq!(received(&bytes).await.unwrap(), Some(failed));
    }

    #[tokio::test]
    async fn nothing_is_sent_of_a_message_that_is_too_long() {
        let mut frames = FramedWrite::new(Vec::new(), codec());
        let error = send(&mut frames, run(&vec![0; MOST + 1])).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{error}");
        assert!(frames.get_ref().is_empty() && frames.write_buffer().is_empty());
    }

    #[tokio::test]
    async fn an_end_inside_of_a_message_is_an_error_and_one_between_two_is_none() {
        let bytes = sent(run(b"input")).await;
        assert!(received::<Request>(b"").await.unwrap().is_none());
        for cut in [2, 20, bytes.len() - 1] {
            assert!(received::<Request>(&bytes[..cut]).await.is_err(), "{cut}");
        }
        // The engine's words if the program does not exist.
        assert!(received::<Request>(b"OCI runtime exec failed").await.is_err());
    }

    #[test]
    fn bytes_are_never_shown() {
        let shown = format!("{:?}", run(b"Training-1"));
        assert!(shown.contains("10 bytes") && !shown.contains("Training"), "{shown}");
    }
}
