//! Tracks which connections are silent, and since when.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

type Open = Arc<Mutex<HashMap<u64, Arc<State>>>>;

/// The open connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    next: AtomicU64,
    open: Open,
}

/// The activity of one connection.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    state: Arc<State>,
    _entry: Arc<Entry>,
}

/// A request that is being answered. Dropping it records that the request has ended.
#[derive(Debug)]
pub(crate) struct Call(Activity);

/// The place of a connection among the open ones. Dropping it gives up the place.
#[derive(Debug)]
struct Entry {
    id: u64,
    open: Open,
}

#[derive(Debug)]
struct State {
    now: Mutex<Now>,
    close: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Now {
    /// Requests that are being answered.
    calls: usize,
    /// Whether a request has arrived on this connection.
    is_used: bool,
    /// When the connection last did something: it began, a request ended, or the client took a part of an answer.
    since: Instant,
}

/// Locks a mutex even if it is poisoned: a panic while the lock is held leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connections {
    pub(crate) fn add(&self) -> Activity {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let now = Now { calls: 0, is_used: false, since: Instant::now() };
        let state = Arc::new(State { now: Mutex::new(now), close: Notify::new() });
        lock(&self.open).insert(id, Arc::clone(&state));
        Activity { state, _entry: Arc::new(Entry { id, open: Arc::clone(&self.open) }) }
    }

    /// Closes the connection that has been silent for longest, unless all are busy.
    pub(crate) fn evict(&self) {
        let mut open = lock(&self.open);
        let silent = open.iter().map(|(id, state)| (*id, *lock(&state.now))).filter(|(_, now)| now.calls == 0);
        let longest = silent.min_by_key(|(_, now)| now.since).map(|(id, _)| id);
        if let Some(state) = longest.and_then(|id| open.remove(&id)) {
            state.close.notify_one();
        }
    }

    /// Closes all connections. Returns how many there were.
    pub(crate) fn close_all(&self) -> usize {
        let open = std::mem::take(&mut *lock(&self.open));
        for state in open.values() {
            state.close.notify_one();
        }
        open.len()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.id);
    }
}

impl Activity {
    /// Records that a request has arrived.
    pub(crate) fn begin(&self) -> Call {
        let mut now = lock(&self.state.now);
        now.calls += 1;
        now.is_used = true;
        Call(self.clone())
    }

    /// Records that the client has taken a part of its answer.
    pub(crate) fn touch(&self) {
        lock(&self.state.now).since = Instant::now();
    }

    /// Waits until the connection must be closed: it was silent for too long, or its place is needed.
    pub(crate) async fn is_over(&self, head: Duration, idle: Duration) {
        loop {
            let now = *lock(&self.state.now);
            let limit = if now.is_used { idle } else { head };
            // A connection is not silent while a request is being answered.
            let start = if now.calls > 0 { Instant::now() } else { now.since };
            if start.elapsed() >= limit {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(start + limit) => {}
                () = self.state.close.notified() => return,
            }
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut now = lock(&self.0.state.now);
        now.calls -= 1;
        now.since = Instant::now();
    }
}
