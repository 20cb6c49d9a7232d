//! Puts a service provider together.

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
    settings::Settings,
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

/// Builds a [`Scim`]; see [`Scim::builder`].
#[must_use]
pub struct ScimBuilder {
    endpoints: Vec<Box<dyn Endpoint>>,
    base_path: Option<String>,
    origins: Vec<String>,
    settings: Settings,
    /// What is wrong between structs and the types that they are registered with.
    misfits: Vec<SchemaError>,
    warnings: Vec<Warning>,
}

impl Scim {
    /// Starts to build a service provider.
    pub fn builder() -> ScimBuilder {
        ScimBuilder::default()
    }
}

/// What PATCH answers if the request does not ask for certain attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchAnswer {
    /// 200 with the resource.
    Resource,
    /// 204 without a body. What groups answer by default: nobody wants 100 000 members back.
    NoContent,
}

/// Why a service provider cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Something is wrong with the resource types.
    #[error("the resource types cannot be served: {0}")]
    Schemas(#[from] SchemaErrors),
    /// No resource type was registered.
    #[error("no resource type is registered")]
    Empty,
    /// The base URL has no scheme and host, or a query.
    #[error("the base URL `{0}` must be like `https://example.com/scim/v2`")]
    BaseUrl(String),
    /// A trusted origin is no scheme with a host.
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
    /// Serves the resources of a store. The first registered type stands first in discovery; clients expect users there.
    pub fn resource<R: ScimResource>(self, store: impl Store<R>) -> Self {
        self.endpoint::<R>(R::TYPE.clone(), store, object_checks::<R>())
    }

    /// Serves the resources of a store as a type that has more extensions than `R::TYPE`, which are known only at run
    /// time ([`ResourceType::with_extension`]). The struct has a field for their values; see
    /// [`DynamicExtensions`](crate::reflect::DynamicExtensions).
    ///
    /// The store knows the same type: a [`MemoryStore`](crate::store::MemoryStore) is made by
    /// [`of`](crate::store::MemoryStore::of), one of the application keeps it for
    /// [`DynamicExtensions::to_json`](crate::reflect::DynamicExtensions::to_json).
    ///
    /// That the type is otherwise `R::TYPE`, [`build`](Self::build) checks: name, endpoint and descriptions of the whole
    /// may be others, attributes not.
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

    /// What PATCH answers, for the type that was registered last.
    pub fn patch_answer(mut self, answer: PatchAnswer) -> Self {
        if let Some(endpoint) = self.endpoints.last_mut() {
            endpoint.set_patch_answer(answer);
        }
        self
    }

    /// The URL under which clients reach the service, such as `https://example.com/scim/v2`; every `meta.location`
    /// starts with it. Its path is the [base path](Self::base_path), too, where that is not set: behind a proxy that
    /// rewrites paths the two differ.
    ///
    /// An application should set it. Without it, locations are only paths, such as `/scim/v2/Users/26`: a relative
    /// reference (RFC 3986 §4.2), which a client resolves against the URL that it asked. Whatever a request says of
    /// hosts is not copied into an answer: neither `Host`, which anybody can set, nor `X-Forwarded-Host` and
    /// `X-Forwarded-Proto`, which are not read at all.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.settings.base_url = Some(without_slash(url.into()));
        self
    }

    /// The origins under which clients reach a service that has several names, such as one for each customer:
    /// `https://contoso.example.com`. A request whose host is that of one of them is answered with locations that start
    /// with it; any other request as if there were none, with the [base URL](Self::base_url) or with paths.
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

    /// Says that a router takes the base path off before the service sees a request, as `nest_service` of axum does. Then
    /// it is not taken off again. A `ScimLayer` of scim-tower, or a server without a router, leaves it in place: not for
    /// those.
    ///
    /// Without this, requests are taken with and without the base path, so behind such a router each resource can also be
    /// reached by a path that has it twice. (What the router itself takes for one path, as `nest_service` does with `//` and
    /// `/` behind the base path, the service cannot tell apart; a `ScimLayer` does.)
    pub fn nested(mut self) -> Self {
        self.settings.is_nested = true;
        self
    }

    /// The path under which the service is mounted, such as `/scim/v2`. Requests may come with it or, if a router
    /// took it off, without; see [`nested`](Self::nested).
    ///
    /// Without it, and without a [base URL](Self::base_url), locations start with the endpoint, as in `/Users/26`, and do
    /// not lead to a service that is mounted below a path. A router that takes the path off leaves no trace of it, so
    /// [`build`](Self::build) warns where neither is set. If requests come with the path, they get 404, and the first of
    /// them is logged at the level WARN.
    ///
    /// A version of the protocol (RFC 7644 §3.13) is part of it: `/v2` in front of an endpoint is known only here.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.base_path = Some(without_slash(path.into()));
        self
    }

    /// What is accepted beyond the letter of the RFCs; [`Compat::entra`] by default.
    pub fn compat(mut self, compat: Compat) -> Self {
        self.settings.compat = compat;
        self
    }

    /// What one request may cost: bytes of the body, operations of a PATCH, elements visited, terms of a filter.
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

    /// How many resources a page holds: if the client does not say (100 by default), and at most (1000 by default); at
    /// least one. How many bytes, [`Limits::page`] says.
    pub fn page_size(mut self, default: usize, most: usize) -> Self {
        self.settings.default_count = default.max(1);
        self.settings.max_results = most.max(1);
        self
    }

    /// The most operations of a bulk request (1000 by default), and the most bytes (2 MiB by default). A request with more
    /// is refused with 413. Of the bytes and [`Limits::body`] the lower number holds, and is told in discovery.
    pub fn bulk_limits(mut self, operations: usize, payload: usize) -> Self {
        self.settings.bulk_operations = operations;
        self.settings.bulk_payload = payload;
        self
    }

    /// How clients authenticate, for discovery; OAuth bearer tokens by default.
    pub fn authentication_schemes(mut self, schemes: impl IntoIterator<Item = AuthenticationScheme>) -> Self {
        self.settings.authentication_schemes = schemes.into_iter().collect();
        self
    }

    /// Tells the time.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.settings.clock = Box::new(clock);
        self
    }

    /// Makes ids.
    pub fn ids(mut self, ids: impl IdGenerator) -> Self {
        self.settings.ids = Box::new(ids);
        self
    }

    /// Called when a request holds attributes that no schema has, or entries for which a flat struct has no field. They
    /// are left out; at most 64 names are told. With or without this they are logged, at the level INFO: what a client
    /// sends is lost.
    ///
    /// Only the names, never values. It is called once for each request that succeeded.
    pub fn on_ignored(mut self, hook: impl Fn(&Context, &ResourceType, &[String]) + Send + Sync + 'static) -> Self {
        self.settings.on_ignored = Some(Box::new(hook));
        self
    }

    /// Checks everything and builds the service provider. Logs what many clients need and it lacks, at the level WARN;
    /// [`Scim::warnings`] lists that.
    ///
    /// # Errors
    ///
    /// All that is wrong with the schemas, at once; or a base URL, a base path or a trusted origin that is none.
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

/// The path of a base URL, if it is one.
fn path_of(url: &str) -> Option<String> {
    let uri = url.parse::<http::Uri>().ok()?;
    let is_base = matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none() && !url.contains('#');
    is_base.then(|| without_slash(uri.path().to_owned()))
}
