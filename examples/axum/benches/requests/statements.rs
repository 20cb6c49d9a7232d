//! What sqlx tells about the statements that it runs.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::Interest,
};

#[derive(Clone, Default)]
pub(crate) struct Statements(Arc<Counters>);

#[derive(Default)]
struct Counters {
    is_on: AtomicBool,
    statements: AtomicUsize,
    rows: AtomicU64,
}

impl Statements {
    /// Listens to all statements of the process from now on.
    pub(crate) fn start() -> Self {
        let statements = Self::default();
        tracing::subscriber::set_global_default(statements.clone()).unwrap();
        statements
    }

    /// Counts from now on.
    pub(crate) fn count(&self) {
        self.0.statements.store(0, Ordering::Relaxed);
        self.0.rows.store(0, Ordering::Relaxed);
        self.0.is_on.store(true, Ordering::Relaxed);
    }

    /// Stops counting; answers how many statements ran, and how many rows they returned or wrote.
    pub(crate) fn counted(&self) -> (usize, u64) {
        self.0.is_on.store(false, Ordering::Relaxed);
        (self.0.statements.load(Ordering::Relaxed), self.0.rows.load(Ordering::Relaxed))
    }
}

/// The rows of one statement.
#[derive(Default)]
struct Rows {
    is_read: bool,
    returned: u64,
    affected: u64,
}

impl Visit for Rows {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "rows_returned" => self.returned = value,
            "rows_affected" => self.affected = value,
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.is_read = value.starts_with("SELECT");
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl Subscriber for Statements {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Otherwise what is off at first stays off.
        if metadata.target() == "sqlx::query" { Interest::sometimes() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.is_on.load(Ordering::Relaxed) && metadata.target() == "sqlx::query"
    }

    fn event(&self, event: &Event<'_>) {
        let mut rows = Rows::default();
        event.record(&mut rows);
        self.0.statements.fetch_add(1, Ordering::Relaxed);
        // What a driver says of rows that a SELECT affected is not about that SELECT.
        self.0.rows.fetch_add(if rows.is_read { rows.returned } else { rows.affected }, Ordering::Relaxed);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}
