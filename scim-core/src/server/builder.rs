//! Builds a service provider.

use std::{
    marker::PhantomData,
    sync::{Arc, OnceLock},
};

use super::{
    AuthenticationScheme, Clock, IdGenerator, SystemClock, UuidV7Ids, Warning,
    endpoint::{Endpoint, ObjectChecks, StoreEndpoint, object_checks},
    host::Origin,
    mount::Mount,
    service::Service,
    service_provider::Scim,
    settings::{PatchAnswer, Settings},
    warning::missing_attributes,
};
use crate::{
    ScimResource,
    compat::Compat,
    context::Context,
    limits::Limits,
    reflect::{Document, Resource, has_place, keeps_versions},
    schema::{Path, ResourceType, SchemaError, SchemaErrors},
    store::Store,
};

/// A builder of a [`Scim`]; see [`Scim::builder`].
#[must_use]
pub struct ScimBuilder {
    endpoints: Vec<Box<dyn Endpoint>>,
    base_path: Option<String>,
    origins: Vec<String>,
    settings: Settings,
    /// Mismatches between structs and the types that they are registered with.
    misfits: Vec<SchemaError>,
    warnings: Vec<Warning>,
}

impl Scim {
    /// Returns a builder of a service provider.
    pub fn builder() -> ScimBuilder {
        ScimBuilder::default()
    }
}

/// The reason why a service provider cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The resource types have errors.
    #[error("the resource types cannot be served: {0}")]
    Schemas(#[from] SchemaErrors),
    /// No resource type was registered.
    #[error("no resource type is registered")]
    Empty,
    /// The base URL has no scheme, no host, or has a query.
    #[error("the base URL `{0}` must be like `https://example.com/scim/v2`")]
    BaseUrl(String),
    /// A trusted origin is not a scheme with a host.
    #[error("the trusted origin `{0}` must be like `https://example.com`")]
    Origin(String),
    /// The base path does not start with a slash.
    #[error("the base path `{0}` must be like `/scim/v2`")]
    BasePath(String),
}

impl Default for ScimBuilder {
    fn default() -> Self {
        let settings = Settings {
            base_url: None,
            base_path: String::new(),
            is_nested: false,
            trusted_origins: Vec::new(),
            public_path: String::new(),
            compat: Compat::default(),
            limits: Limits::default(),
            default_count: 100,
            max_results: 1000,
            bulk_operations: 1000,
            bulk_payload: 2 * 1024 * 1024,
            authentication_schemes: vec![AuthenticationScheme::bearer()],
            clock: Box::new(SystemClock),
            ids: Box::new(UuidV7Ids),
            on_ignored: None,
        };
        Self {
            endpoints: Vec::new(),
            base_path: None,
            origins: Vec::new(),
            settings,
            misfits: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl ScimBuilder {
    /// Serves the resources of a store. Register users first: discovery lists the types in the order of registration,
    /// and clients expect users at the top.
    pub fn resource<R: ScimResource>(self, store: impl Store<R>) -> Self {
        self.endpoint::<R>(R::TYPE.clone(), store, object_checks::<R>())
    }

    /// Serves the resources of a store as a type that has more extensions than `R::TYPE`, known only at run time
    /// ([`ResourceType::with_extension`]). The struct has a field for their values; see
    /// [`DynamicExtensions`](crate::reflect::DynamicExtensions).
    ///
    /// The store must know the same type: create a [`MemoryStore`](crate::store::MemoryStore) with
    /// [`of`](crate::store::MemoryStore::of). A store of the application keeps the type for
    /// [`DynamicExtensions::to_json`](crate::reflect::DynamicExtensions::to_json).
    ///
    /// [`build`](Self::build) checks that the type is otherwise `R::TYPE`. Its name, endpoint and description may
    /// differ, its attributes may not.
    pub fn resource_as<R: ScimResource>(mut self, resource_type: ResourceType, store: impl Store<R>) -> Self {
        resource_type.check_struct::<R>(&mut self.misfits);
        self.endpoint::<R>(resource_type, store, object_checks::<R>())
    }

    /// Serves resources whose type is known only at run time.
    pub fn dynamic(self, resource_type: ResourceType, store: impl Store<Document>) -> Self {
        self.endpoint::<Document>(resource_type, store, None)
    }

    fn endpoint<R: Resource>(
        mut self,
        resource_type: ResourceType,
        store: impl Store<R>,
        object_checks: Option<ObjectChecks<R>>,
    ) -> Self {
        const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
        let is_group = resource_type.schema.id.eq_ignore_ascii_case(GROUP);
        let patch_answer = if is_group { PatchAnswer::NoContent } else { PatchAnswer::Resource };
        if !has_place::<R>(Path::ID.steps()) {
            self.misfits.push(SchemaError::NoId(resource_type.name.to_string()));
        }
        self.warnings.extend(missing_attributes(&resource_type, has_place::<R>));
        self.endpoints.push(Box::new(StoreEndpoint::<R, _> {
            store,
            resource_type,
            patch_answer,
            keeps_versions: keeps_versions::<R>(),
            object_checks,
            resource: PhantomData,
        }));
        self
    }

    /// Sets the response to PATCH for the type that was registered last.
    pub fn patch_answer(mut self, answer: PatchAnswer) -> Self {
        if let Some(endpoint) = self.endpoints.last_mut() {
            endpoint.set_patch_answer(answer);
        }
        self
    }

    /// Sets the URL under which clients reach the service, such as `https://example.com/scim/v2`. Every `meta.location`
    /// starts with it. Its path is also the [base path](Self::base_path) unless that is set; they differ behind a proxy
    /// that rewrites paths.
    ///
    /// An application should set it. Without it, locations are only paths, such as `/scim/v2/Users/26`: a relative
    /// reference (RFC 3986 §4.2), which a client resolves against the URL of its request. No host from a request is
    /// copied into a response: neither `Host`, which anybody can set, nor `X-Forwarded-Host` and `X-Forwarded-Proto`,
    /// which are not read at all.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.settings.base_url = Some(without_slash(url.into()));
        self
    }

    /// Sets the origins of a service that has several names, such as `https://contoso.example.com` for one customer. If
    /// the host of a request is that of one of them, the locations in the response start with this origin. For any
    /// other request they start with the [base URL](Self::base_url), or are paths.
    ///
    /// ```
    /// use scim_core::{Scim, model::User, store::MemoryStore};
    ///
    /// let scim = Scim::builder()
    ///     .resource(MemoryStore::<User>::new())
    ///     .base_path("/scim/v2")
    ///     .trusted_origins(["https://contoso.example.com", "https://fabrikam.example.com"])
    ///     .build()?;
    /// # Ok::<(), scim_core::server::BuildError>(())
    /// ```
    pub fn trusted_origins<T: Into<String>>(mut self, origins: impl IntoIterator<Item = T>) -> Self {
        self.origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Declares that a router strips the base path before the service sees a request, as `nest_service` of axum does.
    /// The service then does not strip it again. Do not use this with a `ScimLayer` of scim-tower, or with a server
    /// without a router: they leave the base path in place.
    ///
    /// Without this, requests are accepted with and without the base path, so behind such a router each resource can
    /// also be reached by a path that contains it twice. (The service cannot distinguish paths that the router itself
    /// treats as one, as `nest_service` does with `//` and `/` after the base path; a `ScimLayer` can.)
    pub fn nested(mut self) -> Self {
        self.settings.is_nested = true;
        self
    }

    /// Sets the path under which the service is mounted, such as `/scim/v2`. Requests may contain it or, if a router
    /// stripped it, omit it; see [`nested`](Self::nested).
    ///
    /// Without it, and without a [base URL](Self::base_url), locations start with the endpoint, as in `/Users/26`, and
    /// do not lead to a service that is mounted below a path. A router that strips the path leaves no trace of it, so
    /// [`build`](Self::build) warns if neither is set. If requests contain the path, they get 404, and the first of
    /// them is logged at the level WARN.
    ///
    /// The protocol version (RFC 7644 §3.13) is part of it: `/v2` in front of an endpoint is recognized only if it is
    /// configured here.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.base_path = Some(without_slash(path.into()));
        self
    }

    /// Sets which deviations from the RFCs are accepted; [`Compat::entra`] by default.
    pub fn compat(mut self, compat: Compat) -> Self {
        self.settings.compat = compat;
        self
    }

    /// Sets what one request may cost: bytes of the body, operations of a PATCH, elements visited, terms of a filter.
    ///
    /// ```
    /// use scim_core::{Limits, Scim};
    ///
    /// let mut limits = Limits::default();
    /// limits.body = 512 * 1024;
    /// let builder = Scim::builder().limits(limits);
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sets how many resources a page holds: by default, if the client does not ask for a number (100), and at most
    /// (1000). Both are at least one. [`Limits::page`] limits the bytes.
    pub fn page_size(mut self, default: usize, most: usize) -> Self {
        self.settings.default_count = default.max(1);
        self.settings.max_results = most.max(1);
        self
    }

    /// Sets the maximum number of operations of a bulk request (1000 by default) and its maximum size in bytes (2 MiB
    /// by default). A request with more is rejected with 413. The lower of this size and [`Limits::body`] applies, and
    /// is announced in discovery.
    pub fn bulk_limits(mut self, operations: usize, payload: usize) -> Self {
        self.settings.bulk_operations = operations;
        self.settings.bulk_payload = payload;
        self
    }

    /// Sets how clients authenticate, for discovery; OAuth bearer tokens by default.
    pub fn authentication_schemes(mut self, schemes: impl IntoIterator<Item = AuthenticationScheme>) -> Self {
        self.settings.authentication_schemes = schemes.into_iter().collect();
        self
    }

    /// Sets the source of the current time.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.settings.clock = Box::new(clock);
        self
    }

    /// Sets the source of ids.
    pub fn ids(mut self, ids: impl IdGenerator) -> Self {
        self.settings.ids = Box::new(ids);
        self
    }

    /// Sets a hook that is called when a request contains attributes that no schema has, or elements for which a flat
    /// struct has no field. They are dropped, so what the client sent is lost.
    ///
    /// The hook receives at most 64 names, never values, once per successful request. They are also logged at the level
    /// INFO, with or without a hook.
    pub fn on_ignored(mut self, hook: impl Fn(&Context, &ResourceType, &[String]) + Send + Sync + 'static) -> Self {
        self.settings.on_ignored = Some(Box::new(hook));
        self
    }

    /// Checks everything and builds the service provider. Logs at the level WARN what many clients need and the service
    /// provider lacks; [`Scim::warnings`] lists the same.
    ///
    /// # Errors
    ///
    /// All errors of the schemas at once, or an invalid base URL, base path or trusted origin.
    pub fn build(mut self) -> Result<Scim, BuildError> {
        if self.endpoints.is_empty() {
            return Err(BuildError::Empty);
        }
        let mut errors = self.misfits;
        if let Err(found) = ResourceType::check_all(self.endpoints.iter().map(|endpoint| endpoint.resource_type())) {
            errors.extend(found.0);
        }
        if !errors.is_empty() {
            return Err(SchemaErrors(errors).into());
        }
        if let Some(url) = &self.settings.base_url {
            let path = path_of(url).ok_or_else(|| BuildError::BaseUrl(url.clone()))?;
            self.base_path.get_or_insert(path);
        }
        self.settings.trusted_origins = Vec::with_capacity(self.origins.len());
        for origin in self.origins {
            let parsed = Origin::parse(&origin).ok_or(BuildError::Origin(origin))?;
            self.settings.trusted_origins.push(parsed);
        }
        self.settings.base_path = self.base_path.unwrap_or_default();
        let public_path = self.settings.base_url.as_deref().and_then(path_of);
        self.settings.public_path = public_path.unwrap_or_else(|| self.settings.base_path.clone());
        let path = &self.settings.base_path;
        let is_path =
            path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic()) && !path.contains(['?', '#']);
        if !path.is_empty() && !is_path {
            return Err(BuildError::BasePath(path.clone()));
        }
        if self.settings.base_url.is_none() && path.is_empty() {
            self.warnings.push(Warning::MissingBaseUrl);
        }
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
        Ok(Scim(Arc::new(Service {
            endpoints: self.endpoints,
            schemas: OnceLock::new(),
            settings: self.settings,
            warnings: self.warnings,
            mount: Mount::default(),
        })))
    }
}

fn without_slash(mut text: String) -> String {
    text.truncate(text.trim_end_matches('/').len());
    text
}

/// Returns the path of a base URL, or `None` if it is not a base URL.
fn path_of(url: &str) -> Option<String> {
    let uri = url.parse::<http::Uri>().ok()?;
    let is_base = matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none() && !url.contains('#');
    is_base.then(|| without_slash(uri.path().to_owned()))
}
