//! When a packet was seen.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The capture's clock: time since 1970 in UTC, to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(Duration);

impl Time {
    /// The beginning of 1970.
    pub const EPOCH: Self = Self(Duration::ZERO);
    /// Later than any packet.
    pub const MAX: Self = Self(Duration::MAX);

    /// Time since 1970.
    pub const fn since_epoch(duration: Duration) -> Self {
        Self(duration)
    }

    /// So much later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }

    /// From a record's header: seconds, and a fraction in microseconds or nanoseconds.
    pub(super) fn of_record(seconds: u32, fraction: u32, nanoseconds: bool) -> Self {
        let fraction = if nanoseconds {
            Duration::from_nanos(fraction.into())
        } else {
            Duration::from_micros(fraction.into())
        };
        Self(Duration::from_secs(seconds.into()) + fraction)
    }
}

impl From<SystemTime> for Time {
    /// A time before 1970 becomes 1970.
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

impl fmt::Display for Time {
    /// RFC 3339 with microseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNIX_EPOCH.checked_add(self.0) {
            Some(time) => humantime::format_rfc3339_micros(time).fmt(f),
            None => write!(f, "{} s after 1970", self.0.as_secs()),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_rfc3339(&text).map(Self::from).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_have_the_unit_that_the_file_header_tells() {
        let micro = Time::of_record(1, 500_000, false);
        let nano = Time::of_record(1, 500_000_000, true);
        assert_eq!(micro, nano);
        assert_eq!(micro.to_string(), "1970-01-01T00:00:01.500000Z");
        // Evidence is read again.
        let read: Time = serde_json::from_str(&serde_json::to_string(&micro).unwrap()).unwrap();
        assert_eq!(read, micro);
        // A damaged record may claim a fraction of more than a second.
        assert!(Time::of_record(u32::MAX, u32::MAX, false).to_string().starts_with("2106-"));
    }
}
