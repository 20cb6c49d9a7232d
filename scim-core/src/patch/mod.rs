//! PATCH, RFC 7644 §3.5.2: parse, then apply or plan.
//!
//! **Parsing** is the only step that knows what providers send: operations in any letter case, keys that are paths,
//! text where objects are expected. It turns a body into a [`Patch`]: canonical operations of a closed set, each of
//! which names an attribute and has a value of its type. Anything else is rejected.
//!
//! **Applying** follows the rules of the RFC on any resource and knows nothing about clients. If an operation is
//! rejected, those before it stay applied: callers apply a PATCH to a copy, so that it is all or nothing.
//!
//! **Planning** determines what a PATCH does without looking at the resource, where that is possible; see [`Effects`].

mod apply;
mod effects;
mod elements;
mod error;
mod fill;
mod index;
mod list;
mod normalize;
mod operation;
mod request;
mod session;
mod target;

pub use effects::{Effect, Effects};
pub(crate) use fill::Fill;
pub(crate) use normalize::body_operation;
pub(crate) use operation::{Action, Kind, Operation};
pub(crate) use session::Session;
pub(crate) use target::Meaning;

use std::fmt;

use http::StatusCode;
use normalize::Normalized;
use request::Context;

use crate::{
    compat::{Quirks, Tolerance},
    error::Error,
    json::{Ignored, Reader, Use},
    reflect::Reflect,
    report::WriteReport,
    schema::{Path, ResourceType},
    turn::Pace,
};

/// The parsed body of a PATCH request. It is parsed once and can be applied any number of times.
///
/// ```
/// use scim_core::{ScimResource, model::User, patch::Patch};
///
/// let body = br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///     "Operations":[{"op":"replace","path":"title","value":"Chief"}]}"#;
/// let tolerance = Default::default();
/// let patch = Patch::parse(User::TYPE, body, &tolerance)?;
/// let mut user = User { user_name: "bjensen".into(), ..User::default() };
/// patch.apply(&mut user, &tolerance)?;
/// assert_eq!(user.title.as_deref(), Some("Chief"));
/// # Ok::<(), scim_core::Error>(())
/// ```
pub struct Patch<'v> {
    resource_type: &'v ResourceType,
    operations: Vec<(Operation<'v, 'v>, Context<'v>)>,
    /// The names of the attributes that parsing skipped.
    ignored: Vec<String>,
    quirks: Quirks,
}

impl fmt::Debug for Patch<'_> {
    /// Omits values and paths, which may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patch").field("operations", &self.operations.len()).finish_non_exhaustive()
    }
}

impl<'v> Patch<'v> {
    /// Parses a body.
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for a body that is not a PATCH request, `invalidPath` and `invalidFilter` for paths,
    /// `invalidValue` for values, `mutability` for attributes that clients cannot change, as far as that does not
    /// depend on the resource; 413 for more operations than [`Limits::operations`](crate::Limits::operations). The
    /// detail names the operation.
    pub fn parse(resource_type: &'v ResourceType, body: &'v [u8], tolerance: &Tolerance) -> Result<Self, Error> {
        let (patch, result) = Self::parse_in_part(resource_type, body, tolerance);
        result.map(|()| patch)
    }

    /// The same as [`parse`](Self::parse), but also returns the operations before the rejected one.
    pub(crate) fn parse_in_part(
        resource_type: &'v ResourceType,
        body: &'v [u8],
        tolerance: &Tolerance,
    ) -> (Self, Result<(), Error>) {
        let reader = Reader::new(tolerance, Use::Replace, resource_type);
        let mut operations = Vec::new();
        let result = parse_operations(resource_type, body, &reader, &mut operations);
        (Self { resource_type, operations, ignored: reader.ignored.into_names(), quirks: tolerance.used() }, result)
    }

    /// Applies the PATCH to a resource.
    ///
    /// On failure the resource may be partly changed: pass a copy.
    ///
    /// # Errors
    ///
    /// 400 `noTarget` for a filter that selects nothing, `mutability` for attributes that clients cannot change,
    /// `invalidValue` for values that the application does not accept, `tooMany` beyond
    /// [`Limits::visits`](crate::Limits::visits). The detail names the operation and the attribute.
    pub fn apply(&self, resource: &mut dyn Reflect, tolerance: &Tolerance) -> Result<WriteReport, Error> {
        let ignored = Ignored::default();
        let mut session = Session::new(self.resource_type, resource, tolerance, &ignored);
        for (operation, context) in &self.operations {
            session.apply(operation, context)?;
        }
        session.finish()?;
        Ok(self.report(ignored, tolerance))
    }

    /// The same as [`apply`](Self::apply), but yields to other tasks between the operations.
    pub(crate) async fn apply_in_turns(
        &self,
        resource: &mut dyn Reflect,
        tolerance: &Tolerance,
    ) -> Result<WriteReport, Error> {
        /// The cost of an operation, in addition to the values that it visits.
        const OPERATION: u64 = 32;
        let ignored = Ignored::default();
        let mut session = Session::new(self.resource_type, resource, tolerance, &ignored);
        let mut pace = Pace::default();
        for (operation, context) in &self.operations {
            let before = tolerance.visits();
            session.apply(operation, context)?;
            pace.spend((tolerance.visits() - before).saturating_add(OPERATION)).await;
        }
        session.finish()?;
        Ok(self.report(ignored, tolerance))
    }

    #[inline]
    fn report(&self, left_out: Ignored, tolerance: &Tolerance) -> WriteReport {
        let mut ignored = self.ignored.clone();
        ignored.extend(left_out.into_names());
        ignored.truncate(Ignored::MOST);
        WriteReport { touched: self.touched(), ignored, quirks: self.quirks.and(tolerance.used()) }
    }

    /// Returns the canonical operations with their numbers in the request, starting at 1.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (usize, &Operation<'v, 'v>, &Context<'v>)> {
        self.operations.iter().map(|(operation, context)| (context.number(), operation, context))
    }

    /// Returns the names of the attributes that parsing skipped.
    pub(crate) fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Returns the attributes that the operations name, each once.
    fn touched(&self) -> Vec<Path> {
        let mut touched = Vec::with_capacity(4);
        for (operation, _) in &self.operations {
            operation.each_path(&mut |path| {
                if !touched.contains(&path) {
                    touched.push(path);
                }
            });
        }
        touched
    }
}

/// Applies the body of a PATCH request to a resource: [`Patch::parse`] and [`Patch::apply`].
///
/// On failure the resource may be partly changed: pass a copy.
///
/// ```
/// use scim_core::{ScimResource, model::User, patch};
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
/// Fails as [`Patch::parse`] and [`Patch::apply`] do.
pub fn apply(
    resource_type: &ResourceType,
    resource: &mut dyn Reflect,
    body: &[u8],
    tolerance: &Tolerance,
) -> Result<WriteReport, Error> {
    Patch::parse(resource_type, body, tolerance)?.apply(resource, tolerance)
}

/// Parses the operations of a body, up to the first rejected one.
fn parse_operations<'v>(
    resource_type: &'v ResourceType,
    body: &'v [u8],
    reader: &Reader<'_>,
    operations: &mut Vec<(Operation<'v, 'v>, Context<'v>)>,
) -> Result<(), Error> {
    let raw = request::read(body, reader)?;
    let most = reader.tolerance.limits().operations;
    if raw.len() > most {
        let detail = format!("the PATCH request has {} operations; the maximum is {most}", raw.len());
        return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    operations.reserve(raw.len());
    let mut left_out = None;
    for (number, raw) in (1..).zip(raw) {
        let normalized = normalize::normalize(resource_type, &raw, reader);
        let context = raw.into_context(number);
        match normalized.map_err(|error| error.context(&context))? {
            Normalized::One(operation) => operations.push((operation, context)),
            Normalized::Each(each) => {
                operations.extend(each.into_iter().map(|operation| (operation, context.clone())));
            }
            Normalized::LeftOut(None) => {}
            Normalized::LeftOut(Some(error)) => {
                left_out.get_or_insert_with(|| error.context(&context));
            }
        }
    }
    match left_out {
        // The operation is skipped if there are others. Alone, the request would succeed without any effect.
        Some(error) if operations.is_empty() => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
