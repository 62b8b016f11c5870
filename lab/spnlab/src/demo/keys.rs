//! The keys of `demo --step`. Without a terminal, each line of standard input is a key.

use std::io::{BufRead, IsTerminal, Read};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::failure::Failure;
use crate::reader::unusable;

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Next,
    Why,
    Back,
    Quit,
}

impl Key {
    fn of(letter: Option<u8>) -> Self {
        match letter.map(|letter| letter.to_ascii_lowercase()) {
            Some(b'w') => Self::Why,
            Some(b'b') => Self::Back,
            // Ctrl-C, Ctrl-D, and the end of the input.
            Some(b'q' | 3 | 4) | None => Self::Quit,
            Some(_) => Self::Next,
        }
    }
}

/// Waits for a key.
pub(super) async fn key() -> Result<Key, Failure> {
    // Reading from the terminal blocks, so it has a thread of its own.
    let read = tokio::task::spawn_blocking(|| {
        let stdin = std::io::stdin();
        if stdin.is_terminal() { pressed() } else { first_letter() }
    });
    Ok(Key::of(read.await.map_err(unusable)?.map_err(unusable)?))
}

/// Reads the answer to "back to which step". `None`: no number.
pub(super) async fn number() -> Result<Option<usize>, Failure> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    Ok(read.await.map_err(unusable)?.map_err(unusable)?.trim().parse().ok())
}

/// One key, without Enter. It also takes Ctrl-C, so that the terminal is always put back.
fn pressed() -> std::io::Result<Option<u8>> {
    let stdin = std::io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut raw = before.clone();
    raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
    tcsetattr(&stdin, OptionalActions::Now, &raw)?;
    let mut bytes = [0; 8];
    let read = stdin.lock().read(&mut bytes);
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    Ok(bytes.get(..read?).and_then(|bytes| bytes.first().copied()))
}

/// The first letter of a line. An empty line goes on, as Enter does.
fn first_letter() -> std::io::Result<Option<u8>> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line)?;
    Ok((read > 0).then(|| line.bytes().next()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_means_something() {
        for (letter, key) in [
            (Some(b' '), Key::Next),
            (Some(b'\n'), Key::Next),
            (Some(b'x'), Key::Next),
            (Some(b'W'), Key::Why),
            (Some(b'b'), Key::Back),
            (Some(b'q'), Key::Quit),
            (Some(3), Key::Quit),
            (None, Key::Quit),
        ] {
            assert_eq!(Key::of(letter), key, "{letter:?}");
        }
    }
}
