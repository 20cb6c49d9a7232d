//! Types of other crates, each behind the feature with the name of its crate.

use super::*;

#[derive(Clone, Debug, Default, ScimComplex)]
struct Dates {
    system: Option<std::time::SystemTime>,
    float: Option<f32>,
    boxed: Option<Box<i64>>,
    #[cfg(feature = "jiff")]
    jiff: Option<jiff::Timestamp>,
    #[cfg(feature = "time")]
    time: Option<time::OffsetDateTime>,
    #[cfg(feature = "chrono")]
    chrono: Option<chrono::DateTime<chrono::Utc>>,
    #[cfg(feature = "url")]
    url: Option<url::Url>,
}

#[test]
fn types_of_other_crates_in_the_schema() {
    for one in Dates::SUB_ATTRIBUTES {
        let expected = match &*one.name {
            "float" => DataType::Decimal,
            "boxed" => DataType::Integer,
            "url" => DataType::Reference,
            _ => DataType::DateTime,
        };
        assert_eq!(one.data_type, expected, "{}", one.name);
    }
}
