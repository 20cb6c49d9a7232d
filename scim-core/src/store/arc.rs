//! A store behind an [`Arc`], so that several parts of an application can share it.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Change, Creation, Delta, DeltaOutcome, Page, Query, Removal, Store, StoreError, Stored};
use crate::{context::Context, json::Projection, reflect::Resource};

#[async_trait]
impl<R: Resource, S: Store<R> + ?Sized> Store<R> for Arc<S> {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<R>>, StoreError> {
        S::get(self, cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        S::search(self, cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, R>) -> Result<Stored<R>, StoreError> {
        S::create(self, cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<Stored<R>, StoreError> {
        S::replace(self, cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<R>>, StoreError> {
        S::delete(self, cx, removal).await
    }

    fn supports_deltas(&self) -> bool {
        S::supports_deltas(self)
    }

    async fn apply_delta(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        S::apply_delta(self, cx, delta).await
    }
}
