//! Renders values as human-readable JSON: unassigned values are `null`, values that clients cannot read are hidden.

use crate::{
    json::{write_scalar, write_text},
    reflect::Value,
    schema::{Attribute, at},
};

pub(super) const HIDDEN: &str = "(hidden)";

/// Returns the text of an attribute's value.
pub(super) fn text(attribute: &Attribute, node: &Value<'_>) -> String {
    let mut out = Vec::new();
    write(&mut out, attribute, node);
    String::from_utf8_lossy(&out).into_owned()
}

fn write(out: &mut Vec<u8>, attribute: &Attribute, node: &Value<'_>) {
    if !attribute.is_readable() && !node.is_absent() {
        return out.extend_from_slice(HIDDEN.as_bytes());
    }
    match node {
        Value::Scalar(scalar) => {
            if !write_scalar(out, attribute.data_type, scalar) {
                out.extend_from_slice(b"null");
            }
        }
        Value::Complex(parts) => {
            let known = parts.iter().filter_map(|(index, part)| Some((at(&attribute.sub_attributes, *index)?, part)));
            sequence(out, [b'{', b'}'], known, |out, (sub, part)| {
                write_text(out, &sub.name);
                out.push(b':');
                write(out, sub, part);
            });
        }
        Value::List(items) => sequence(out, [b'[', b']'], items.iter(), |out, item| write(out, attribute, item)),
    }
}

fn sequence<T>(
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    items: impl Iterator<Item = T>,
    each: impl Fn(&mut Vec<u8>, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        each(out, item);
    }
    out.push(close);
}
