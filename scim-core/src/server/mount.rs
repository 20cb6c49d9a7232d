//! Detects that the service is mounted below a path that it does not know.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{endpoint::Endpoint, route::Route};
use crate::error::excerpt;

/// Logs once if requests have a path in front of the routes. Without the base path, each of them gets 404.
#[derive(Default)]
pub(super) struct Mount {
    is_reported: AtomicBool,
}

impl Mount {
    /// Checks a path that is not a route.
    pub(super) fn notice(&self, segments: &[Cow<'_, str>], endpoints: &[Box<dyn Endpoint>]) {
        if self.is_reported.load(Ordering::Relaxed) {
            return;
        }
        let Some(prefix) = prefix(segments, endpoints) else { return };
        if !self.is_reported.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                prefix = &*excerpt(&prefix),
                "the path of a request is a route behind this prefix; if the service is mounted there, set \
`ScimBuilder::base_path`"
            );
        }
    }
}

/// Returns the path in front of a route, or `None` if the path does not end with a route.
fn prefix(segments: &[Cow<'_, str>], endpoints: &[Box<dyn Endpoint>]) -> Option<String> {
    // A route has at most two segments.
    let route = segments.len().saturating_sub(2).max(1)..segments.len();
    let is_route = |start: &usize| {
        let rest = segments.get(*start..).unwrap_or_default();
        matches!(
            Route::of(rest, endpoints),
            Ok(Route::Collection(_) | Route::Search(_) | Route::Resource(..) | Route::Bulk | Route::Discovery(_))
        )
    };
    let start = route.into_iter().find(is_route)?;
    Some(segments.iter().take(start).flat_map(|segment| ["/", segment]).collect())
}
