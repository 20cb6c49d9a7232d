//! Limits over all requests: the memory of bodies and of responses, and the number of writes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A limit on the bytes of bodies, or of responses, that are in memory at once, over all requests.
///
/// A tenant with several requests gets at most half of what the others leave, so that no tenant can use up the budget.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    total: usize,
    left: usize,
    tenants: HashMap<Arc<str>, Holding>,
}

/// The usage of a tenant.
#[derive(Clone, Copy, Debug, Default)]
struct Holding {
    bytes: usize,
    /// How many requests hold these bytes.
    requests: usize,
}

/// The bytes that one body or response has taken from a [`Budget`]. Dropping the share returns them.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    tenant: Arc<str>,
    held: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(State { total: bytes, left: bytes, tenants: HashMap::new() })))
    }

    /// Returns an empty share for a body or a response of a tenant.
    pub(crate) fn share(&self, tenant: &str) -> Share {
        Share { budget: self.clone(), tenant: tenant.into(), held: 0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock is held leaves no inconsistent state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn holding(&self, tenant: &str) -> Holding {
        self.tenants.get(tenant).copied().unwrap_or_default()
    }

    /// Returns whether a tenant may take bytes for a request that already holds some.
    fn may_take(&self, tenant: &str, bytes: usize, held: usize) -> bool {
        let holding = self.holding(tenant);
        let is_one_of_several = holding.requests > usize::from(held > 0);
        let after = holding.bytes.saturating_add(bytes);
        let is_fair = !is_one_of_several || after <= self.left.saturating_add(holding.bytes) / 2;
        // A request that is larger than the budget is admitted if nothing else is in memory.
        (bytes <= self.left && is_fair) || self.left + held == self.total
    }
}

impl Share {
    /// Takes this many more bytes. If they exceed the budget, takes nothing and returns `false`.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let mut state = self.budget.state();
        if bytes > 0 && !state.may_take(&self.tenant, bytes, self.held) {
            return false;
        }
        self.held += Self::add(&mut state, &self.tenant, bytes, self.held == 0);
        true
    }

    /// Takes this many more bytes, or all that are left.
    pub(crate) fn take_up_to(&mut self, bytes: usize) {
        self.held += Self::add(&mut self.budget.state(), &self.tenant, bytes, self.held == 0);
    }

    /// Returns whether the tenant cannot take even one byte for another request.
    pub(crate) fn is_refused(&self) -> bool {
        !self.budget.state().may_take(&self.tenant, 1, 0)
    }

    /// Returns how many bytes were taken.
    fn add(state: &mut State, tenant: &Arc<str>, bytes: usize, is_first: bool) -> usize {
        let taken = bytes.min(state.left);
        if taken > 0 {
            state.left -= taken;
            let holding = state.tenants.entry(Arc::clone(tenant)).or_default();
            holding.bytes += taken;
            holding.requests += usize::from(is_first);
        }
        taken
    }

    /// Returns the same bytes, which keep the share as long as any part of them is in memory.
    pub(crate) fn hold(self, bytes: Bytes) -> Bytes {
        struct Held {
            bytes: Bytes,
            _share: Share,
        }

        impl AsRef<[u8]> for Held {
            fn as_ref(&self) -> &[u8] {
                &self.bytes
            }
        }

        Bytes::from_owner(Held { bytes, _share: self })
    }

    /// Returns all bytes to the budget.
    pub(crate) fn clear(&mut self) {
        let held = std::mem::take(&mut self.held);
        if held == 0 {
            return;
        }
        let mut state = self.budget.state();
        state.left += held;
        if let Some(holding) = state.tenants.get_mut(&self.tenant) {
            holding.bytes -= held;
            holding.requests -= 1;
            if holding.requests == 0 {
                state.tenants.remove(&self.tenant);
            }
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.clear();
    }
}

/// A limit on the number of concurrent writes. A write can outlive the connection that requested it, so a limit on
/// connections does not limit the writes.
#[derive(Clone, Debug)]
pub(crate) struct Writes {
    slots: Arc<Semaphore>,
    most: u32,
}

impl Writes {
    pub(crate) fn new(most: u32) -> Self {
        let most = most.max(1);
        // On 32-bit machines a semaphore holds fewer permits than `u32::MAX`.
        let most = most.min(u32::try_from(Semaphore::MAX_PERMITS).unwrap_or(u32::MAX));
        Self { slots: Arc::new(Semaphore::new(most as usize)), most }
    }

    /// Waits until another write may begin. The write is in progress until the result is dropped.
    pub(crate) async fn begin(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.slots).acquire_owned().await.ok()
    }

    /// Waits until no write is in progress.
    pub(crate) async fn finished(&self) {
        drop(self.slots.acquire_many(self.most).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_returned() {
        let budget = Budget::new(100);
        let (mut one, mut two) = (budget.share("one"), budget.share("two"));
        assert!(one.take(60) && !two.take(41) && two.take(40) && !one.take(1));
        drop(one);
        assert!(two.take(60));
        two.clear();
        assert!(budget.share("two").take(100));
        assert!(budget.share("one").take(100));
        assert!(budget.state().tenants.is_empty());
    }

    #[test]
    fn no_tenant_can_use_up_the_budget() {
        let budget = Budget::new(100);
        let shares = |tenant: &str| {
            let mut shares = Vec::new();
            loop {
                let mut share = budget.share(tenant);
                assert_eq!(share.is_refused(), !budget.share(tenant).take(1));
                if !share.take(10) {
                    return shares;
                }
                shares.push(share);
            }
        };
        let (one, two, three) = (shares("one"), shares("two"), shares("three"));
        assert_eq!([one.len(), two.len(), three.len()], [5, 2, 1]);
        // A single request of a tenant may use the whole budget, and more than the budget if nothing else is in memory.
        assert!(budget.share("four").take(20) && !budget.share("four").take(21));
        drop((one, two, three));
        assert!(budget.share("four").take(1_000));
        assert!(budget.share("four").take(100));
        // The same holds if it arrives in pieces.
        let mut pieces = budget.share("four");
        assert!((0..10).all(|_| pieces.take(60)));
        assert!(!budget.share("five").take(1) && !budget.share("four").take(1));
        pieces.clear();
        let mut other = budget.share("five");
        assert!(pieces.take(60) && other.take(10) && !pieces.take(60));
        other.clear();
        assert!(pieces.take(60));
    }

    #[test]
    fn bytes_keep_their_share_while_any_part_of_them_exists() {
        let budget = Budget::new(10);
        let mut share = budget.share("one");
        share.take_up_to(8);
        let bytes = share.hold(Bytes::from_static(b"abcdefgh"));
        assert_eq!(bytes, "abcdefgh");
        let part = bytes.slice(2..3);
        drop(bytes);
        let mut other = budget.share("two");
        other.take_up_to(8);
        assert!(budget.share("three").is_refused() && other.held == 2 && part == "c");
        drop(part);
        assert!(!budget.share("three").is_refused() && other.take(8) && !budget.share("three").take(1));
    }

    #[tokio::test]
    async fn finished_waits_for_writes() {
        let writes = Writes::new(0);
        let one = writes.begin().await;
        assert!(futures_are_pending(writes.finished()).await);
        assert!(futures_are_pending(async { drop(writes.begin().await) }).await);
        drop(one);
        writes.finished().await;
        Writes::new(u32::MAX).finished().await;
    }

    async fn futures_are_pending(future: impl Future<Output = ()>) -> bool {
        tokio::time::timeout(std::time::Duration::from_millis(10), future).await.is_err()
    }
}
