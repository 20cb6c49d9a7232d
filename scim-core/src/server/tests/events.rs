//! Records the `tracing` events and spans that a test causes.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Once,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

thread_local! {
    /// The events of this thread, which runs one test.
    static LOGGED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// The spans that were created on this thread, with all their recorded fields.
    static SPANS: RefCell<BTreeMap<u64, Line>> = const { RefCell::new(BTreeMap::new()) };
}

/// Records events as lines.
struct Recorder;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        let mut line = Line(attributes.metadata().name().to_owned());
        attributes.record(&mut line);
        SPANS.with_borrow_mut(|spans| spans.insert(id, line));
        span::Id::from_u64(id)
    }

    fn record(&self, id: &span::Id, values: &span::Record<'_>) {
        // A task on several threads may record a span on another thread than it created it on. The tests of spans use
        // one thread.
        SPANS.with_borrow_mut(|spans| {
            if let Some(line) = spans.get_mut(&id.into_u64()) {
                values.record(line);
            }
        });
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LOGGED.with_borrow_mut(|logged| logged.push(line.0));
    }

    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Installs the recorder for all threads, because `tracing` caches globally whether an event has a subscriber.
pub(super) fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Recorder).unwrap();
        tracing::callsite::rebuild_interest_cache();
    });
}

pub(super) fn logged() -> Vec<String> {
    LOGGED.with_borrow_mut(std::mem::take)
}

/// Returns the spans of this thread, as lines.
pub(super) fn spans() -> Vec<String> {
    SPANS.with_borrow_mut(std::mem::take).into_values().map(|Line(line)| line).collect()
}
