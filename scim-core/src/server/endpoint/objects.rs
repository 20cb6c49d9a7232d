//! What the application's checks say about whole objects.

use std::fmt::Display;

use crate::{
    access::{Resource, ScimResource, Tell, Value},
    error::Error,
    patch::{Effects, same_written},
    schema::{DataType, Path, ResourceType},
};

/// Has the checks of a struct look at its objects.
pub(crate) type ObjectChecks<R> = fn(&R, &mut Tell<'_>);

/// The checks of a struct, if it has any.
pub(crate) fn object_checks<R: ScimResource>() -> Option<ObjectChecks<R>> {
    R::CHECKS_OBJECTS.then_some(R::check_objects)
}

/// How many different faults one answer tells.
const MOST_FAULTS: usize = 8;

/// Checks the objects that a request gave or changed. Others stay as they are stored: a rule may be younger than they.
///
/// # Errors
///
/// 400 `invalidValue` that names the attributes.
pub(super) fn check<R: Resource>(
    checks: Option<ObjectChecks<R>>,
    resource_type: &ResourceType,
    old: Option<&R>,
    new: &R,
) -> Result<(), Error> {
    let Some(checks) = checks else { return Ok(()) };
    let mut faults: Vec<String> = Vec::new();
    checks(new, &mut |place: &[u32], object: Value<'_>, message: &dyn Display| {
        // What an administrator reads is told once, and not for ever.
        if faults.len() == MOST_FAULTS {
            return;
        }
        let Some(path) = place.iter().try_fold(Path::ROOT, |path, step| path.child(*step)) else { return };
        let Some(attribute) = resource_type.attribute(path) else { return };
        let is_stored = old.is_some_and(|old| match old.value().at(place) {
            Value::List(list) => list.iter().any(|(_, stored)| same_written(attribute, &stored, &object)),
            stored => same_written(attribute, &stored, &object),
        });
        if !is_stored {
            let fault = format!("`{}` takes {message}", resource_type.name_of(path));
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    });
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid_value(faults.join("; "))) }
}

/// Whether effects change something within objects, so that these can be checked only when they are loaded.
pub(super) fn are_in_objects(effects: &Effects<'_>, resource_type: &ResourceType) -> bool {
    effects.iter().any(|effect| {
        let path = effect.path();
        let is_object = resource_type.attribute(path).is_some_and(|it| it.data_type == DataType::Complex);
        is_object || path.steps().len() > 1
    })
}
