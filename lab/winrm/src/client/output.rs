//! The part of a command's output that a report keeps.

/// Bytes of a stream that a report keeps. The client passes on everything as it comes.
const KEPT: usize = 4 << 20;

/// The beginning of a stream, and its length.
#[derive(Debug, Default)]
pub(crate) struct Output {
    kept: Vec<u8>,
    bytes: u64,
}

impl Output {
    /// Adds the next part.
    pub(crate) fn take(&mut self, data: &[u8]) {
        let room = KEPT - self.kept.len();
        self.kept.extend_from_slice(&data[..data.len().min(room)]);
        self.bytes += data.len() as u64;
    }

    /// The stream's length in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the stream is longer than the kept part.
    pub(crate) fn is_cut(&self) -> bool {
        self.bytes > self.kept.len() as u64
    }

    /// The beginning as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_is_kept() {
        let mut output = Output::default();
        for _ in 0..4 {
            output.take(&vec![b'x'; 1 << 20]);
        }
        assert!(!output.is_cut());
        output.take(&vec![b'x'; 1 << 20]);
        assert!(output.is_cut());
        assert_eq!((output.bytes(), output.text().len()), (5 << 20, KEPT));
    }
}
