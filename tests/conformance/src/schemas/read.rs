//! Reads the discovery documents of a server.

use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT, AUTHORIZATION};
use serde_json::Value;

use super::Schemas;
use crate::client::Client;

/// No server has more pages of schemas than this; one that never ends must not hold up the run.
const MAX_PAGES: usize = 50;

impl Schemas {
    /// Asks a server for `/Schemas`, `/ResourceTypes` and `/ServiceProviderConfig`.
    ///
    /// What cannot be read is left out: a server without discovery gives an empty value, with which the kit runs all
    /// sequences as they are written.
    pub async fn read<C: Client + ?Sized>(client: &C, token: Option<&str>) -> Self {
        let schemas = list(client, "/Schemas", token).await;
        if schemas.is_empty() {
            return Self::default();
        }
        let types = list(client, "/ResourceTypes", token).await;
        let features = get(client, "/ServiceProviderConfig", token).await;
        Self::from_documents(&schemas, &types, features.as_ref())
    }
}

/// All elements of a list, page by page: discovery is not paged (RFC 7644, section 4), but some servers do.
async fn list<C: Client + ?Sized>(client: &C, path: &str, token: Option<&str>) -> Vec<Value> {
    let mut elements = Vec::new();
    for _ in 0..MAX_PAGES {
        let page = match elements.len() {
            0 => get(client, path, token).await,
            read => get(client, &format!("{path}?startIndex={}", read + 1), token).await,
        };
        let Some(Value::Object(mut page)) = page else { break };
        let Some(Value::Array(more)) = page.remove("Resources") else { break };
        // A server that ignores `startIndex` would send its first page again.
        if more.is_empty() || elements.first() == more.first() {
            break;
        }
        elements.extend(more);
        let total = page.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
        if usize::try_from(total).is_ok_and(|total| elements.len() >= total) {
            break;
        }
    }
    elements
}

async fn get<C: Client + ?Sized>(client: &C, path: &str, token: Option<&str>) -> Option<Value> {
    let mut request = Request::get(path).header(ACCEPT, "application/scim+json");
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let answer = client.send(request.body(Bytes::new()).ok()?).await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    serde_json::from_slice(answer.body()).ok()
}
