//! The state that all clones of a service provider share, and requests about resources.

use std::{pin::Pin, sync::OnceLock};

use http::Method;

use super::{
    endpoint::{Endpoint, Target},
    mount::Mount,
    params::{self, ListParams},
    preconditions::Preconditions,
    response::Answer,
    route::{self, Route},
    settings::Settings,
    warning::Warning,
};
use crate::{compat::Tolerance, context::Context, error::Error, lookup::find_name, schema::Schema, turn};

/// The endpoints and settings of a service provider.
pub(super) struct Service {
    pub(super) endpoints: Vec<Box<dyn Endpoint>>,
    /// The documents of `/Schemas`, built by the first request for them.
    pub(super) schemas: OnceLock<Vec<Schema>>,
    pub(super) settings: Settings,
    pub(super) warnings: Vec<Warning>,
    pub(super) mount: Mount,
}

/// A request, or an operation of a bulk request, apart from its route.
pub(super) struct Call<'r> {
    pub(super) method: &'r Method,
    pub(super) query: &'r str,
    pub(super) preconditions: Preconditions,
    pub(super) body: &'r [u8],
}

impl Service {
    /// Returns a path without the base path, which a router may already have stripped.
    pub(super) fn below_base<'p>(&self, path: &'p str) -> &'p str {
        let rest = path.strip_prefix(&*self.settings.base_path).filter(|_| !self.settings.is_nested);
        rest.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path)
    }

    /// Returns whether an attribute of a resource type has this name.
    pub(super) fn is_name(&self, name: &str) -> bool {
        let tolerance = Tolerance::default();
        self.endpoints.iter().any(|endpoint| find_name(endpoint.resource_type(), name, &tolerance).is_some())
    }

    /// Handles a request about resources.
    pub(super) async fn resources(&self, cx: &Context, route: &Route<'_>, call: Call<'_>) -> Result<Answer, Error> {
        let Call { method, query, preconditions, body } = call;
        match route {
            Route::Collection(endpoint) if *method == Method::POST => {
                let params = params::answer_params(query)?;
                endpoint.create(&self.settings, cx, &params, body).await
            }
            Route::Collection(endpoint) => {
                let params = ListParams::from_query(query)?;
                endpoint.list(&self.settings, cx, params).await
            }
            Route::Resource(endpoint, id) => {
                let params = params::answer_params(query)?;
                let target = Target { id, params, preconditions };
                match *method {
                    Method::PUT => endpoint.replace(&self.settings, cx, &target, body).await,
                    Method::PATCH => endpoint.patch(&self.settings, cx, &target, body).await,
                    Method::DELETE => endpoint.delete(cx, &target).await,
                    _ => endpoint.get(cx, &target).await,
                }
            }
            _ => Err(route::not_found()),
        }
    }
}

/// Returns the result of a request, or a 500 error if it panics.
pub(super) async fn catch_panic<T>(
    request: Pin<&mut (dyn Future<Output = Result<T, Error>> + Send)>,
) -> Result<T, Error> {
    turn::catch(request).await.unwrap_or_else(|_| Err(Error::internal("a handler panicked")))
}
