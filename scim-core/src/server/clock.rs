//! Time and ids, which tests replace with deterministic ones.

use crate::reflect::DateTime;

/// The source of the times in `meta.created` and `meta.lastModified`.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> DateTime;
}

/// The clock of the system, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime {
        DateTime::now().truncate_to_millis()
    }
}

/// The source of the ids of new resources.
///
/// It never returns an id twice, not even after its resource was deleted. An id never contains `bulkId` (RFC 7643 §3.1).
pub trait IdGenerator: Send + Sync + 'static {
    /// Returns a new id.
    fn next_id(&self) -> String;
}

/// UUIDs of version 7, which ascend in time.
#[derive(Clone, Copy, Debug, Default)]
pub struct UuidV7Ids;

impl IdGenerator for UuidV7Ids {
    fn next_id(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
