//! PATCH, RFC 7644 §3.5.2: normalize, then apply.
//!
//! **Normalize** is the only place that knows what providers send: operations in any letter case, keys that are paths,
//! text where objects are due. It turns a body into operations that name an attribute by its
//! place and carry a value of its type.
//!
//! **Apply** follows the RFC's rules, on whatever resource, and knows no client. A refused operation leaves those before
//! it applied: callers apply to a copy, so that a PATCH is all or nothing.

mod apply;
mod compare;
mod effects;
mod elements;
mod list;
mod normalize;
mod refusal;
mod request;

pub(crate) use compare::{compared_key, equal, identity, same, same_written, written_key};
pub use effects::{Effect, Effects};
pub(crate) use normalize::{Kind, Operation};
use request::Context;

use crate::{
    access::Access,
    compat::{Quirks, Tolerance},
    error::Error,
    json::Reader,
    schema::{Path, ResourceType},
};

/// What a PATCH did besides changing a resource.
#[derive(Clone, Debug, Default)]
pub struct PatchReport {
    /// The attributes that the operations named.
    pub touched: Vec<Path>,
    /// Names of the values that no schema has; at most 64.
    pub ignored: Vec<String>,
    /// The quirks that were met.
    pub quirks: Quirks,
}

/// Applies the body of a PATCH request to a resource.
///
/// If it fails, the resource may be half changed: pass a copy.
///
/// ```
/// use scim_core::{access::ScimResource, model::User, patch};
///
/// let mut user = User { user_name: "bjensen".into(), ..User::default() };
/// let body = br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///     "Operations":[{"op":"Add","path":"emails[type eq \"work\"].value","value":"b@example.com"}]}"#;
/// patch::apply(User::TYPE, &mut user, body, &Default::default())?;
/// assert_eq!(user.emails[0].value.as_deref(), Some("b@example.com"));
/// assert_eq!(user.emails[0].kind.as_deref(), Some("work"));
/// # Ok::<(), scim_core::Error>(())
/// ```
///
/// # Errors
///
/// 400 with the `scimType` that RFC 7644 §3.5.2 and table 9 give: `invalidSyntax` for a body that is no PATCH request,
/// `invalidPath`, `invalidFilter` and `noTarget` for paths, `invalidValue` for values, `mutability` for what clients
/// may not change. The detail names the operation and the attribute.
pub fn apply(
    resource_type: &ResourceType,
    resource: &mut dyn Access,
    body: &[u8],
    tolerance: &Tolerance,
) -> Result<PatchReport, Error> {
    let reader = Reader::new(tolerance, true);
    let touched = apply_observed(resource_type, resource, body, &reader, unobserved)?;
    Ok(PatchReport { touched, ignored: reader.into_ignored(), quirks: tolerance.met() })
}

/// Applies a body as [`apply`] does, and shows each canonical operation with its number in the request. Those up to the
/// one that is refused are shown, but for one that cannot be made canonical.
pub(crate) fn apply_observed(
    resource_type: &ResourceType,
    resource: &mut dyn Access,
    body: &[u8],
    reader: &Reader<'_>,
    observe: impl FnMut(usize, &Operation<'_, '_>),
) -> Result<Vec<Path>, Error> {
    let mut touched = Vec::new();
    each_operation(resource_type, body, reader, observe, |operation| {
        touched.push(operation.path);
        apply::apply(resource_type, resource, operation, reader)
    })?;
    Ok(touched)
}

/// Where nobody looks at the operations.
fn unobserved(_: usize, _: &Operation<'_, '_>) {}

/// Runs over the canonical operations of a body. Those in a row that add to, or remove from, one list are one: a
/// thousand members in a thousand operations cost no more than in a single one. They are observed one by one.
fn each_operation<'v>(
    resource_type: &ResourceType,
    body: &'v [u8],
    reader: &Reader<'_>,
    mut observe: impl FnMut(usize, &Operation<'_, '_>),
    mut run: impl FnMut(Operation<'_, 'v>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut pending: Option<(Operation<'_, 'v>, Context)> = None;
    for (number, operation) in (1..).zip(request::read(body, reader)?) {
        let context = || operation.context(number);
        let operations = normalize::normalize(resource_type, &operation, reader);
        if let Some((previous, context)) = pending.take_if(|_| operations.is_err()) {
            // The first operation that is wrong is the one to tell about.
            run(previous).map_err(|error| error.context(context))?;
        }
        for operation in operations.map_err(|error| error.context(context()))? {
            // What comes before is done first, so an operation is only seen if nothing before it was refused.
            if let Some((previous, context)) = pending.take_if(|(pending, _)| !pending.absorbs(&operation)) {
                run(previous).map_err(|error| error.context(context))?;
            }
            observe(number, &operation);
            match &mut pending {
                Some((pending, _)) => pending.absorb(operation),
                None => pending = Some((operation, context())),
            }
        }
    }
    match pending {
        Some((last, context)) => run(last).map_err(|error| error.context(context)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
