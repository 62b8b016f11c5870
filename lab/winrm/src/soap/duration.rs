//! xs:duration, the part that WS-Management uses: `P1DT2H3M4.5S` without years and months.

use std::time::Duration;

/// Reads a duration; `None` for anything else, negative values, or an overflow.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim().strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    for (part, units) in
        [(days, &[('D', 86_400u32)][..]), (time, &[('H', 3600), ('M', 60), ('S', 1)])]
    {
        let mut rest = part;
        for (unit, seconds) in units {
            if let Some((number, after)) = rest.split_once(*unit) {
                total = total.checked_add(decimal(number)?.checked_mul(*seconds)?)?;
                rest = after;
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    Some(total)
}

fn decimal(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(Duration::from_secs(whole.parse().ok()?) + Duration::from_millis(millis.parse().ok()?))
}

/// Writes a duration as Windows does: `PT60.000S`.
pub fn write_seconds(duration: Duration) -> String {
    format!("PT{}.{:03}S", duration.as_secs(), duration.subsec_millis())
}

/// Writes a duration in whole seconds with every unit, as Windows does: `P0DT2H0M5S`.
pub fn write_days(duration: Duration) -> String {
    let (minutes, seconds) = (duration.as_secs() / 60, duration.as_secs() % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    format!("P{}DT{}H{minutes}M{seconds}S", hours / 24, hours % 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            ("PT20S", Some(20_000)),
            ("PT60.000S", Some(60_000)),
            ("PT0.5S", Some(500)),
            ("P1DT1H1M1S", Some(90_061_000)),
            ("P0DT0H0M0S", Some(0)),
            ("PT", None),
            ("P", None),
            ("PT-1S", None),
            ("PT1X", None),
            ("20", None),
            ("PT99999999999999999999S", None),
            ("P18446744073709551615D", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_duration(text), expected.map(Duration::from_millis), "{text}");
        }
        assert_eq!(write_seconds(Duration::from_secs(7200)), "PT7200.000S");
        assert_eq!(write_days(Duration::from_secs(90_061)), "P1DT1H1M1S");
        assert_eq!(write_days(Duration::ZERO), "P0DT0H0M0S");
    }
}
