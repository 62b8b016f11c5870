//! The long options. Windows has none of them.

use std::path::PathBuf;
use std::time::Duration;

use super::options::Color;
use super::raw::{Long, Modifier, Raw};
use super::usage::UsageError;
use crate::connect::{ConnectionOptions, PasswordSource, TlsMode, UserOptions};
use crate::text::PastedError;

/// Reads `--option`, `--option value` or `--option=value`; `option` comes without the dashes.
pub(super) fn take<'a>(
    raw: &mut Raw,
    option: &str,
    rest: &mut impl Iterator<Item = &'a str>,
) -> Result<(), UsageError> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    let typed = format!("--{name}");
    // Comes before any message that repeats the arguments: the value may be a secret.
    if matches!(name, "password" | "pass" | "pw") {
        return Err(UsageError::Password);
    }
    let flag = match name {
        "shadowed" => {
            raw.modifiers.push(Modifier::Shadowed);
            true
        }
        "json" => {
            raw.json = true;
            true
        }
        "password-stdin" => {
            raw.long.password_stdin = true;
            true
        }
        "help" => {
            raw.switches.push('?');
            true
        }
        "version" => {
            raw.version = true;
            true
        }
        _ => false,
    };
    match (flag, value) {
        (true, None) => return Ok(()),
        (true, Some(value)) => return Err(UsageError::Extra { argument: value.to_owned() }),
        (false, _) => {}
    }
    // The name of a file may have any character.
    let is_file = matches!(name, "ca" | "password-file");
    let mut value = || {
        let given = value.or_else(|| rest.next()).filter(|value| !value.is_empty());
        let missing = || UsageError::Missing { switch: typed.clone(), needs: "a value" };
        let value = given.ok_or_else(missing)?;
        if !is_file {
            PastedError::check(value)?;
        }
        Ok::<_, UsageError>(value.to_owned())
    };
    let connection = &mut raw.long.connection;
    match name {
        "server" => once(&mut connection.server, value()?, &typed),
        "address" => once(&mut connection.address, host_port("--address", value()?)?, &typed),
        "gc" => once(&mut connection.gc, host_port("--gc", value()?)?, &typed),
        "dns" => once(&mut connection.dns, value()?, &typed),
        "ca" => once(&mut connection.ca, PathBuf::from(value()?), &typed),
        "tls" => once(&mut connection.tls, tls(value()?)?, &typed),
        "timeout" => once(&mut connection.timeout, seconds(value()?)?, &typed),
        "color" => once(&mut raw.color, color(value()?)?, &typed),
        "user" => once(&mut raw.long.user, value()?, &typed),
        "password-file" => once(&mut raw.long.password_file, value()?, &typed),
        _ => {
            PastedError::check(&typed)?;
            Err(UsageError::UnknownSwitch { switch: typed })
        }
    }
}

fn once<T>(place: &mut Option<T>, value: T, option: &str) -> Result<(), UsageError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(UsageError::Twice { option: option.to_owned() }),
    }
}

fn tls(value: String) -> Result<TlsMode, UsageError> {
    match value.as_str() {
        "ldaps" => Ok(TlsMode::Ldaps),
        "starttls" => Ok(TlsMode::StartTls),
        _ => Err(UsageError::Value { option: "--tls", value, expected: "it is ldaps or starttls" }),
    }
}

fn color(value: String) -> Result<Color, UsageError> {
    match value.as_str() {
        "auto" => Ok(Color::Auto),
        "always" => Ok(Color::Always),
        "never" => Ok(Color::Never),
        _ => {
            let expected = "it is auto, always or never";
            Err(UsageError::Value { option: "--color", value, expected })
        }
    }
}

/// A day is longer than anybody waits, and far from any overflow.
fn seconds(value: String) -> Result<Duration, UsageError> {
    let expected = "it is a number of seconds from 1 to 86400";
    match value.parse::<u64>() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err(UsageError::Value { option: "--timeout", value, expected }),
    }
}

fn host_port(option: &'static str, value: String) -> Result<String, UsageError> {
    let port = value.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    match port.and_then(|(_, port)| port.parse::<u16>().ok()) {
        Some(1..) => Ok(value),
        _ => Err(UsageError::Value { option, value, expected: "it is host:port" }),
    }
}

/// Checks the options of the connection against each other.
pub(super) fn connection(long: Long) -> Result<ConnectionOptions, UsageError> {
    let odd = |reason| Err(UsageError::PasswordOptions { reason });
    let password = match (long.password_file, long.password_stdin) {
        (Some(_), true) => return odd("--password-file and --password-stdin cannot be combined"),
        (Some(file), false) => Some(PasswordSource::File(PathBuf::from(file))),
        (None, true) => Some(PasswordSource::Stdin),
        (None, false) => None,
    };
    let user = match (long.user, password) {
        (Some(name), password) => {
            Some(UserOptions { name, password: password.unwrap_or(PasswordSource::Prompt) })
        }
        (None, Some(_)) => return odd("a password needs --user"),
        (None, None) => None,
    };
    Ok(ConnectionOptions { user, ..long.connection })
}
