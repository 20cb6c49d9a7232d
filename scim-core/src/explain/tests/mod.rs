//! Explanations as displayed.

mod agreement;
mod changes;
mod rendering;

use super::{Explanation, explain};
use crate::{ScimResource, compat::Compat, model::User, reflect::Document};

/// Explains operations on a user.
fn user(resource: &str, operations: &str) -> String {
    explained::<User>(resource, operations, Compat::entra()).to_string()
}

fn explained<R: ScimResource>(resource: &str, operations: &str, compat: Compat) -> Explanation {
    explain(R::TYPE, &stored::<R>(resource), request(operations).as_bytes(), compat)
}

fn stored<R: ScimResource>(resource: &str) -> Document {
    Document::from_json(R::TYPE, resource).unwrap().0
}

fn request(operations: &str) -> String {
    format!(r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":{operations}}}"#)
}
