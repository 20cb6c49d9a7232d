//! Lets a sequence on an application's own extension speak of the one that the server has.

use serde_json::Value;

use super::Replaced;
use crate::assertion::Check;
use crate::schemas::standard::{ENTERPRISE, FABRIKAM, USER};
use crate::schemas::{Attribute, Schema, Schemas};
use crate::sequence::{Body, Requirement, Sequence, Step};

/// The attribute of [`FABRIKAM`] that sequences set.
const TAG: &str = "tag";

/// An extension of users that no RFC describes, with an attribute that takes any text: the one of the sequences, or the
/// first other one.
pub(crate) fn own_extension(schemas: &Schemas) -> Option<(&str, &str)> {
    let users = schemas.resource_types().iter().find(|kind| kind.schema.eq_ignore_ascii_case(USER))?;
    let own = users.extensions.iter().filter(|id| !id.eq_ignore_ascii_case(ENTERPRISE));
    let own = || own.clone().filter_map(|id| schemas.schema(id));
    let named = own().filter(|schema| schema.id == FABRIKAM).find_map(|schema| Some((schema, schema.attribute(TAG)?)));
    let (schema, attribute) = named.or_else(|| own().find_map(|schema| Some((schema, any_text(schema)?))))?;
    Some((&schema.id, &attribute.name))
}

/// An attribute that can be set alone to any text.
fn any_text(schema: &Schema) -> Option<&Attribute> {
    let is_alone = !schema.attributes.iter().any(|attribute| attribute.required);
    schema.attributes.iter().find(|attribute| is_alone && attribute.takes_any_text())
}

/// The sequence with the extension of the server, if it is about extensions and the server has another one.
pub(super) fn replace(sequence: &Sequence, schemas: &Schemas) -> Option<(Sequence, Replaced)> {
    let (id, attribute) = own_extension(schemas).filter(|(id, _)| *id != FABRIKAM)?;
    if !sequence.requires.contains(&Requirement::CustomExtension) {
        return None;
    }
    let mut sequence = sequence.clone();
    sequence.steps.iter_mut().for_each(|step| replace_in(step, id, attribute));
    Some((sequence, [(format!("{FABRIKAM}:{TAG}"), format!("{id}:{attribute}"))].into()))
}

fn replace_in(step: &mut Step, id: &str, attribute: &str) {
    let text = |text: &str| {
        // As a path, as the first member of an object, and as a place of an answer.
        text.replace(&format!("{FABRIKAM}:{TAG}"), &format!("{id}:{attribute}"))
            .replace(&format!("\"{FABRIKAM}\":{{\"{TAG}\""), &format!("\"{id}\":{{\"{attribute}\""))
            .replace(&format!("['{FABRIKAM}'].{TAG}"), &format!("['{id}']['{attribute}']"))
            .replace(FABRIKAM, id)
    };
    step.path = text(&step.path);
    if let Some(Body::Json(body)) = &mut step.body {
        *body = text(body);
    }
    for assertion in &mut step.expect.assertions {
        if let Ok(path) = text(&assertion.path.to_string()).parse() {
            assertion.path = path;
        }
        if let Check::Contains(Value::String(expected)) = &mut assertion.check {
            *expected = text(expected);
        }
    }
}
