//! Messages in a TCP stream to or from a KDC.

/// Length of the longest message that is accepted, in bytes. Tickets with large authorisation data
/// are some 64 KiB long.
const LONGEST: usize = 1 << 20;
/// Length of the shortest message, in bytes. Every one has a realm or a cipher, and a dozen tags
/// with their lengths.
const SHORTEST: usize = 16;

/// One frame of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Where it ends in the stream.
    pub(super) end: usize,
    /// The message, or why there is none. No frame follows an error.
    pub(super) message: Result<&'a [u8], String>,
}

/// Splits a stream into frames. Before each message there are four octets of length in network byte
/// order, whose highest bit is reserved (RFC 4120 section 7.2.2).
pub(super) fn split(stream: &[u8]) -> impl Iterator<Item = Frame<'_>> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (message, next) = one(rest);
        rest = if message.is_ok() { next } else { &[] };
        Some(Frame { end: stream.len() - rest.len(), message })
    })
}

fn one(rest: &[u8]) -> (Result<&[u8], String>, &[u8]) {
    let Some((prefix, after)) = rest.split_first_chunk::<4>() else {
        return (Err("the stream ends inside a length".to_owned()), &[]);
    };
    let length = u32::from_be_bytes(*prefix) as usize;
    if !(SHORTEST..=LONGEST).contains(&length) {
        return (Err(format!("a length of {length} bytes is none of Kerberos")), &[]);
    }
    match after.split_at_checked(length) {
        Some((message, next)) => (Ok(message), next),
        None => (Err(format!("{} of {length} bytes were captured", after.len())), &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_messages_follow_each_other() {
        let (first, second) = ([1; 16], [2; 17]);
        let stream = [&[0, 0, 0, 16][..], &first, &[0, 0, 0, 17], &second].concat();
        let found: Vec<_> = split(&stream).map(|f| (f.end, f.message.unwrap())).collect();
        assert_eq!(found, [(20, &first[..]), (41, &second[..])]);
    }

    #[test]
    fn a_stream_that_ends_too_early_or_lies_says_so_and_ends() {
        for (bytes, words) in [
            (&[0, 0, 0][..], "inside a length"),
            (&[0, 0, 0, 30, 1], "1 of 30 bytes"),
            (&[0x80, 0, 0, 0, 9, 9], "none of Kerberos"),
            (&[0, 0, 0, 0, 0, 0, 0, 0], "none of Kerberos"),
        ] {
            let frames: Vec<_> = split(bytes).collect();
            assert_eq!(frames.len(), 1);
            assert_eq!(frames[0].end, bytes.len());
            let error = frames[0].message.clone().unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        assert_eq!(split(&[]).count(), 0);
    }
}
