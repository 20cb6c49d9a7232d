//! Points in time, RFC 7643 §2.3.5.

use std::{
    fmt,
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

/// A point in time: seconds and nanoseconds since 1970-01-01T00:00:00Z.
///
/// Parses `xsd:dateTime` text with any number of fraction digits (digits beyond nanoseconds are truncated), any offset
/// up to 14 hours, and `24:00:00` for the end of a day. Text without an offset is in UTC. Prints UTC with milliseconds,
/// or with more digits if the value has more.
///
/// ```
/// use scim_core::reflect::DateTime;
///
/// let date: DateTime = "2011-12-31T23:00:00.5+01:00".parse()?;
/// assert_eq!(date.to_string(), "2011-12-31T22:00:00.500Z");
/// # Ok::<(), scim_core::reflect::InvalidDateTime>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    seconds: i64,
    nanoseconds: u32,
}

/// The error for text that is not a date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time such as 2011-05-13T04:42:34Z")]
pub struct InvalidDateTime;

const DAY: i64 = 86_400;

impl DateTime {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self { seconds: 0, nanoseconds: 0 };

    /// Returns the current time of the system clock.
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Returns the point in time at a distance from 1970-01-01T00:00:00Z. At most 999 999 999 nanoseconds count.
    #[must_use]
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds: nanoseconds.min(999_999_999) }
    }

    /// Returns the point in time at a distance from 1970-01-01T00:00:00Z in milliseconds.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Self {
        let nanoseconds = u32::try_from(millis.rem_euclid(1000)).unwrap_or_default() * 1_000_000;
        Self { seconds: millis.div_euclid(1000), nanoseconds }
    }

    /// Returns the whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z, rounded down. Saturates at the limits of `i64`.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.seconds.saturating_mul(1000).saturating_add(i64::from(self.nanoseconds / 1_000_000))
    }

    /// Returns the nanoseconds within the second.
    #[must_use]
    pub fn subsec_nanos(self) -> u32 {
        self.nanoseconds
    }

    /// Returns the same point in time, rounded down to a millisecond.
    #[must_use]
    pub fn truncate_to_millis(self) -> Self {
        Self { nanoseconds: self.nanoseconds / 1_000_000 * 1_000_000, ..self }
    }
}

impl Default for DateTime {
    /// 1970-01-01T00:00:00Z.
    fn default() -> Self {
        Self::UNIX_EPOCH
    }
}

impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self::from_unix(after.as_secs().try_into().unwrap_or(i64::MAX), after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                let seconds = -i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                match before.subsec_nanos() {
                    0 => Self::from_unix(seconds, 0),
                    nanoseconds => Self::from_unix(seconds.saturating_sub(1), 1_000_000_000 - nanoseconds),
                }
            }
        }
    }
}

impl FromStr for DateTime {
    type Err = InvalidDateTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or(InvalidDateTime)
    }
}

fn parse(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', 't'])?;
    let (sign, date) = match date.strip_prefix('-') {
        Some(date) => (-1, date),
        None => (1, date),
    };
    let mut date = date.split('-');
    let year = date.next().filter(|year| (4..=6).contains(&year.len())).and_then(digits)?;
    let month = two(date.next()?)?;
    let day = two(date.next()?)?;
    if date.next().is_some() {
        return None;
    }
    let (time, offset) = split_offset(time)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut time = time.split(':');
    let (hour, minute, second) = (two(time.next()?)?, two(time.next()?)?, two(time.next()?)?);
    let year = sign * year;
    let midnight = hour == 24 && minute == 0 && second == 0 && fraction.bytes().all(|digit| digit == b'0');
    let valid = time.next().is_none()
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && (hour < 24 || midnight)
        && minute < 60
        // A leap second is read as the next second.
        && second <= 60;
    if !valid {
        return None;
    }
    Some(DateTime {
        seconds: days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset,
        nanoseconds: nanoseconds(fraction)?,
    })
}

/// Splits the time of day from the offset, which is returned in seconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, 0)) };
    let (time, offset) = time.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= 14 * 60).then_some((time, sign * (hours * 3600 + minutes * 60)))
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(
        fraction
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')),
    )
}

fn two(text: &str) -> Option<i64> {
    if text.len() == 2 { digits(text) } else { None }
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|digit| digit.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the days since 1970-01-01 in the proleptic Gregorian calendar. Years start in March, so that the leap day is
/// the last of its year, and form eras of 400 years, which all have the same length.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(DAY));
        let time = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}", year.unsigned_abs())?;
        match self.nanoseconds {
            nanos if nanos % 1_000_000 == 0 => write!(f, ".{:03}Z", nanos / 1_000_000),
            nanos if nanos % 1000 == 0 => write!(f, ".{:06}Z", nanos / 1000),
            nanos => write!(f, ".{nanos:09}Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(input: &str) -> String {
        input.parse::<DateTime>().map_or_else(|error| error.to_string(), |date| date.to_string())
    }

    #[test]
    fn reads_every_form_that_clients_send() {
        for (input, output) in [
            ("2011-05-13T04:42:34Z", "2011-05-13T04:42:34.000Z"),
            ("2011-05-13t04:42:34z", "2011-05-13T04:42:34.000Z"),
            ("2011-05-13T04:42:34", "2011-05-13T04:42:34.000Z"),
            ("0001-01-03T00:00:00.0000000Z", "0001-01-03T00:00:00.000Z"),
            ("2011-05-13T04:42:34.1234567Z", "2011-05-13T04:42:34.123456700Z"),
            ("2011-05-13T04:42:34.123456789123Z", "2011-05-13T04:42:34.123456789Z"),
            ("2011-05-13T24:00:00Z", "2011-05-14T00:00:00.000Z"),
            ("2011-05-13T00:00:00+14:00", "2011-05-12T10:00:00.000Z"),
            ("2000-02-29T23:59:59-00:30", "2000-03-01T00:29:59.000Z"),
            ("-0044-03-15T12:00:00Z", "-0044-03-15T12:00:00.000Z"),
            ("12011-05-13T00:00:00Z", "12011-05-13T00:00:00.000Z"),
        ] {
            assert_eq!(text(input), output, "{input}");
        }
    }

    #[test]
    fn rejects_text_that_is_not_a_date_and_time() {
        for input in [
            "",
            "2011-05-13",
            "T00:00:00Z",
            "2011-13-01T00:00:00Z",
            "2011-02-29T00:00:00Z",
            "2011-05-13T25:00:00Z",
            "2011-05-13T04:42Z",
            "2011-05-13T04:42:34.Z",
            "2011-05-13T04:42:34+15:00",
            "11-05-13T00:00:00Z",
            "2011-05-13T04:42:34+1",
            "2011-05-13T04:42:34 Z",
            "+2011-05-13T04:42:34Z",
            "2011-05-13T2٤:00:00Z",
        ] {
            assert!(input.parse::<DateTime>().is_err(), "{input}");
        }
    }

    #[test]
    fn every_day_survives_a_round_trip() {
        for day in (-1_000_000..1_000_000).step_by(37) {
            let (year, month, date) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, date), day);
        }
    }
}
