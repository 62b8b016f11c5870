//! What the examples share: arguments, connection, and how they end.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use spnfix::connect::{ConnectionOptions, Connector, PasswordSource, UserOptions};
use spnfix::{LdapDirectory, Scope, shown};

/// The options of the connection. A password is never an argument: every user of the machine can
/// read arguments.
const OPTIONS: &str = "\
  --server NAME           domain controller; without it, that of the ticket's domain
  --address HOST:PORT     where to connect to, if that is not the server's own address
  --gc HOST:PORT          global catalog, if it is not the server's own
  --ca FILE               CA certificate to trust, PEM
  --user NAME             name@domain; without it, the Kerberos ticket cache
  --password-file FILE    the user's password is its first line";

/// Words and options, as typed.
pub(crate) struct Given {
    /// The words.
    pub(crate) words: Vec<String>,
    connection: ConnectionOptions,
}

impl Given {
    /// Reads the program's arguments. `usage` names the words, and `enough` says how many there
    /// may be.
    pub(crate) fn read(
        usage: &str,
        enough: impl std::ops::RangeBounds<usize>,
    ) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::Own(format!("{why}\nusage: {usage}\n{OPTIONS}"));
        let mut connection = ConnectionOptions::default();
        let (mut words, mut user, mut password) = (Vec::new(), None, None);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            if !argument.starts_with("--") {
                words.push(argument);
                continue;
            }
            let value = arguments.next();
            let value = value.ok_or_else(|| wrong(format!("{argument} needs a value")))?;
            match argument.as_str() {
                "--server" => connection.server = Some(value),
                "--address" => connection.address = Some(value),
                "--gc" => connection.gc = Some(value),
                "--ca" => connection.ca = Some(PathBuf::from(value)),
                "--user" => user = Some(value),
                "--password-file" => password = Some(PasswordSource::File(PathBuf::from(value))),
                _ => return Err(wrong(format!("there is no option {argument}"))),
            }
        }
        if !enough.contains(&words.len()) {
            return Err(wrong("words are missing, or there are too many".to_owned()));
        }
        // Without a file, the terminal asks for the password.
        connection.user = user
            .map(|name| UserOptions { name, password: password.unwrap_or(PasswordSource::Prompt) });
        Ok(Self { words, connection })
    }

    /// Connects to a domain controller, and to the global catalog for the rest of the forest.
    pub(crate) async fn connect(&self) -> Result<LdapDirectory, Failure> {
        let connector = Connector::prepare(&self.connection, Scope::Forest).await;
        let connector = connector.map_err(spnfix::Error::from)?;
        Ok(connector.open().await.map_err(spnfix::Error::from)?)
    }
}

/// Why an example ends early.
pub(crate) enum Failure {
    /// What the program itself says: of its arguments, of a file, or of an answer.
    Own(String),
    /// The library failed. Every error of it has a code and a hint.
    Library(Box<spnfix::Error>),
}

impl<E: Into<spnfix::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Library(Box::new(error.into()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(text) => write!(f, "error: {text}"),
            Self::Library(error) => {
                // A name from a directory may have characters that change a terminal.
                write!(f, "error [{}]: {}", error.code(), shown(error))?;
                let mut cause = std::error::Error::source(&**error);
                while let Some(error) = cause {
                    write!(f, ": {}", shown(error))?;
                    cause = error.source();
                }
                write!(f, "\nhint: {}", shown(error.hint()))
            }
        }
    }
}

/// The exit status: the program's own, or 2 after an error, which goes to standard error.
pub(crate) fn end(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| {
        eprintln!("{failure}");
        ExitCode::from(2)
    })
}
