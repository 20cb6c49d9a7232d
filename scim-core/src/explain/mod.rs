//! Dry-runs a PATCH, to find out why it did not do what the client wanted.
//!
//! [`explain()`] takes a resource, the body of a PATCH request and a profile, and reports the resulting canonical
//! operations, what would change from what to what, and which quirks were needed. Nothing is stored. Displaying the
//! [`Explanation`] gives a readable text:
//!
//! ```
//! use scim_core::{ScimResource, compat::Compat, explain::explain, model::User};
//!
//! let user = User { user_name: "bjensen".into(), active: Some(true), ..User::default() };
//! let body = br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
//!     "Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;
//! let explanation = explain(User::TYPE, &user, body, Compat::entra());
//! assert!(explanation.would_change());
//! assert_eq!(
//!     explanation.to_string(),
//!     r#"Operations
//!   1  replace active = false
//!
//! Changes
//!   active
//!     - true
//!     + false
//!
//! Quirks
//!   boolean-string
//!     `"active": "False"`: a boolean as text, in bodies, PATCH values, filters and value paths. Sent by Entra.
//!     Strict: 400 `invalidValue` or `invalidFilter`.
//!   operation-case
//!     `"op": "Replace"`: an operation in another letter case. Sent by Entra.
//!     Strict: accepted too, as the RFC leaves it open; switched off, 400 `invalidSyntax`.
//!
//! 200/204: 1 attribute changes
//! "#,
//! );
//! ```
//!
//! Values that no client may read, such as a password, are shown as `(hidden)`. All other names and values are those of
//! the request and of the resource: an explanation is as confidential as they are.
//!
//! A resource that exists only as JSON is read with [`Document::from_json`](crate::reflect::Document::from_json). The
//! behavior of a store is not predicted: for example, another resource may have the same `userName`.

mod changes;
mod operation;
mod render;
mod value;

use crate::{
    compat::{Compat, Quirks, Tolerance},
    error::Error,
    json::Ignored,
    patch::{Patch, Session},
    reflect::{Reflect, Resource, ValueRef},
    schema::ResourceType,
    validate::{Change, validate},
};

/// The effects of a PATCH. Its [`Display`](std::fmt::Display) is a human-readable text.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The canonical operations, up to the first rejected one.
    pub operations: Vec<ExplainedOperation>,
    /// The changes; empty if the PATCH is rejected. What the server writes in `meta` is not included.
    pub changes: Vec<AttributeChange>,
    /// The quirks that were encountered and accepted, including those before a rejection.
    pub quirks: Quirks,
    /// Names in the values that are not in any schema; at most 64.
    pub ignored: Vec<String>,
    /// The reason why the PATCH would be rejected.
    pub error: Option<Error>,
}

/// One operation as the library interprets it. An operation without a `path` is split into several.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExplainedOperation {
    /// The number of the operation in the request, counted from 1.
    pub number: usize,
    /// The operation as text: `replace emails[type eq "work"].value = "b@example.com"`.
    pub text: String,
}

/// A simple attribute that changes, or an element of a list that is added, removed or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttributeChange {
    /// The attribute's name as a client would write it: `name.givenName`. All elements of a list have the name of the
    /// list.
    pub attribute: String,
    /// The value before, as JSON, or `(hidden)`; `None` if there was none.
    pub before: Option<String>,
    /// The value after, in the same form.
    pub after: Option<String>,
}

impl Explanation {
    /// Returns whether the PATCH would be accepted and change something.
    #[must_use]
    pub fn would_change(&self) -> bool {
        self.error.is_none() && !self.changes.is_empty()
    }
}

/// Explains what the body of a PATCH request would do to a resource.
/// The request is applied to a copy by [`patch::apply`](crate::patch::apply) and [validated](crate::validate()) like in
/// the server, so the explanation matches what would happen.
#[must_use]
pub fn explain<R: Resource>(resource_type: &ResourceType, resource: &R, body: &[u8], compat: Compat) -> Explanation {
    explain_on(resource_type, &resource.view(), &mut resource.clone(), body, compat)
}

fn explain_on(
    resource_type: &ResourceType,
    before: &ValueRef<'_>,
    copy: &mut dyn Reflect,
    body: &[u8],
    compat: Compat,
) -> Explanation {
    let tolerance = Tolerance::new(compat);
    let (patch, parsed) = Patch::parse_in_part(resource_type, body, &tolerance);
    let left_out = Ignored::default();
    let mut operations = Vec::new();
    let patch_is_whole = parsed.is_ok();
    let mut session = Session::new(resource_type, copy, &tolerance, &left_out);
    let mut result = parsed;
    for (number, operation, context) in patch.operations() {
        operations.push(ExplainedOperation { number, text: operation::text(resource_type, operation) });
        // A malformed body changes nothing.
        if patch_is_whole {
            result = session.apply(operation, context);
            if result.is_err() {
                break;
            }
        }
    }
    let result = result
        .and_then(|()| session.finish())
        .and_then(|()| validate(resource_type, Change::Modification(before), &copy.view()));
    let changes = match result {
        Ok(()) => changes::between(resource_type, before, &copy.view()),
        Err(_) => Vec::new(),
    };
    let mut ignored = patch.ignored().to_vec();
    ignored.extend(left_out.into_names());
    Explanation { operations, changes, quirks: tolerance.used(), ignored, error: result.err() }
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
