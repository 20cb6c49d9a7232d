//! Time and ids, replaceable so that tests are deterministic.

use crate::reflect::DateTime;

/// Tells the time, for `meta.created` and `meta.lastModified`.
pub trait Clock: Send + Sync + 'static {
    /// The present.
    fn now(&self) -> DateTime;
}

/// The system's clock, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime {
        DateTime::now().truncate_to_millis()
    }
}

/// Makes the ids of new resources.
///
/// An id is never given twice, not even after its resource is gone, and does not contain `bulkId` (RFC 7643 §3.1).
pub trait IdGenerator: Send + Sync + 'static {
    /// A new id.
    fn next_id(&self) -> String;
}

/// UUIDs that ascend in time (version 7).
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdGenerator for RandomIds {
    fn next_id(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
