//! What a number or a constant of Windows may stand for.

use super::certainty::Certainty;
use super::observed::{ClientStatus, Observed, Reporter, Stage, name_of};
use super::saw_table::{FAULTS, Meaning, ROWS};

/// The exchange in which a KDC is likelier to answer with this code.
pub(super) fn exchange(code: u32) -> Stage {
    if matches!(code, 7 | 8 | 14 | 32) { Stage::Ticket } else { Stage::Logon }
}

fn by_kdc(code: u32) -> Observed {
    match exchange(code) {
        Stage::Logon => Observed::from_logon(code),
        _ => Observed::from_ticket_request(code),
    }
}

/// `SEC_E_…`, `ERROR_…`, `KRB_AP_ERR_…`: a constant of a header file.
pub(super) fn is_constant(token: &str) -> bool {
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    token.contains('_') && token.chars().all(upper)
}

/// A number as Windows or a header file writes it: hexadecimal, or decimal with or without sign.
pub(super) fn number(token: &str) -> Option<u32> {
    let (negative, digits) = match token.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, token),
    };
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let value = match hexadecimal {
        Some(digits) => {
            let digits = digits.trim_end_matches(['L', 'l', 'U', 'u']);
            // A debugger extends the sign to 64 bits.
            let low = digits
                .get(8..)
                .filter(|_| digits.len() == 16 && digits[..8].eq_ignore_ascii_case("ffffffff"));
            i64::from_str_radix(low.unwrap_or(digits), 16).ok()?
        }
        None if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        None if digits.len() == 8 => i64::from_str_radix(digits, 16).ok()?,
        None => return None,
    };
    let value = if negative { value.checked_neg()? } else { value };
    let signed =
        |value: i64| i32::try_from(value).map(|value| u32::from_ne_bytes(value.to_ne_bytes()));
    u32::try_from(value).or_else(|_| signed(value)).ok()
}

/// What a number, a constant or PowerShell's id may stand for. Only `alone` a small number is one:
/// a message has others.
pub(super) fn look_up(token: &str, alone: bool) -> Vec<Observed> {
    let same = |name: &str| name.eq_ignore_ascii_case(token);
    let Some(number) = number(token) else {
        let code = (0..=80).find(|code| name_of(*code).is_some_and(same));
        let kerberos = code.map(of_code).unwrap_or_default();
        return of_status(kerberos, |_, constant, id| same(constant) || id.is_some_and(same));
    };
    if number <= 0xffff && !alone {
        return Vec::new();
    }
    let found = of_number(number);
    match u32::from_str_radix(token, 16) {
        // Hexadecimal digits without a mark look like a decimal number.
        Ok(number) if found.is_empty() && token.len() == 8 => of_number(number),
        _ => found,
    }
}

fn of_number(number: u32) -> Vec<Observed> {
    // HRESULT_FROM_WIN32
    let (high, low) = (number >> 16, number & 0xffff);
    let other = match (high, low) {
        (0, low) => 0x8007_0000 | low,
        (0x8007, low) => low,
        _ => number,
    };
    let kerberos = if name_of(number).is_some() { of_code(number) } else { Vec::new() };
    let found = of_status(kerberos, |known, _, _| known == number);
    if found.is_empty() { of_status(found, |known, _, _| known == other) } else { found }
}

/// A Kerberos code without its exchange.
fn of_code(code: u32) -> Vec<Observed> {
    let kdc = match exchange(code) {
        Stage::Logon => [Observed::from_logon(code), Observed::from_ticket_request(code)],
        _ => [Observed::from_ticket_request(code), Observed::from_logon(code)],
    };
    // The codes of the KDC's own exchanges end before the first one of AP.
    let mut readings = if code >= 31 { vec![Observed::from_endpoint(code)] } else { Vec::new() };
    readings.extend(kdc);
    readings
}

/// Adds what the statuses of the table stand for that are meant.
fn of_status(
    mut readings: Vec<Observed>,
    is_meant: impl Fn(u32, &str, Option<&str>) -> bool,
) -> Vec<Observed> {
    let before = readings.len();
    for row in ROWS {
        let (constant, id) = (row.constant, row.id);
        if is_meant(row.number, constant, id) || is_meant(row.wsman, constant, id) {
            let stands_for = match row.meaning {
                Meaning::Code(code, Reporter::Endpoint) => Some(Observed::from_endpoint(code)),
                Meaning::Code(code, Reporter::Kdc) => Some(by_kdc(code)),
                Meaning::Known(observed) => Some(observed()),
                Meaning::Other => None,
            };
            readings.push(status(row.number, constant, row.cause, row.certainty, stands_for));
        }
    }
    if readings.len() > before {
        return readings;
    }
    for (number, constant, id) in FAULTS {
        if is_meant(*number, constant, *id) {
            let denied = *constant == "E_ACCESSDENIED";
            let cause = "the endpoint answered with this fault of WS-Management; it knew the user";
            let stands_for = denied.then_some(Observed::AccessDenied);
            readings.push(status(*number, constant, cause, Certainty::Inferred, stands_for));
        }
    }
    readings
}

fn status(
    number: u32,
    name: &str,
    cause: &str,
    certainty: Certainty,
    stands_for: Option<Observed>,
) -> Observed {
    let (name, cause) = (name.to_owned(), cause.to_owned());
    Observed::ClientStatus(Box::new(ClientStatus { name, number, cause, certainty, stands_for }))
}
