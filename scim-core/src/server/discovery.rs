//! The discovery documents (RFC 7644 §4), computed from the registered types and never written by hand.

use serde::Serialize;

use super::{
    authentication_scheme::AuthenticationScheme,
    response::{Answer, ListWriter},
    route::Discovery,
    service::Service,
};
#[cfg(feature = "derive")]
use crate::model::describe::describe;
use crate::{
    context::Context,
    error::{Error, excerpt},
    model::config,
    schema::{Mutability, Schema},
};
use http::StatusCode;

/// A document with its `meta`.
#[derive(Serialize)]
struct Located<'d, T> {
    #[serde(flatten)]
    document: &'d T,
    meta: DocumentMeta<'d>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentMeta<'d> {
    resource_type: &'d str,
    location: String,
}

impl Service {
    pub(super) fn discover(&self, cx: &Context, discovery: &Discovery<'_>, query: &str) -> Result<Answer, Error> {
        // RFC 7644 §4: paging, sorting and projection are ignored here, a filter is rejected.
        if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name.eq_ignore_ascii_case("filter")) {
            return Err(Error::new(StatusCode::FORBIDDEN, "discovery documents cannot be filtered"));
        }
        match *discovery {
            Discovery::ServiceProviderConfig => Ok(Answer::json(self.service_provider_config(cx)?)),
            Discovery::ResourceTypes(id) => self.resource_types(cx, id),
            Discovery::Schemas(id) => self.schemas(cx, id),
        }
    }

    fn resource_types(&self, cx: &Context, id: Option<&str>) -> Result<Answer, Error> {
        let types = self.endpoints.iter().map(|endpoint| endpoint.resource_type());
        let documents = types.map(|resource_type| {
            let location = format!("{}/ResourceTypes/{}", cx.base_url(), segment(&resource_type.name));
            (
                &*resource_type.name,
                Located { document: resource_type, meta: DocumentMeta { resource_type: "ResourceType", location } },
            )
        });
        answer("resource type", id, documents)
    }

    /// Returns the documents of `/Schemas`. They never change, because the registered types do not.
    fn all_schemas(&self) -> Vec<Schema> {
        let mut schemas: Vec<Schema> = Vec::new();
        let registered = self.endpoints.iter().flat_map(|endpoint| endpoint.resource_type().schemas());
        for schema in registered.chain(config::schemas()) {
            // A schema that several resource types use is listed once; the builder checked that they agree.
            if !schemas.iter().any(|known| known.head.id.eq_ignore_ascii_case(&schema.head.id)) {
                schemas.push(schema);
            }
        }
        #[cfg(feature = "derive")]
        schemas.iter_mut().for_each(describe);
        schemas
    }

    fn schemas(&self, cx: &Context, id: Option<&str>) -> Result<Answer, Error> {
        let schemas = self.schemas.get_or_init(|| self.all_schemas());
        let documents = schemas.iter().map(|schema| {
            let location = format!("{}/Schemas/{}", cx.base_url(), segment(&schema.head.id));
            (&*schema.head.id, Located { document: schema, meta: DocumentMeta { resource_type: "Schema", location } })
        });
        answer("schema", id, documents)
    }

    fn service_provider_config(&self, cx: &Context) -> Result<Vec<u8>, Error> {
        #[derive(Serialize)]
        struct Supported {
            supported: bool,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Bulk {
            supported: bool,
            max_operations: usize,
            max_payload_size: usize,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Filter {
            supported: bool,
            max_results: usize,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Config<'s> {
            schemas: [&'static str; 1],
            patch: Supported,
            bulk: Bulk,
            filter: Filter,
            change_password: Supported,
            sort: Supported,
            etag: Supported,
            authentication_schemes: &'s [AuthenticationScheme],
            meta: DocumentMeta<'static>,
        }
        let mut attributes = self.endpoints.iter().flat_map(|endpoint| endpoint.resource_type().core_attributes());
        let has_password =
            attributes.any(|attribute| attribute.name == "password" && attribute.mutability == Mutability::WriteOnly);
        let location = format!("{}/ServiceProviderConfig", cx.base_url());
        let config = Config {
            schemas: [config::SERVICE_PROVIDER_CONFIG],
            patch: Supported { supported: true },
            bulk: Bulk {
                supported: true,
                max_operations: self.settings.bulk_operations,
                max_payload_size: self.settings.bulk_payload(),
            },
            filter: Filter { supported: true, max_results: self.settings.max_results },
            change_password: Supported { supported: has_password },
            sort: Supported { supported: true },
            etag: Supported { supported: self.endpoints.iter().all(|endpoint| endpoint.keeps_versions()) },
            authentication_schemes: &self.settings.authentication_schemes,
            meta: DocumentMeta { resource_type: "ServiceProviderConfig", location },
        };
        serde_json::to_vec(&config).map_err(Error::internal)
    }
}

/// Encodes a name as a segment of a URL. The characters that RFC 3986 §3.3 allows in a segment stay as they are.
fn segment(name: &str) -> percent_encoding::PercentEncode<'_> {
    const SEGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b':')
        .remove(b'@')
        .remove(b'!')
        .remove(b'$')
        .remove(b'&')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')')
        .remove(b'*')
        .remove(b'+')
        .remove(b',')
        .remove(b';')
        .remove(b'=');
    percent_encoding::utf8_percent_encode(name, SEGMENT)
}

/// Returns one document by its id, or a list of all of them.
fn answer<'d, T: Serialize>(
    what: &str,
    id: Option<&str>,
    documents: impl Iterator<Item = (&'d str, T)>,
) -> Result<Answer, Error> {
    let mut documents = documents;
    if let Some(id) = id {
        let document = documents.find(|(name, _)| name.eq_ignore_ascii_case(id));
        let (_, document) = document
            .ok_or_else(|| Error::new(StatusCode::NOT_FOUND, format!("there is no {what} `{}`", excerpt(id))))?;
        return Ok(Answer::json(serde_json::to_vec(&document).map_err(Error::internal)?));
    }
    let documents = documents.map(|(_, document)| serde_json::to_vec(&document).map_err(Error::internal));
    let documents = documents.collect::<Result<Vec<_>, _>>()?;
    let mut list = ListWriter::new(documents.len(), 1, documents.len());
    for document in documents {
        list.push(usize::MAX, |out| out.extend(document));
    }
    Ok(Answer::json(list.finish()))
}
