//! What a user says that a client saw: our own words, or what Windows printed.

use std::fmt;
use std::str::FromStr;

use super::observed::{ClientStatus, Observed, Reporter, Stage, name_of};
use super::saw_lookup::{exchange, is_constant, look_up, number};
use crate::text::dashed;

/// What a client saw, as a user writes it, and what that may mean.
///
/// ```
/// use spnfix::{Observed, Saw};
///
/// let saw: Saw = "tgs:7".parse()?;
/// assert_eq!(saw.readings(), [Observed::from_ticket_request(7)]);
///
/// // Windows' number for that. It does not say which exchange failed.
/// for text in ["0x80090303", "-2146893053", "SEC_E_TARGET_UNKNOWN"] {
///     let saw: Saw = text.parse()?;
///     assert!(saw.note().unwrap().ends_with("tgs:7 or as:7"));
/// }
/// # Ok::<(), spnfix::SawError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saw {
    text: String,
    readings: Vec<Observed>,
}

/// Why a text says nothing that a client can have seen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SawError {
    /// The text has no known form.
    #[error("{text:?} is nothing that a client reports")]
    Form {
        /// The text.
        text: String,
    },
    /// The number or constant is in no table.
    #[error("{text:?} is no status of which it is known what it stands for")]
    Unknown {
        /// The text.
        text: String,
    },
    /// Windows gives the same id to every failure.
    #[error("{text:?} stands for every failure")]
    SaysNothing {
        /// The text.
        text: String,
    },
}

impl SawError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-SAW".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Form { .. } => {
                "it is as:CODE, tgs:CODE, ap:CODE, no-kdc, name-not-found, unreachable, \
                 access-denied or accepted; or what Windows printed: 0x80090322, \
                 SEC_E_WRONG_PRINCIPAL, -2144108387"
            }
            Self::Unknown { .. } => {
                "docs/client-status.md has the known ones; give the Kerberos code of a capture: \
                 as:CODE, tgs:CODE or ap:CODE"
            }
            Self::SaysNothing { .. } => "give the errorcode in the message, such as 0x80090322",
        }
        .to_owned()
    }
}

impl Saw {
    /// What it may mean, the likeliest first. There is at least one.
    pub fn readings(&self) -> &[Observed] {
        &self.readings
    }

    /// What the text leaves open, a line for each reading, with the word of it that leaves nothing
    /// open. `None`: it is exact.
    pub fn note(&self) -> Option<String> {
        let exact = match self.readings.as_slice() {
            // A KDC answers in both exchanges, and a status does not say in which.
            [Observed::ClientStatus(status)] => {
                let meant = status.stands_for.as_ref();
                !matches!(meant, Some(Observed::Kerberos { reporter: Reporter::Kdc, .. }))
            }
            [_] => true,
            _ => false,
        };
        (!exact).then(|| self.readings.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}

fn line(reading: &Observed) -> String {
    let (Observed::Kerberos { code, reporter, .. }, word) = (reading.meant(), word_of(reading))
    else {
        return match reading {
            Observed::ClientStatus(status) => {
                format!("{}: {} ({})", status.name, status.cause, status.certainty.name())
            }
            other => other.to_string(),
        };
    };
    let name = name_of(*code).map_or_else(|| code.to_string(), |name| format!("{name} ({code})"));
    let Observed::ClientStatus(status) = reading else { return format!("{word}: {name}") };
    let ClientStatus { name: constant, cause, certainty, .. } = &**status;
    let word = match (reporter, exchange(*code)) {
        (Reporter::Endpoint, _) => word,
        (Reporter::Kdc, Stage::Logon) => format!("as:{code} or tgs:{code}"),
        (Reporter::Kdc, _) => format!("tgs:{code} or as:{code}"),
    };
    format!("{constant}: {cause}, {name} ({}): {word}", certainty.name())
}

/// The word that [`Saw`] reads as this Kerberos code.
fn word_of(observed: &Observed) -> String {
    match observed.meant() {
        Observed::Kerberos { code, stage: Stage::Logon, .. } => format!("as:{code}"),
        Observed::Kerberos { code, stage: Stage::Ticket, .. } => format!("tgs:{code}"),
        Observed::Kerberos { code, stage: Stage::Connection, .. } => format!("ap:{code}"),
        _ => String::new(),
    }
}

impl FromStr for Saw {
    type Err = SawError;

    fn from_str(text: &str) -> Result<Self, SawError> {
        let text = text.trim();
        let saw = |readings| Self { text: text.to_owned(), readings };
        let form = || SawError::Form { text: text.to_owned() };
        if let Some(observed) = our_word(text) {
            return Ok(saw(vec![observed?]));
        }
        let part = |c: char| c.is_alphanumeric() || "_-".contains(c);
        let words = text.split_whitespace().map(|word| dashed(word).into_owned());
        let tokens: Vec<String> = words
            .flat_map(|word| word.split(|c| !part(c)).map(str::to_owned).collect::<Vec<_>>())
            .filter(|token| !token.is_empty())
            .collect();
        // PowerShell's id has a second part, which is always the same.
        let alone = match tokens.as_slice() {
            [_] => true,
            [_, second] => second == "PSSessionOpenFailed",
            _ => false,
        };
        let found =
            tokens.iter().map(|token| look_up(token, alone)).find(|found| !found.is_empty());
        if let Some(readings) = found {
            return Ok(saw(readings));
        }
        let same = |id: &str| tokens.iter().any(|token| token.eq_ignore_ascii_case(id));
        if same("CreateRemoteRunspaceFailed") || same("PSSessionOpenFailed") && alone {
            return Err(SawError::SaysNothing { text: text.to_owned() });
        }
        let known_form = |token: &String| number(token).is_some() || is_constant(token);
        if alone && tokens.iter().all(known_form) {
            return Err(SawError::Unknown { text: text.to_owned() });
        }
        Err(form())
    }
}

impl fmt::Display for Saw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Our own words. `logon`, `ticket` and `endpoint` are earlier ones for the exchanges. It is an
/// error if there is no number behind the colon.
fn our_word(text: &str) -> Option<Result<Observed, SawError>> {
    let word = match text {
        "no-kdc" => Observed::NoKdc,
        "name-not-found" => Observed::NameNotFound,
        "unreachable" => Observed::Unreachable,
        "access-denied" => Observed::AccessDenied,
        "accepted" => Observed::Accepted,
        _ => {
            let (exchange, code) = text.split_once(':')?;
            let observed = match exchange {
                "as" | "logon" => Observed::from_logon,
                "tgs" | "ticket" => Observed::from_ticket_request,
                "ap" | "endpoint" => Observed::from_endpoint,
                _ => return None,
            };
            let form = |_| SawError::Form { text: text.to_owned() };
            return Some(code.parse().map(observed).map_err(form));
        }
    };
    Some(Ok(word))
}

#[cfg(test)]
#[path = "saw_tests.rs"]
mod tests;
