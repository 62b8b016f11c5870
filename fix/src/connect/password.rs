//! Reads the password. Never from an argument, as every user of the machine can read arguments.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::task::spawn_blocking;

use super::error::ConnectError;
use super::options::{PasswordSource, UserOptions};
use crate::ldap::Password;

/// The password of a user.
pub(super) async fn password(user: &UserOptions) -> Result<Password, ConnectError> {
    let read = match &user.password {
        PasswordSource::File(path) => {
            let file = path.clone();
            // The file may be a pipe that blocks.
            blocking(move || first_line(BufReader::new(File::open(file)?)))
                .await
                .map_err(|source| ConnectError::File { path: path.clone(), source })?
        }
        PasswordSource::Stdin => blocking(|| first_line(io::stdin().lock()))
            .await
            .map_err(|source| ConnectError::Password { user: user.name.clone(), source })?,
        PasswordSource::Prompt => asked(&user.name)
            .await
            .map_err(|source| ConnectError::Password { user: user.name.clone(), source })?,
    };
    Ok(Password::from(read))
}

/// Asks on the terminal itself, as standard input and output may be redirected.
async fn asked(user: &str) -> io::Result<String> {
    let terminal = File::options().read(true).write(true).open(Path::new("/dev/tty"))?;
    let reader = BufReader::new(terminal.try_clone()?);
    let mut silent = Silent::make(terminal)?;
    write!(silent.terminal, "Password of {user}: ")?;
    // Another thread reads the answer, so that Ctrl-C can end the program. Then `silent` is
    // dropped.
    blocking(move || first_line(reader)).await
}

async fn blocking(
    read: impl FnOnce() -> io::Result<String> + Send + 'static,
) -> io::Result<String> {
    spawn_blocking(read).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn first_line(mut from: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}

/// A terminal without echo, until this is dropped.
struct Silent {
    terminal: File,
    before: Termios,
}

impl Silent {
    fn make(terminal: File) -> io::Result<Self> {
        let before = tcgetattr(&terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // If this fails, the terminal is gone.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        let _ = writeln!(self.terminal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_ends_with_its_line() {
        let table = [("geheim\n", "geheim"), ("a b\r\nc", "a b"), ("", ""), ("x", "x")];
        for (text, expected) in table {
            assert_eq!(first_line(text.as_bytes()).unwrap(), expected);
        }
        assert!(first_line(&b"\xff\n"[..]).is_err());
    }
}
