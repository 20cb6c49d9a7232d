//! `Reflect` for types of other crates, each behind the feature with the name of its crate.

use super::{AttributeType, ColumnHint, DateTime, Edit, EditError, Reflect, Scalar, ValueRef};
use crate::schema::DataType;

/// Implements `Reflect` for a point in time of another crate, given the conversions to and from `DateTime`.
macro_rules! date_time {
    ($type:ty, $this:ident => $to:expr, ($seconds:ident, $nanoseconds:ident) => $from:expr, absent: $absent:expr) => {
        impl Reflect for $type {
            fn view(&self) -> ValueRef<'_> {
                let $this = self;
                ValueRef::Scalar(Scalar::DateTime($to))
            }

            fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
                *self = Self::create(at, edit)?;
                Ok(0)
            }

            fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
                if let Edit::Set(Scalar::Absent) = edit {
                    return if at.is_empty() { Ok($absent) } else { Err(EditError::Unmapped) };
                }
                let date = DateTime::create(at, edit)?;
                let ($seconds, $nanoseconds) = (date.unix_seconds(), date.subsec_nanos());
                $from.ok_or(EditError::expected("a date and time in range"))
            }
        }

        impl AttributeType for $type {
            const DATA_TYPE: DataType = DataType::DateTime;
            const COLUMN: ColumnHint = ColumnHint::DateTime;
        }
    };
}

#[cfg(feature = "jiff")]
date_time!(jiff::Timestamp,
    this => split(this.as_nanosecond()),
    (seconds, nanoseconds) => jiff::Timestamp::new(seconds, i32::try_from(nanoseconds).unwrap_or_default()).ok(),
    absent: jiff::Timestamp::UNIX_EPOCH);

#[cfg(feature = "time")]
date_time!(time::OffsetDateTime,
    this => split(this.unix_timestamp_nanos()),
    (seconds, nanoseconds) => time::OffsetDateTime::from_unix_timestamp(seconds)
        .and_then(|date| date.replace_nanosecond(nanoseconds))
        .ok(),
    absent: time::OffsetDateTime::UNIX_EPOCH);

#[cfg(feature = "chrono")]
date_time!(chrono::DateTime<chrono::Utc>,
    // `chrono` represents a leap second as a second with 1 000 000 000 nanoseconds or more.
    this => DateTime::from_unix(this.timestamp(), this.timestamp_subsec_nanos()),
    (seconds, nanoseconds) => chrono::DateTime::from_timestamp(seconds, nanoseconds),
    absent: chrono::DateTime::UNIX_EPOCH);

#[cfg(any(feature = "jiff", feature = "time"))]
fn split(nanoseconds: i128) -> DateTime {
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let below = u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).unwrap_or_default();
    DateTime::from_unix(i64::try_from(seconds).unwrap_or_default(), below)
}

date_time!(std::time::SystemTime,
    this => DateTime::from(*this),
    (seconds, nanoseconds) => {
        let distance = std::time::Duration::from_secs(seconds.unsigned_abs());
        let whole = if seconds < 0 {
            std::time::UNIX_EPOCH.checked_sub(distance)
        } else {
            std::time::UNIX_EPOCH.checked_add(distance)
        };
        whole.and_then(|whole| whole.checked_add(std::time::Duration::from_nanos(nanoseconds.into())))
    },
    absent: std::time::UNIX_EPOCH);

/// A URL, which cannot be absent: an attribute that is not required needs `Option<Url>`.
#[cfg(feature = "url")]
impl Reflect for url::Url {
    fn view(&self) -> ValueRef<'_> {
        ValueRef::Scalar(Scalar::Str(std::borrow::Cow::Borrowed(self.as_str())))
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        *self = Self::create(at, edit)?;
        Ok(0)
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        const EXPECTED: &str = "an absolute URL such as `https://example.com/`";
        match super::edit::scalar(at, edit, EXPECTED)? {
            Scalar::Str(text) => text.parse().map_err(|_| EditError::expected(EXPECTED)),
            _ => Err(EditError::expected(EXPECTED)),
        }
    }
}

#[cfg(feature = "url")]
impl AttributeType for url::Url {
    const DATA_TYPE: DataType = DataType::Reference;
    const CASE_EXACT: bool = true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round_trip<T: Reflect>(input: &str, output: &str) {
        let created = T::create(&[], Edit::Set(Scalar::Str(input.into()))).unwrap();
        let written = match created.view() {
            ValueRef::Scalar(Scalar::DateTime(date)) => date.to_string(),
            value => value.into_str().unwrap_or_default().into_owned(),
        };
        assert_eq!(written, output);
    }

    fn dates<T: Reflect + PartialEq + std::fmt::Debug>() {
        round_trip::<T>("2011-05-13T04:42:34Z", "2011-05-13T04:42:34.000Z");
        round_trip::<T>("1969-12-31T23:59:59.25+01:00", "1969-12-31T22:59:59.250Z");
        assert!(T::create(&[], Edit::Set(Scalar::Str("yesterday".into()))).is_err());
        assert!(T::create(&[0], Edit::Set(Scalar::Absent)).is_err());
        let absent = T::create(&[], Edit::Set(Scalar::Absent)).unwrap();
        assert!(matches!(absent.view(), ValueRef::Scalar(Scalar::DateTime(DateTime::UNIX_EPOCH))));
    }

    #[test]
    fn points_in_time() {
        dates::<std::time::SystemTime>();
        #[cfg(feature = "jiff")]
        dates::<jiff::Timestamp>();
        #[cfg(feature = "time")]
        dates::<time::OffsetDateTime>();
        #[cfg(feature = "chrono")]
        dates::<chrono::DateTime<chrono::Utc>>();
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn a_year_out_of_range_is_rejected() {
        let far = Edit::Set(Scalar::DateTime(DateTime::from_unix(i64::MAX, 0)));
        assert_eq!(jiff::Timestamp::create(&[], far), Err(EditError::Expected("a date and time in range".into())));
    }

    #[cfg(feature = "url")]
    #[test]
    fn urls() {
        round_trip::<url::Url>("https://example.com/a?b#c", "https://example.com/a?b#c");
        for rejected in ["/relative", ""] {
            assert!(url::Url::create(&[], Edit::Set(Scalar::Str(rejected.into()))).is_err(), "{rejected}");
        }
    }
}
