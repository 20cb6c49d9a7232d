//! Maps paths to handlers (RFC 7644 §3.2).

use std::borrow::Cow;

use http::{Method, StatusCode};

use super::endpoint::Endpoint;
use crate::{
    error::{Error, excerpt},
    schema::ResourceType,
};

/// A discovery endpoint, and the id if one document is requested.
pub(super) enum Discovery<'s> {
    ServiceProviderConfig,
    ResourceTypes(Option<&'s str>),
    Schemas(Option<&'s str>),
}

impl Discovery<'_> {
    /// Returns the pattern of the path, for people.
    pub(super) fn pattern(&self) -> &'static str {
        match self {
            Self::ServiceProviderConfig => "/ServiceProviderConfig",
            Self::ResourceTypes(None) => "/ResourceTypes",
            Self::ResourceTypes(Some(_)) => "/ResourceTypes/{id}",
            Self::Schemas(None) => "/Schemas",
            Self::Schemas(Some(_)) => "/Schemas/{id}",
        }
    }
}

/// A route, and what its path names.
pub(super) enum Route<'s> {
    /// `/Users`
    Collection(&'s dyn Endpoint),
    /// `/Users/.search`
    Search(&'s dyn Endpoint),
    /// `/Users/{id}`
    Resource(&'s dyn Endpoint, &'s str),
    /// `/Bulk`
    Bulk,
    /// `/Schemas` and the other discovery endpoints.
    Discovery(Discovery<'s>),
    /// `/Users` or `/Groups` if no such type is registered.
    MissingStandard,
    /// A feature of the RFC that this server does not support.
    Unsupported(&'static str),
}

/// Returns the segments of a path, percent-decoded once. One trailing slash is ignored.
pub(super) fn segments(path: &str) -> Result<Vec<Cow<'_, str>>, Error> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let decode = |segment| percent_encoding::percent_decode_str(segment).decode_utf8();
    path.split('/').map(decode).collect::<Result<_, _>>().map_err(|_| not_found())
}

pub(super) fn not_found() -> Error {
    Error::new(StatusCode::NOT_FOUND, "this service provider has no such endpoint")
}

impl<'s> Route<'s> {
    pub(super) fn of(segments: &'s [Cow<'s, str>], endpoints: &'s [Box<dyn Endpoint>]) -> Result<Self, Error> {
        let Some((first, rest)) = segments.split_first() else {
            return Ok(Self::Unsupported("queries over all resource types"));
        };
        let endpoint = endpoints.iter().find(|endpoint| {
            endpoint.resource_type().endpoint.strip_prefix('/').is_some_and(|name| name.eq_ignore_ascii_case(first))
        });
        match (endpoint, rest) {
            (Some(endpoint), []) => Ok(Self::Collection(&**endpoint)),
            (Some(endpoint), [search]) if search == ".search" => Ok(Self::Search(&**endpoint)),
            // No id contains NUL, and databases refuse to look for one.
            (Some(endpoint), [id]) if !id.is_empty() && !id.contains('\0') => Ok(Self::Resource(&**endpoint, id)),
            (Some(_), _) => Err(not_found()),
            (None, _) => Self::other(first, rest),
        }
    }

    fn other(first: &str, rest: &'s [Cow<'s, str>]) -> Result<Self, Error> {
        let one = match rest {
            [] => None,
            [one] => Some(&**one),
            _ => return Err(not_found()),
        };
        let is = |name: &str| first.eq_ignore_ascii_case(name);
        match one {
            None if is("ServiceProviderConfig") => Ok(Self::Discovery(Discovery::ServiceProviderConfig)),
            _ if is("ResourceTypes") => Ok(Self::Discovery(Discovery::ResourceTypes(one))),
            _ if is("Schemas") => Ok(Self::Discovery(Discovery::Schemas(one))),
            None if is("Bulk") => Ok(Self::Bulk),
            _ if is("Me") => Ok(Self::Unsupported("the alias /Me")),
            None if is(".search") => Ok(Self::Unsupported("queries over all resource types")),
            None if is("Users") || is("Groups") => Ok(Self::MissingStandard),
            _ if is_other_version(first) => Err(Error::invalid_vers(format!(
                "this service provider speaks SCIM version v2, not `{}`",
                excerpt(first)
            ))),
            _ => Err(not_found()),
        }
    }

    /// Returns the pattern of the path, for people.
    pub(super) fn pattern(&self) -> Cow<'static, str> {
        let below = |endpoint: &dyn Endpoint, rest: &str| format!("{}{rest}", endpoint.resource_type().endpoint).into();
        match self {
            Self::Collection(endpoint) => below(*endpoint, ""),
            Self::Search(endpoint) => below(*endpoint, "/.search"),
            Self::Resource(endpoint, _) => below(*endpoint, "/{id}"),
            Self::Bulk => "/Bulk".into(),
            Self::Discovery(discovery) => discovery.pattern().into(),
            Self::MissingStandard => "/Users or /Groups".into(),
            Self::Unsupported(what) => (*what).into(),
        }
    }

    /// Returns the type of the resources, if the route is about resources.
    pub(super) fn resource_type(&self) -> Option<&'s ResourceType> {
        match self {
            Self::Collection(endpoint) | Self::Search(endpoint) | Self::Resource(endpoint, _) => {
                Some(endpoint.resource_type())
            }
            _ => None,
        }
    }

    /// Fails with 405 for a method that the path does not support (RFC 9110 §15.5.6).
    pub(super) fn check_method(&self, method: &Method) -> Result<(), Error> {
        let allowed: &[Method] = match self {
            Self::Collection(_) => &[Method::GET, Method::HEAD, Method::POST],
            Self::Search(_) | Self::Bulk => &[Method::POST],
            Self::Resource(..) => &[Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE],
            Self::Discovery(_) => &[Method::GET, Method::HEAD],
            Self::MissingStandard | Self::Unsupported(_) => return Ok(()),
        };
        if allowed.contains(method) {
            return Ok(());
        }
        let allow = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        Err(Error::method_not_allowed(allow))
    }
}

/// Returns whether a segment is an unsupported protocol version, such as `v1` or `v3` (RFC 7644 §3.13). The supported
/// version is in the base path or not in paths at all: as a segment of its own it would give every resource two URLs.
fn is_other_version(segment: &str) -> bool {
    let number = segment.strip_prefix(['v', 'V']).unwrap_or_default();
    !number.is_empty() && number != "2" && number.bytes().all(|digit| digit.is_ascii_digit())
}
