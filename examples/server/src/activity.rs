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

/// A request in progress. Dropping it records that the request has ended.
#[derive(Debug)]
pub(crate) struct Call(Activity);

/// Records whether a request is waiting for bytes of its body. Dropping it records that the request is not waiting.
#[derive(Debug)]
pub(crate) struct Wait {
    activity: Activity,
    is_waiting: bool,
}

/// The slot of a connection among the open ones. Dropping it frees the slot.
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
    /// The number of requests in progress.
    calls: usize,
    /// The number of requests that are waiting for bytes of their bodies.
    waiting: usize,
    /// Whether a request has arrived on this connection.
    is_used: bool,
    /// The time of the last activity: the connection began, a request began or ended, or the client sent a part of a
    /// body or received a part of a response.
    since: Instant,
}

impl Now {
    /// Returns whether the server has nothing to do for the connection until the client acts.
    fn is_silent(&self) -> bool {
        self.calls == self.waiting
    }
}

/// Locks a mutex even if it is poisoned: a panic while the lock is held leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connections {
    pub(crate) fn add(&self) -> Activity {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let now = Now { calls: 0, waiting: 0, is_used: false, since: Instant::now() };
        let state = Arc::new(State { now: Mutex::new(now), close: Notify::new() });
        lock(&self.open).insert(id, Arc::clone(&state));
        Activity { state, _entry: Arc::new(Entry { id, open: Arc::clone(&self.open) }) }
    }

    /// Closes the connection that has been silent the longest, unless all are busy.
    pub(crate) fn evict(&self) {
        let mut open = lock(&self.open);
        let silent = open.iter().map(|(id, state)| (*id, *lock(&state.now))).filter(|(_, now)| now.is_silent());
        let longest = silent.min_by_key(|(_, now)| now.since).map(|(id, _)| id);
        if let Some(state) = longest.and_then(|id| open.remove(&id)) {
            state.close.notify_one();
        }
    }

    /// Closes all connections. Returns their number.
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
        now.since = Instant::now();
        Call(self.clone())
    }

    /// Returns the record of a request's body. The request is not waiting yet.
    pub(crate) fn body(&self) -> Wait {
        Wait { activity: self.clone(), is_waiting: false }
    }

    /// Records that the client has sent a part of a body, or has received a part of its response.
    pub(crate) fn touch(&self) {
        lock(&self.state.now).since = Instant::now();
    }

    /// Waits until the connection must be closed: it was silent for too long, or its slot is needed.
    pub(crate) async fn is_over(&self, head: Duration, idle: Duration) {
        loop {
            let now = *lock(&self.state.now);
            let limit = if now.is_used { idle } else { head };
            let start = if now.is_silent() { now.since } else { Instant::now() };
            let rest = limit.saturating_sub(start.elapsed());
            if rest.is_zero() {
                return;
            }
            tokio::select! {
                // A request may arrive in the meantime. From then on, the idle timeout applies.
                () = tokio::time::sleep(rest.min(idle)) => {}
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

impl Wait {
    /// Records that the request is waiting for the client.
    pub(crate) fn begin(&mut self) {
        if !self.is_waiting {
            self.is_waiting = true;
            lock(&self.activity.state.now).waiting += 1;
        }
    }

    /// Records that a part of the body has arrived.
    pub(crate) fn arrive(&mut self) {
        self.end();
        self.activity.touch();
    }

    fn end(&mut self) {
        if self.is_waiting {
            self.is_waiting = false;
            lock(&self.activity.state.now).waiting -= 1;
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.end();
    }
}
