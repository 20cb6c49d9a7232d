//! A store behind an [`Arc`], so that two parts of an application can hold it.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Change, Delta, DeltaAnswer, Page, Precondition, Query, Store, StoreError};
use crate::{access::Resource, context::Context, json::Projection};

#[async_trait]
impl<R: Resource, S: Store<R> + ?Sized> Store<R> for Arc<S> {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<R>, StoreError> {
        S::get(self, cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        S::search(self, cx, query).await
    }

    async fn create(&self, cx: &Context, new: R) -> Result<R, StoreError> {
        S::create(self, cx, new).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<R, StoreError> {
        S::replace(self, cx, change).await
    }

    async fn delete(&self, cx: &Context, id: &str, expected: Precondition<'_>) -> Result<(), StoreError> {
        S::delete(self, cx, id, expected).await
    }

    fn takes_deltas(&self) -> bool {
        S::takes_deltas(self)
    }

    async fn patch(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaAnswer, StoreError> {
        S::patch(self, cx, delta).await
    }
}
