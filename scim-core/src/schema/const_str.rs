//! Operations on text and attributes that work in constants, where the standard library offers none.

use std::borrow::Cow;

use super::Attribute;

#[expect(clippy::ptr_arg, reason = "a `Cow` cannot be dereferenced in a constant")]
pub(super) const fn borrowed(attributes: &'static Cow<'static, [Attribute]>) -> &'static [Attribute] {
    match attributes {
        Cow::Borrowed(attributes) => attributes,
        Cow::Owned(attributes) => attributes.as_slice(),
    }
}

#[expect(clippy::ptr_arg, reason = "a `Cow` cannot be dereferenced in a constant")]
pub(super) const fn name_bytes(name: &'static Cow<'static, str>) -> &'static [u8] {
    match name {
        Cow::Borrowed(name) => name.as_bytes(),
        Cow::Owned(name) => name.as_bytes(),
    }
}

#[expect(clippy::indexing_slicing, reason = "callers count up to the length")]
pub(super) const fn nth(attributes: &'static [Attribute], i: usize) -> &'static Attribute {
    &attributes[i]
}

#[expect(clippy::indexing_slicing, reason = "callers count up to the length")]
pub(super) const fn byte(text: &[u8], i: usize) -> u8 {
    text[i]
}

pub(super) const fn skip(text: &[u8], n: usize) -> &[u8] {
    match text.split_at_checked(n) {
        Some((_, rest)) => rest,
        None => &[],
    }
}

pub(super) const fn contains_colon(text: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() {
        if byte(text, i) == b':' {
            return true;
        }
        i += 1;
    }
    false
}

/// Returns whether the text is the URN, or the URN followed by a colon and more.
pub(super) const fn has_prefix(text: &[u8], urn: &[u8]) -> bool {
    let ends = text.len() == urn.len() || (text.len() > urn.len() + 1 && byte(text, urn.len()) == b':');
    ends && contains_colon(urn) && same(urn, text, urn.len())
}

/// Returns whether the name equals the first `end` bytes of the text, ignoring case.
pub(super) const fn same(name: &[u8], text: &[u8], end: usize) -> bool {
    if name.len() != end || text.len() < end {
        return false;
    }
    let mut i = 0;
    while i < end {
        if !byte(name, i).eq_ignore_ascii_case(&byte(text, i)) {
            return false;
        }
        i += 1;
    }
    true
}
