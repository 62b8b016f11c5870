//! What a report keeps of a command's output.

/// Bytes of a stream that a report keeps; everything is passed on as it comes.
const KEPT: usize = 4 << 20;

/// The beginning of a stream, and how long it was.
#[derive(Debug, Default)]
pub(crate) struct Output {
    kept: Vec<u8>,
    bytes: u64,
}

impl Output {
    /// Takes the next part.
    pub(crate) fn take(&mut self, data: &[u8]) {
        let room = KEPT - self.kept.len();
        self.kept.extend_from_slice(&data[..data.len().min(room)]);
        self.bytes += data.len() as u64;
    }

    /// How many bytes there were.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
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
        for _ in 0..5 {
            output.take(&vec![b'x'; 1 << 20]);
        }
        assert_eq!((output.bytes(), output.text().len()), (5 << 20, KEPT));
    }
}
