//! Default descriptions from the standard schemas, for applications that provide none.

use std::borrow::Cow;

use super::{Group, User};
use crate::{
    ScimResource,
    schema::{Attribute, Schema, find},
};

/// Adds missing descriptions to a schema with a standard URN, because every attribute must have one (RFC 7643 §7).
/// Descriptions of the application are kept.
pub(crate) fn describe(schema: &mut Schema) {
    let mut standard = User::TYPE.schemas().into_iter().chain(Group::TYPE.schemas());
    let Some(standard) = standard.find(|standard| standard.head.id.eq_ignore_ascii_case(&schema.head.id)) else {
        return;
    };
    fill(&mut schema.head.description, &standard.head.description);
    describe_attributes(&mut schema.attributes, &standard.attributes);
}

fn describe_attributes(attributes: &mut Cow<'static, [Attribute]>, standard: &[Attribute]) {
    for attribute in attributes.to_mut() {
        if let Some((_, standard)) = find(standard, &attribute.name) {
            fill(&mut attribute.description, &standard.description);
            describe_attributes(&mut attribute.sub_attributes, &standard.sub_attributes);
        }
    }
}

fn fill(description: &mut Cow<'static, str>, standard: &str) {
    if description.is_empty() {
        *description = standard.to_owned().into();
    }
}
