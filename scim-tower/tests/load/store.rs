//! A store whose calls wait until the test lets them continue.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use scim_core::{
    Context,
    json::Projection,
    model::User,
    store::{Change, Creation, MemoryStore, Page, Query, Removal, Store, StoreError, Stored},
};
use tokio::sync::Semaphore;

/// A store in which each call waits for a permit and uses it up.
#[derive(Clone)]
pub(crate) struct Gated {
    users: Arc<MemoryStore<User>>,
    pub(crate) gate: Arc<Semaphore>,
    /// The numbers of calls that have begun, that have ended, and that were dropped before their end.
    pub(crate) begun: Arc<AtomicUsize>,
    pub(crate) ended: Arc<AtomicUsize>,
    pub(crate) dropped: Arc<AtomicUsize>,
}

impl Gated {
    pub(crate) fn new() -> Self {
        Self {
            users: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
            begun: Arc::default(),
            ended: Arc::default(),
            dropped: Arc::default(),
        }
    }

    async fn pass(&self) {
        struct Guard<'g>(&'g AtomicUsize, bool);
        impl Drop for Guard<'_> {
            fn drop(&mut self) {
                self.0.fetch_add(usize::from(!self.1), Ordering::SeqCst);
            }
        }
        self.begun.fetch_add(1, Ordering::SeqCst);
        let mut guard = Guard(&self.dropped, false);
        self.gate.acquire().await.unwrap().forget();
        guard.1 = true;
        self.ended.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store<User> for Gated {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<User>>, StoreError> {
        self.pass().await;
        assert_ne!(id, "bad", "secret of the store");
        self.users.get(cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<User>, StoreError> {
        self.pass().await;
        self.users.search(cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, User>) -> Result<Stored<User>, StoreError> {
        self.pass().await;
        assert_ne!(creation.state().user_name, "bad", "secret of the store");
        self.users.create(cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, User>) -> Result<Stored<User>, StoreError> {
        self.pass().await;
        self.users.replace(cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<User>>, StoreError> {
        self.pass().await;
        self.users.delete(cx, removal).await
    }
}
